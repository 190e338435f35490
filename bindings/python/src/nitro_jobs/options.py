"""The options of a client."""

from __future__ import annotations

import logging
import os
from ctypes import byref
from dataclasses import dataclass, field, fields
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Tuple, Union

from . import _callbacks
from ._abi import OptionsHandle
from ._callbacks import Registered, encoded
from ._handle import check
from ._library import lib
from .constants import LogLevel, TokenReason
from .limits import Seconds, milliseconds


class Token(NamedTuple):
    """A token and its lifetime, as a token callback may return it."""

    value: str
    """The bearer token."""
    expires_in: Optional[float] = None
    """Its lifetime in seconds; ``None`` if unknown: then it is used until the service rejects it."""


TokenSource = Callable[[TokenReason], Union[str, Token, None]]
"""Returns a token, on the thread that made the call; ``None`` means that there is none."""

LogSink = Union[logging.Logger, Callable[[LogLevel, str], object]]
"""Receives the log lines, which contain no secrets: a logger, or a callable with arguments level and line."""


@dataclass(frozen=True)
class Options:
    """The options of a client. An option that is ``None`` keeps its default."""

    base_url: Optional[str] = None
    """The base URL of the service, ``https://api.gonitro.dev`` by default; a path prefix is kept."""
    token: Union[str, TokenSource, None] = field(default=None, repr=False)
    """The bearer token, or a callable that returns one when it is needed."""
    client_id: Optional[str] = None
    """The client's id, with which, together with ``client_secret``, the library requests tokens."""
    client_secret: Optional[str] = field(default=None, repr=False)
    """The secret that belongs to ``client_id``."""
    token_url: Optional[str] = None
    """The token endpoint for client credentials, ``oauth/token`` below the base URL by default."""
    user_agent: Optional[str] = None
    """The User-Agent, ``nitro-jobs/VERSION`` by default."""
    connect_timeout: Optional[Seconds] = None
    """The timeout for resolving, connecting, proxy and TLS negotiation together: 15 s by default."""
    idle_timeout: Optional[Seconds] = None
    """The idle timeout: how long no byte may be sent or received, 30 s by default."""
    min_rate: Optional[int] = None
    """The minimum rate of a body in bytes per second, averaged over 30 s: 100 by default, 0 disables the check."""
    call_timeout: Optional[Seconds] = None
    """The timeout for a call: 120 s by default, 0 for none. Not for waits, streams, submissions and downloads."""
    wait_timeout: Optional[Seconds] = None
    """The timeout for a wait: 30 minutes by default, 0 for none."""
    retries: Optional[int] = None
    """How many times a safe request is retried within one call: 3 by default, 0 disables retries."""
    retry_cap: Optional[Seconds] = None
    """The longest delay before a retry or a poll, whatever the service requests: 30 s by default."""
    poll_interval: Optional[Tuple[Seconds, Seconds]] = None
    """The first and the longest interval between two polls: 0.25 s and 5 s by default."""
    max_json_bytes: Optional[int] = None
    """The size limit of a JSON response: 256 MiB by default."""
    max_event_bytes: Optional[int] = None
    """The size limit of a line and of an event of an event stream: 16 MiB by default."""
    log: Optional[LogSink] = None
    """A logger or a callable that receives the log lines; none by default."""
    trusted_origins: Sequence[str] = ()
    """Further origins, ``https://host``, that may receive the token."""
    ca_pem: Optional[str] = field(default=None, repr=False)
    """Certificate authorities, as PEM text, in addition to those of the operating system."""
    ca_file: Union[str, os.PathLike[str], None] = None
    """The same from a PEM file."""
    only_added_ca: bool = False
    """Whether only the added authorities are trusted."""
    client_certificate: Optional[Tuple[str, str]] = field(default=None, repr=False)
    """The client's certificate chain and private key, as PEM text, for servers that request one."""
    proxy: Optional[str] = field(default=None, repr=False)
    """The URL of the proxy: ``http://``, ``https://``, ``socks5://`` or ``socks5h://``, optionally with ``user:password@``."""
    proxy_from_env: bool = False
    """Whether the proxy of the environment is used, by the rules of curl."""
    no_proxy: Optional[str] = None
    """The hosts that are contacted without the proxy, in the format of curl's NO_PROXY."""


# Options whose C setter takes one value of this type.
_TEXTS = ("base_url", "user_agent", "token_url", "proxy", "no_proxy")
_NUMBERS = ("min_rate", "retries", "max_json_bytes", "max_event_bytes")
_DURATIONS = ("connect_timeout", "idle_timeout", "call_timeout", "wait_timeout")


def native(options: Options, from_env: bool) -> Tuple[OptionsHandle, List[Registered]]:
    """The native options, which the caller frees, and the callables that a client made from them must keep alive."""
    if not isinstance(options, Options):
        raise TypeError(f"Options are needed, not {type(options).__name__}")
    if from_env:
        handle = OptionsHandle()
        check(lib.nitro_options_from_env, byref(handle))
    else:
        handle = lib.nitro_options_new()
    try:
        return handle, _set(handle, options)
    except BaseException:
        lib.nitro_options_free(handle)
        raise


def _set(handle: OptionsHandle, options: Options) -> List[Registered]:
    keep: List[Registered] = []
    given = {item.name: getattr(options, item.name) for item in fields(options)}
    for name in _TEXTS:
        if given[name] is not None:
            check(getattr(lib, f"nitro_options_set_{name}"), handle, encoded(given[name]))
    for name in _NUMBERS:
        if given[name] is not None:
            check(getattr(lib, f"nitro_options_set_{name}"), handle, _integer(name, given[name]))
    for name in _DURATIONS:
        if given[name] is not None:
            check(getattr(lib, f"nitro_options_set_{name}_ms"), handle, milliseconds(given[name]))
    if options.retry_cap is not None:
        check(lib.nitro_options_set_retry_cap_ms, handle, milliseconds(options.retry_cap))
    if options.poll_interval is not None:
        first, longest = options.poll_interval
        check(lib.nitro_options_set_poll_interval_ms, handle, milliseconds(first), milliseconds(longest))
    _set_trust(handle, options)
    if options.proxy_from_env:
        check(lib.nitro_options_set_proxy_from_env, handle)
    _set_token(handle, options, keep)
    if options.log is not None:
        sink = Registered(_log_callback(options.log))
        keep.append(sink)
        check(lib.nitro_options_set_log, handle, _callbacks.on_log, sink.number)
    return keep


def _set_trust(handle: OptionsHandle, options: Options) -> None:
    for origin in options.trusted_origins:
        check(lib.nitro_options_add_trusted_origin, handle, encoded(origin))
    if options.ca_pem is not None:
        check(lib.nitro_options_add_ca_pem, handle, encoded(options.ca_pem))
    if options.ca_file is not None:
        check(lib.nitro_options_add_ca_file, handle, path(options.ca_file))
    if options.only_added_ca:
        check(lib.nitro_options_set_only_added_ca, handle, 1)
    if options.client_certificate is not None:
        chain, key = options.client_certificate
        check(lib.nitro_options_set_client_certificate_pem, handle, encoded(chain), encoded(key))


def _set_token(handle: OptionsHandle, options: Options, keep: List[Registered]) -> None:
    if (options.client_id is None) != (options.client_secret is None):
        raise ValueError("client_id and client_secret go together")
    if options.token is not None and options.client_id is not None:
        raise ValueError("either token or client_id is given")
    if options.client_id is not None:
        identity = (encoded(options.client_id), encoded(options.client_secret))
        check(lib.nitro_options_set_client_credentials, handle, *identity)
    elif isinstance(options.token, str):
        check(lib.nitro_options_set_token, handle, encoded(options.token))
    elif options.token is not None:
        if not callable(options.token):
            raise TypeError(f"a token or a callable is needed, not {type(options.token).__name__}")
        source = Registered(options.token)
        keep.append(source)
        check(lib.nitro_options_set_token_callback, handle, _callbacks.on_token, source.number)


_LOGGING = {LogLevel.WARN: logging.WARNING, LogLevel.INFO: logging.INFO, LogLevel.DEBUG: logging.DEBUG}


def _log_callback(log: LogSink) -> Callable[[LogLevel, str], object]:
    if isinstance(log, logging.Logger):
        logger = log
        return lambda level, line: logger.log(_LOGGING[level], "%s", line)
    if not callable(log):
        raise TypeError(f"a logger or a callable is needed, not {type(log).__name__}")
    return log


def _integer(name: str, number: Any) -> int:
    # ctypes would truncate a larger number.
    if not isinstance(number, int):
        raise TypeError(f"{name} must be an integer, not {type(number).__name__}")
    if not 0 <= number < (2**31 if name == "retries" else 2**63):
        raise ValueError(f"{name} cannot be {number}")
    return number


def path(value: Union[str, os.PathLike[str]]) -> bytes:
    """A path as the library takes it, in UTF-8 on every platform."""
    name = os.fspath(value)
    return encoded(os.fsdecode(name) if isinstance(name, bytes) else name)
