"""One call of the library while it is under way: how it is interrupted, and how its callbacks come back to the program.

A signal handler of Python, Ctrl-C's among them, runs between bytecodes of the main thread, so never while that thread is
inside the library. Therefore a call of the main thread is made by a helper thread, and the main thread waits for it where
Python can interrupt it. Callbacks come back over a queue and run on the thread that made the call, so that windows,
databases and context variables work in them. What a handler raises cancels the call, waits for its prompt end, and goes
on to the caller. A wakeup file descriptor instead would be shared with asyncio, and would have to cancel the call before
it is known whether the handler raises. Other threads get no signals and make their calls themselves.
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
"""What a callback that must stop gives in place of an answer."""

_END: Any = object()
# How often, in seconds, a thread that waits for another looks up.
_GLANCE = 0.1
# How long the end of the interpreter waits for calls that it has cancelled.
_PATIENCE = 10.0

_inside = threading.local()
_under_way: Dict[int, Call] = {}
_ending = False


def current() -> Optional[Call]:
    """The call that this thread is inside of, where the library calls back."""
    return getattr(_inside, "call", None)


def blocking(
    work: Callable[[Optional[CancelHandle]], T],
    cancel: Optional[CancelToken],
    *,
    tell: Optional[Callable[..., Any]] = None,
    rescue: Optional[Callable[[T, BaseException], None]] = None,
) -> T:
    """Does ``work``, which makes one call of the library with the token that it is given.

    ``tell`` is the program's callable for this call. ``rescue`` is given a value that cannot be returned, because an
    exception is raised in its place.
    """
    if tell is not None and not callable(tell):
        raise TypeError(f"a callable is needed, not {type(tell).__name__}")
    value: T = Call(work, cancel, tell, rescue).made()
    return value


class Call:
    """A call that is under way. Its token is its own, so that an interruption leaves the program's token as it is."""

    def __init__(
        self,
        work: Callable[[Optional[CancelHandle]], Any],
        cancel: Optional[CancelToken],
        tell: Optional[Callable[..., Any]],
        rescue: Optional[Callable[[Any, BaseException], None]],
    ) -> None:
        """A call that has not begun."""
        self.tell = tell
        self._do = work
        self.token = NativeToken()
        self._pid = _process.current()
        self._cancel = cancel
        self._rescue = rescue
        self._failure: Optional[BaseException] = None
        self._outcome: Tuple[Any, Optional[BaseException]] = (None, None)
        self._asks: Optional[SimpleQueue[Any]] = None
        self._answers: SimpleQueue[Any] = SimpleQueue()
        self._left = False

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Calls the program back on the thread that made the call: its answer, or STOPPED if it raised."""
        if self._failure is not None or self._left:
            return STOPPED
        if self._asks is None:
            return self._answer(function, arguments)
        self._asks.put((function, arguments))
        while True:
            try:
                return self._answers.get(timeout=_GLANCE)
            except Empty:
                if self._left:
                    return STOPPED

    def fail(self, error: BaseException) -> None:
        """Stops the call, which then raises ``error``."""
        if self._failure is None:
            self._failure = error
        self.token.trigger()

    def made(self) -> Any:
        """Makes the call, by a helper if this is the main thread."""
        if threading.get_ident() != threading.main_thread().ident:
            self._work()
            return self._told()
        asks: SimpleQueue[Any] = SimpleQueue()
        self._asks = asks
        helper = threading.Thread(target=self._help, args=(asks,), name="nitro-call", daemon=True)
        try:
            if _has_started(helper):
                self._serve(asks)
            else:
                self._asks = None
                self._work()
        except BaseException as interruption:
            # First of all, so that a second interruption finds the helper released.
            self._left = True
            if self._pid == _process.current():
                self._leave(helper, asks)
                self._save_from(interruption)
            self._outcome = (None, None)
            raise
        return self._told()

    def _serve(self, asks: SimpleQueue[Any]) -> None:
        """Answers what the helper asks until the call has ended. Python's signal handlers interrupt here."""
        while True:
            try:
                # A signal that comes just before the wait does not end it: hence the glances.
                ask = asks.get(timeout=_GLANCE)
            except Empty:
                continue
            if ask is _END:
                return
            self._answers.put(self._answer(*ask))
            if self._pid != _process.current():
                raise ForkedError("this process was forked inside a callback", Code.INVALID_ARGUMENT)

    def _leave(self, helper: threading.Thread, asks: SimpleQueue[Any]) -> None:
        """Cancels the call and waits for its end, unless the helper never began."""
        self.token.trigger()
        self._answers.put(STOPPED)
        while helper.is_alive():
            try:
                if asks.get(timeout=_GLANCE) is _END:
                    return
                self._answers.put(STOPPED)
            except Empty:
                continue

    def _help(self, asks: SimpleQueue[Any]) -> None:
        if hasattr(signal, "pthread_sigmask"):
            # Signals are the main thread's: it is the one that they must wake.
            signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_MAIN_THREAD)
        try:
            self._work()
        finally:
            asks.put(_END)

    def _work(self) -> None:
        outer = current()
        _inside.call = self
        _under_way[id(self)] = self
        try:
            if self._cancel is not None:
                self._cancel.link(self.token)
            if _ending:
                # Looked at after it is registered: a call that is not seen here is waited for.
                raise CancelledError("the interpreter is ending", Code.CANCELLED)
            self._outcome = (self._do(self.token.handle), None)
        except BaseException as error:
            self._outcome = (None, error)
        finally:
            if self._cancel is not None:
                self._cancel.unlink(self.token)
            _under_way.pop(id(self), None)
            _inside.call = outer
            self.token.free()

    def _answer(self, function: Callable[..., Any], arguments: Tuple[Any, ...]) -> Any:
        try:
            answer = function(*arguments)
        except BaseException as error:
            self.fail(error)
            return STOPPED
        # A child must not go on with its parent's connections.
        return answer if self._pid == _process.current() else STOPPED

    def _told(self) -> Any:
        """The value of the call, or the exception of a callback, or the library's own."""
        error = self._failure
        if error is not None:
            self._save_from(error)
        else:
            error = self._outcome[1]
        try:
            if error is not None:
                raise error
            return self._outcome[0]
        finally:
            # The exception's traceback leads here: a ring would keep all of it alive.
            self._outcome, self._failure = (None, None), None
            del error

    def _save_from(self, error: BaseException) -> None:
        """Sees to it that an exception which is not the library's loses neither a value nor a job's ticket."""
        value, cause = self._outcome
        if self._rescue is not None and value is not None:
            self._rescue(value, error)
        elif self._rescue is not None and isinstance(cause, NitroError) and error is not cause:
            error.__cause__ = error.__cause__ or cause


def _has_started(helper: threading.Thread) -> bool:
    """Starts it, unless there can be no more threads, as at the end of the interpreter."""
    try:
        helper.start()
    except RuntimeError:
        if helper.ident is None:
            return False
        raise
    return True


def _asynchronous() -> frozenset[int]:
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGVTALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGWINCH")
    return frozenset(getattr(signal, name) for name in names if hasattr(signal, name))


_FOR_THE_MAIN_THREAD = _asynchronous()


def _end_calls() -> None:
    """Ends the calls that daemon threads have under way: none may come back to an interpreter that is no more."""
    global _ending
    _ending = True
    last = time.monotonic() + _PATIENCE
    calls = list(_under_way.values())
    for call in calls:
        call.token.trigger()
    while any(id(call) in _under_way for call in calls) and time.monotonic() < last:
        time.sleep(0.002)


def _forget_calls() -> None:
    """In a forked child: the calls of other threads are the parent's."""
    _under_way.clear()


# Registered after weakref's own hook, which the first finalizer of all registers, so that it runs before handles are freed.
weakref.finalize(Call, int)
atexit.register(_end_calls)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_calls)
