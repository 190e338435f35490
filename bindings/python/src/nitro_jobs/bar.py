"""A progress bar based on tqdm, which is optional: ``pip install nitro-jobs[tqdm]``."""

from __future__ import annotations

import importlib
from typing import Any, Optional, Union

from .constants import RunPhase
from .progress import RunProgress, Transfer, Upload
from .status import Status

Progress = Union[Status, Upload, Transfer, RunProgress]


class Bar:
    """A progress callback for every call that takes one, for use in a ``with`` block::

        with Bar() as bar:
            job.wait(bar)
            job.download("result.pdf", progress=bar)

    It shows one bar for each phase: percent while the job is processed, bytes while they are sent or saved.
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
            percent = None if progress.progress is None else round(progress.progress * 100)
            self._show(progress.name, percent, 100, unit="%")
        elif isinstance(progress, Upload):
            self._show("upload", progress.sent, progress.total)
        else:
            which = f"download {progress.file + 1}/{progress.files}" if progress.files > 1 else "download"
            self._show(which, progress.bytes, progress.total)

    def _show(self, phase: str, done: Optional[int], total: Optional[int], unit: str = "B") -> None:
        if self._bar is None or self._phase != (phase, total):
            self.close()
            defaults = {"desc": phase, "total": total, "unit": unit, "unit_scale": unit == "B"}
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
