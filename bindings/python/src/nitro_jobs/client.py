"""The one door into the library."""

from __future__ import annotations

import json
import os
from ctypes import byref
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Union

from . import _callbacks
from ._abi import CancelHandle, ClientHandle, JobHandle, OwnedString, WatchHandle
from ._call import blocking
from ._callbacks import Registered, encoded, passed
from ._handle import Handle, check
from ._library import lib, take_string
from .cancel import CancelToken
from .constants import Code, Existing
from .errors import CancelledError
from .job import Job, SavedFile, saved_files
from .limits import DEFAULT, Timeout, call_limit
from .options import Options, native, path
from .progress import RunProgress, Upload
from .submission import Submission
from .watch import Watch


class Run(NamedTuple):
    """What a run came to."""

    job: Job
    """The job, which is completed."""
    files: List[SavedFile]
    """The files that were saved; none if nothing was to be saved."""


class Client(Handle):
    """Connections, trust, proxy and token, shared by everything that is made from it. Threads: any at once.

    Make one and keep it: connections are reused. Jobs, events and watches that were made from it go on working when it is
    closed. It belongs to the process that made it: after a fork, make another.
    """

    def __init__(self, options: Optional[Options] = None) -> None:
        """Makes a client. No connection is made yet. :class:`ArgumentError` names the option that cannot be used."""
        self._make(Options() if options is None else options, False)

    @classmethod
    def from_env(cls, options: Optional[Options] = None) -> Client:
        """Makes a client from NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET.

        What ``options`` set goes before the environment.
        """
        client = cls.__new__(cls)
        client._make(Options() if options is None else options, True)
        return client

    def _make(self, options: Options, from_env: bool) -> None:
        made, keep = native(options, from_env)
        try:
            handle = ClientHandle()
            check(lib.nitro_client_new, made, byref(handle))
        finally:
            lib.nitro_options_free(made)
        self._keep: List[Registered] = keep
        self._own(handle, lib.nitro_client_free, keep=keep)

    def job(self, job_id: str) -> Job:
        """The job of this id. Nothing is sent."""
        named = encoded(job_id)
        return self._job(lambda client, out: check(lib.nitro_job_from_id, client, named, out))

    def job_from_ticket(self, ticket: Union[str, Mapping[str, Any]]) -> Job:
        """Takes up the ticket that :meth:`Job.ticket` gave, in this program or another, today or later. Nothing is sent."""
        written = encoded(ticket if isinstance(ticket, str) else json.dumps(dict(ticket)))
        return self._job(lambda client, out: check(lib.nitro_job_from_json, client, written, out))

    def _job(self, make: Callable[[ClientHandle, Any], None]) -> Job:
        handle = JobHandle()
        with self._owned.use() as client:
            make(client, byref(handle))
        return Job(handle, self._keep)

    def submit(
        self,
        submission: Submission,
        *,
        progress: Optional[Callable[[Upload], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> Job:
        """Starts a job: sends the documents and returns as soon as the service has them.

        Write :meth:`Job.ticket` down at once. After an error whose ``uncertain`` is true there may be a job all the same.
        An exception of a callback or of Ctrl-C that comes when the job has been started has a :class:`NitroError` with
        the ticket as its ``__cause__``. By default only silence ends the call.
        """
        limit = call_limit(timeout)

        def work(token: Optional[CancelHandle]) -> Job:
            handle = JobHandle()
            with self._owned.use() as client, submission._owned.use() as sent:
                callback = passed(progress, _callbacks.on_upload)
                check(lib.nitro_client_submit, client, sent, *callback, token, limit, byref(handle))
            return Job(handle, self._keep)

        return blocking(work, cancel, tell=progress, rescue=_rescue)

    def run(
        self,
        submission: Submission,
        save_as: Union[str, os.PathLike[str], None] = None,
        *,
        existing: Existing = Existing.FAIL,
        progress: Optional[Callable[[RunProgress], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> Run:
        """Submits, waits, and saves the result, which must be one file, as ``save_as``: one progress, one limit.

        Without ``save_as`` nothing is saved, and the result is taken by :meth:`Job.result`, as an extraction wants it.
        ``DEFAULT`` is the client's wait limit. Once there is a job every error carries its ticket.
        """
        return self._run(lib.nitro_client_run, submission, save_as, existing, progress, cancel, timeout)

    def run_all(
        self,
        submission: Submission,
        folder: Union[str, os.PathLike[str]],
        *,
        existing: Existing = Existing.FAIL,
        progress: Optional[Callable[[RunProgress], object]] = None,
        cancel: Optional[CancelToken] = None,
        timeout: Timeout = DEFAULT,
    ) -> Run:
        """Submits, waits, and saves all files of the result into ``folder``, under the service's names: all or none."""
        return self._run(lib.nitro_client_run_all, submission, folder, existing, progress, cancel, timeout)

    def _run(
        self,
        function: Callable[..., Any],
        submission: Submission,
        place: Union[str, os.PathLike[str], None],
        existing: Existing,
        progress: Optional[Callable[[RunProgress], object]],
        cancel: Optional[CancelToken],
        timeout: Timeout,
    ) -> Run:
        limit = call_limit(timeout)
        named = None if place is None else path(place)

        def work(token: Optional[CancelHandle]) -> Run:
            handle, written = JobHandle(), OwnedString()
            with self._owned.use() as client, submission._owned.use() as sent:
                callback = passed(progress, _callbacks.on_run)
                outputs = (byref(handle), byref(written))
                check(function, client, sent, named, Existing(existing), *callback, token, limit, *outputs)
            job = Job(handle, self._keep)
            return Run(job, saved_files(take_string(written)))

        return blocking(work, cancel, tell=progress, rescue=lambda run, error: _rescue(run.job, error))

    def watch(self, *, threads: int = 0, requests_per_second: float = 0.0) -> Watch:
        """Makes a watch, which follows many jobs at once on a bounded number of threads of the library.

        ``threads``: from 1 to 256; 0 stands for 4. ``requests_per_second``: of all jobs together; 0 for no limit.
        """
        if not 0 <= threads < 2**32:
            raise ValueError(f"threads cannot be {threads}")
        handle = WatchHandle()
        with self._owned.use() as client:
            check(lib.nitro_watch_new, client, threads, requests_per_second, byref(handle))
        return Watch(handle, self._keep)


def _rescue(job: Job, error: BaseException) -> None:
    """Gives an exception that came when the job had been started the job's ticket, as its cause."""
    message = "the call was interrupted when the job had been started"
    error.__cause__ = error.__cause__ or CancelledError(message, Code.CANCELLED, ticket=job.ticket())
