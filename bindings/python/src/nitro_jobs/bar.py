"""A progress bar based on tqdm, which is optional: ``pip install nitro-jobs[tqdm]``."""

from __future__ import annotations

import importlib
from typing import Any, Optional, Union

from .constants import RunPhase, State
from .progress import RunProgress, Transfer, Upload
from .status import Status

Progress = Union[Status, Upload, Transfer, RunProgress]


class Bar:
    """A progress callback for every call that takes one, for use in a ``with`` block::

        with Bar() as bar:
            job.wait(bar)
            job.download("result.pdf", progress=bar)

    It shows one bar for each phase: percent while the job is processed, bytes while they are sent or saved. A call that
    succeeds fills it.
    """

    def __init__(self, **tqdm_options: Any) -> None:
        """``tqdm_options`` are passed to each tqdm bar, for example ``file`` or ``disable``."""
        try:
            self._tqdm: Any = importlib.import_module("tqdm.auto").tqdm
        except ImportError as error:
            raise ImportError("the progress bar needs tqdm: pip install nitro-jobs[tqdm]") from error
        self._options = tqdm_options
        self._bar: Any = None
        self._phase: object = None

    def __call__(self, progress: Progress) -> None:
        """Shows the progress."""
        if isinstance(progress, RunProgress):
            if progress.status is not None:
                self(progress.status)
            elif progress.phase in (RunPhase.UPLOAD, RunPhase.DOWNLOAD):
                self._show(progress.phase.name.lower(), progress.done, progress.total)
        elif isinstance(progress, Status):
            done = 1.0 if progress.state is State.COMPLETED else progress.progress
            self._show("%", None if done is None else round(done * 100), 100, unit="%", desc=progress.name)
        elif isinstance(progress, Upload):
            self._show("upload", progress.sent, progress.total)
        else:
            which = f"download {progress.file + 1}/{progress.files}" if progress.files > 1 else "download"
            self._show(which, progress.bytes, progress.total)

    def complete(self) -> None:
        """Fills the current bar. The calls do it when they succeed: the last status of a job is not a progress."""
        if self._bar is not None and self._bar.total:
            self._bar.update(self._bar.total - self._bar.n)

    def _show(
        self, phase: str, done: Optional[int], total: Optional[int], unit: str = "B", desc: Optional[str] = None
    ) -> None:
        if self._bar is None or self._phase != (phase, total):
            self.complete()  # The next phase begins when this one has succeeded.
            self.close()
            defaults = {"desc": desc or phase, "total": total, "unit": unit, "unit_scale": unit == "B"}
            self._bar = self._tqdm(**{**defaults, **self._options})
            self._phase = (phase, total)
        if done is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Closes the current bar, which stays visible."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def complete(progress: object) -> None:
    """Fills the bar of a call that has succeeded, if its callback is one."""
    if isinstance(progress, Bar):
        progress.complete()
