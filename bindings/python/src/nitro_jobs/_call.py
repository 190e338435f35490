"""A call of the library: how a signal interrupts it, and how its callbacks run on the caller's thread.

Python runs signal handlers, also the one for Ctrl-C, between bytecodes of the main thread, so never while that thread is
inside the library. Therefore a helper thread makes each call of the main thread, while the main thread waits where Python
can interrupt it. The helper passes callbacks through a queue, and they run on the thread that made the call, so that GUI
toolkits, databases and context variables work in them. An exception of a signal handler cancels the call, waits for its
prompt end, and is raised by the call. A wakeup file descriptor would be shared with asyncio, and the call would have to be
cancelled before it is known whether the handler raises. Other threads receive no signals and make their calls themselves.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
import weakref
from queue import Empty, SimpleQueue
from typing import Any, Callable, Dict, Optional, Tuple, TypeVar

from . import _process
from ._abi import CancelHandle
from ._library import lib
from .cancel import CancelToken, NativeToken
from .constants import Code
from .errors import CancelledError, ForkedError, NitroError

T = TypeVar("T")

STOPPED: Any = object()
"""Returned for a callback that raised: the library must stop the call."""

_END: Any = object()
# How often, in seconds, a waiting thread checks for signals and for the end of the call.
_POLL_INTERVAL = 0.1
# How long, in seconds, the exit of the interpreter waits for the calls that it cancelled.
_EXIT_TIMEOUT = 10.0

_thread_state = threading.local()
_active_calls: Dict[int, Call] = {}
_exiting = False


def current() -> Optional[Call]:
    """The call that runs on this thread, for callbacks of the library."""
    return getattr(_thread_state, "call", None)


def blocking(
    work: Callable[[Optional[CancelHandle]], T],
    cancel: Optional[CancelToken],
    *,
    callback: Optional[Callable[..., Any]] = None,
    on_lost_value: Optional[Callable[[T, BaseException], None]] = None,
) -> T:
    """Runs ``work``, which makes one call of the library with the cancel token that it gets.

    ``callback`` is the program's callable for this call. ``on_lost_value`` gets a value that cannot be returned, because an
    exception is raised instead.
    """
    if callback is not None and not callable(callback):
        raise TypeError(f"a callable is needed, not {type(callback).__name__}")
    value: T = Call(work, cancel, callback, on_lost_value).run()
    return value


class Call:
    """One call. It has a cancel token of its own, so that an interruption does not trigger the program's token."""

    def __init__(
        self,
        work: Callable[[Optional[CancelHandle]], Any],
        cancel: Optional[CancelToken],
        callback: Optional[Callable[..., Any]],
        on_lost_value: Optional[Callable[[Any, BaseException], None]],
    ) -> None:
        """A call that has not started."""
        self.callback = callback
        self._do = work
        self.token = NativeToken()
        self._pid = _process.current()
        self._cancel = cancel
        self._on_lost_value = on_lost_value
        self._failure: Optional[BaseException] = None
        self._outcome: Tuple[Any, Optional[BaseException]] = (None, None)
        self._requests: Optional[SimpleQueue[Any]] = None
        self._replies: SimpleQueue[Any] = SimpleQueue()
        self._abandoned = False

    def invoke(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a callback on the thread that made the call. Returns its value, or STOPPED if it raised."""
        if self._failure is not None or self._abandoned:
            return STOPPED
        if self._requests is None:
            return self._run_callback(function, arguments)
        self._requests.put((function, arguments))
        while True:
            try:
                return self._replies.get(timeout=_POLL_INTERVAL)
            except Empty:
                if self._abandoned:
                    return STOPPED

    def fail(self, error: BaseException) -> None:
        """Stops the call, which then raises ``error``."""
        if self._failure is None:
            self._failure = error
        self.token.trigger()

    def run(self) -> Any:
        """Makes the call, in a helper thread if this is the main thread."""
        if threading.get_ident() != threading.main_thread().ident:
            self._make_call()
            return self._value()
        requests: SimpleQueue[Any] = SimpleQueue()
        self._requests = requests
        helper = threading.Thread(target=self._run_in_helper, args=(requests,), name="nitro-call", daemon=True)
        try:
            if _has_started(helper):
                self._run_callbacks(requests)
            else:
                self._requests = None
                self._make_call()
        except BaseException as interruption:
            # Set first, so that a second interruption does not leave the helper waiting.
            self._abandoned = True
            if self._pid == _process.current():
                self._cancel_and_wait(helper, requests)
                self._preserve_result(interruption)
            self._outcome = (None, None)
            raise
        return self._value()

    def _run_callbacks(self, requests: SimpleQueue[Any]) -> None:
        """Runs the callbacks that the helper requests until the call has ended. Python's signal handlers interrupt here."""
        while True:
            try:
                # A signal just before the wait does not interrupt it, hence the interval.
                request = requests.get(timeout=_POLL_INTERVAL)
            except Empty:
                continue
            if request is _END:
                return
            self._replies.put(self._run_callback(*request))
            if self._pid != _process.current():
                raise ForkedError("this process was forked inside a callback", Code.INVALID_ARGUMENT)

    def _cancel_and_wait(self, helper: threading.Thread, requests: SimpleQueue[Any]) -> None:
        """Cancels the call and waits for its end, unless the helper never started."""
        self.token.trigger()
        self._replies.put(STOPPED)
        while helper.is_alive():
            try:
                if requests.get(timeout=_POLL_INTERVAL) is _END:
                    return
                self._replies.put(STOPPED)
            except Empty:
                continue

    def _run_in_helper(self, requests: SimpleQueue[Any]) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Signals must wake the main thread, not this one.
            signal.pthread_sigmask(signal.SIG_BLOCK, _MAIN_THREAD_SIGNALS)
        try:
            self._make_call()
        finally:
            requests.put(_END)

    def _make_call(self) -> None:
        outer = current()
        _thread_state.call = self
        _active_calls[id(self)] = self
        try:
            if self._cancel is not None:
                self._cancel.link(self.token)
            if _exiting:
                # Checked after the call is registered, so that the exit waits for every call that passes this check.
                raise CancelledError("the interpreter is exiting", Code.CANCELLED)
            self._outcome = (self._do(self.token.handle), None)
        except BaseException as error:
            self._outcome = (None, error)
        finally:
            if self._cancel is not None:
                self._cancel.unlink(self.token)
            _active_calls.pop(id(self), None)
            _thread_state.call = outer
            self.token.free()

    def _run_callback(self, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> Any:
        try:
            value = function(*arguments)
        except BaseException as error:
            self.fail(error)
            return STOPPED
        # A forked child must not continue with the connections of its parent.
        return value if self._pid == _process.current() else STOPPED

    def _value(self) -> Any:
        """Returns the value of the call, or raises the exception of a callback or of the library."""
        error = self._failure
        if error is not None:
            self._preserve_result(error)
        else:
            error = self._outcome[1]
        try:
            if error is not None:
                raise error
            return self._outcome[0]
        finally:
            # The traceback of the exception refers to this frame: break the reference cycle.
            self._outcome, self._failure = (None, None), None
            del error

    def _preserve_result(self, error: BaseException) -> None:
        """Keeps the value and the job's ticket when an exception replaces the outcome of the call."""
        value, cause = self._outcome
        if self._on_lost_value is not None and value is not None:
            self._on_lost_value(value, error)
        elif self._on_lost_value is not None and isinstance(cause, NitroError) and error is not cause:
            error.__cause__ = error.__cause__ or cause


def _has_started(helper: threading.Thread) -> bool:
    """Starts the helper; false if no thread can be started, as at interpreter exit."""
    try:
        helper.start()
    except RuntimeError:
        if helper.ident is None:
            return False
        raise
    return True


def _asynchronous_signals() -> frozenset[int]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGVTALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGWINCH")
    return frozenset(getattr(signal, name) for name in names if hasattr(signal, name))


_MAIN_THREAD_SIGNALS = _asynchronous_signals()


def _end_calls() -> None:
    """Cancels the calls of daemon threads and waits for them: none may return to a finalized interpreter."""
    global _exiting
    _exiting = True
    deadline = time.monotonic() + _EXIT_TIMEOUT
    calls = list(_active_calls.values())
    for call in calls:
        call.token.trigger()
    while any(id(call) in _active_calls for call in calls) and time.monotonic() < deadline:
        time.sleep(0.002)


def _forget_calls() -> None:
    """Runs in a forked child: the calls of other threads belong to the parent."""
    _active_calls.clear()


# The first finalizer registers weakref's exit hook. Exit hooks run in reverse order: this one runs before handles are freed.
weakref.finalize(Call, int)
atexit.register(_end_calls)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_calls)
