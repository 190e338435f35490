"""The client, which is the entry point of the library."""

from __future__ import annotations

import json
import os
from ctypes import byref
from typing import Any, Callable, List, Mapping, NamedTuple, Optional, Union

from . import _callbacks
from ._abi import CancelHandle, ClientHandle, JobHandle, OwnedString, WatchHandle
from ._call import blocking
from ._callbacks import Registered, c_callback, encoded
from ._handle import Handle, check
from ._library import lib, take_string
from .bar import complete
from .cancel import CancelToken
from .constants import Code, Existing
from .errors import CancelledError
from .job import Job, SavedFile, saved_files
from .limits import DEFAULT, Timeout, call_timeout
from .options import Options, native, path
from .progress import RunProgress, Upload
from .submission import Submission
from .watch import Watch


class Run(NamedTuple):
    """The result of a run."""

    job: Job
    """The job, which has completed."""
    files: List[SavedFile]
    """The saved files; empty if none was to be saved."""


class Client(Handle):
    """Holds connections, TLS trust, proxy and token for everything that is made from it. Threads: any number at once.

    Make one and keep it: connections are reused. Jobs, events and watches that were made from it continue to work after it
    is closed. It belongs to the process that made it: after a fork, make another.
    """

    def __init__(self, options: Optional[Options] = None) -> None:
        """Makes a client. No connection is made yet. :class:`ArgumentError` names the option that cannot be used."""
        self._make(Options() if options is None else options, False)

    @classmethod
    def from_env(cls, options: Optional[Options] = None) -> Client:
        """Makes a client from NITRO_BASE_URL, and NITRO_TOKEN or else NITRO_CLIENT_ID with NITRO_CLIENT_SECRET.

        Values in ``options`` take precedence over the environment.
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
        """Creates a job object from an id. Nothing is sent."""
        encoded_id = encoded(job_id)
        return self._job(lambda client, out: check(lib.nitro_job_from_id, client, encoded_id, out))

    def job_from_ticket(self, ticket: Union[str, Mapping[str, Any]]) -> Job:
        """Recreates a job object from the ticket of :meth:`Job.ticket`, possibly of another process. Nothing is sent."""
        encoded_ticket = encoded(ticket if isinstance(ticket, str) else json.dumps(dict(ticket)))
        return self._job(lambda client, out: check(lib.nitro_job_from_json, client, encoded_ticket, out))

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
        """Starts a job: sends the documents and returns as soon as the service has accepted them.

        Store :meth:`Job.ticket` at once. After an error whose ``uncertain`` is true a job may have been started. An
        exception of a callback or of Ctrl-C after the job was started has a :class:`NitroError` with the ticket as its
        ``__cause__``. By default only the idle timeout ends the call.
        """
        timeout_ms = call_timeout(timeout)

        def work(token: Optional[CancelHandle]) -> Job:
            handle = JobHandle()
            with self._owned.use() as client, submission._owned.use() as sent:
                callback = c_callback(progress, _callbacks.on_upload)
                check(lib.nitro_client_submit, client, sent, *callback, token, timeout_ms, byref(handle))
            return Job(handle, self._keep)

        job = blocking(work, cancel, callback=progress, on_lost_value=_attach_ticket)
        complete(progress)
        return job

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
        """Submits, waits, and saves the result, which must be one file, as ``save_as``: one callback, one timeout.

        Without ``save_as`` nothing is saved; get the result with :meth:`Job.result`, for example of an extraction.
        ``DEFAULT`` is the client's wait timeout. Once there is a job, every error contains its ticket.
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
        """Submits, waits, and saves all files of the result to ``folder``, under the service's names: all or none."""
        return self._run(lib.nitro_client_run_all, submission, folder, existing, progress, cancel, timeout)

    def _run(
        self,
        function: Callable[..., Any],
        submission: Submission,
        target: Union[str, os.PathLike[str], None],
        existing: Existing,
        progress: Optional[Callable[[RunProgress], object]],
        cancel: Optional[CancelToken],
        timeout: Timeout,
    ) -> Run:
        timeout_ms = call_timeout(timeout)
        encoded_path = None if target is None else path(target)

        def work(token: Optional[CancelHandle]) -> Run:
            handle, saved = JobHandle(), OwnedString()
            with self._owned.use() as client, submission._owned.use() as sent:
                callback = c_callback(progress, _callbacks.on_run)
                outputs = (byref(handle), byref(saved))
                check(function, client, sent, encoded_path, Existing(existing), *callback, token, timeout_ms, *outputs)
            job = Job(handle, self._keep)
            return Run(job, saved_files(take_string(saved)))

        run = blocking(work, cancel, callback=progress, on_lost_value=lambda run, error: _attach_ticket(run.job, error))
        complete(progress)
        return run

    def watch(self, *, threads: int = 0, requests_per_second: float = 0.0) -> Watch:
        """Makes a watch, which follows many jobs at once on a bounded number of threads of the library.

        ``threads``: from 1 to 256; 0 means 4. ``requests_per_second``: for all jobs together; 0 means no limit.
        """
        if not 0 <= threads < 2**32:
            raise ValueError(f"threads cannot be {threads}")
        handle = WatchHandle()
        with self._owned.use() as client:
            check(lib.nitro_watch_new, client, threads, requests_per_second, byref(handle))
        return Watch(handle, self._keep)


def _attach_ticket(job: Job, error: BaseException) -> None:
    """Adds the ticket of a job that was started to the exception that interrupted the call, as its cause."""
    message = "the call was interrupted after the job was started"
    error.__cause__ = error.__cause__ or CancelledError(message, Code.CANCELLED, ticket=job.ticket())
