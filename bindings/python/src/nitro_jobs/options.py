"""How a client is set up."""

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
    """A token and how long it is valid, as a token callable may give it."""

    value: str
    """The bearer token."""
    expires_in: Optional[float] = None
    """For how many seconds it is valid; ``None`` if that is not known: then it is used until it is refused."""


TokenSource = Callable[[TokenReason], Union[str, Token, None]]
"""Is asked for a token, on the thread that made the call; ``None`` says that there is none."""

LogSink = Union[logging.Logger, Callable[[LogLevel, str], object]]
"""Hears what the library does, without any secret: a logger, or a callable that is given level and line."""


@dataclass(frozen=True)
class Options:
    """How a client is set up. What is ``None`` keeps its default."""

    base_url: Optional[str] = None
    """The service's address, ``https://api.gonitro.dev`` by default; a path prefix is kept."""
    token: Union[str, TokenSource, None] = field(default=None, repr=False)
    """The bearer token, or a callable that is asked for one when it is needed."""
    client_id: Optional[str] = None
    """The client's id, for which together with ``client_secret`` the service gives tokens."""
    client_secret: Optional[str] = field(default=None, repr=False)
    """The secret that belongs to ``client_id``."""
    token_url: Optional[str] = None
    """Where client credentials are turned into tokens, ``oauth/token`` below the base URL by default."""
    user_agent: Optional[str] = None
    """The User-Agent, ``nitro-jobs/VERSION`` by default."""
    connect_timeout: Optional[Seconds] = None
    """The limit on resolving, connecting, proxy and TLS negotiation together: 15 s by default."""
    idle_timeout: Optional[Seconds] = None
    """The limit on silence: 30 s by default."""
    min_rate: Optional[int] = None
    """The least bytes a second that a body must bring, averaged over 30 s: 100 by default, 0 switches it off."""
    call_timeout: Optional[Seconds] = None
    """The limit on a whole call: 120 s by default, 0 for none. Waits, streams, submissions and downloads do not have it."""
    wait_timeout: Optional[Seconds] = None
    """The limit on a whole wait: 30 minutes by default, 0 for none."""
    retries: Optional[int] = None
    """How many times a safe request is sent again inside one call: 3 by default, 0 switches it off."""
    retry_cap: Optional[Seconds] = None
    """The longest pause before a retry or a poll, whatever the service asks for: 30 s by default."""
    poll_interval: Optional[Tuple[Seconds, Seconds]] = None
    """The first pause between two polls and the longest: 0.25 s and 5 s by default."""
    max_json_bytes: Optional[int] = None
    """The largest JSON answer that is taken into memory: 256 MiB by default."""
    max_event_bytes: Optional[int] = None
    """The longest line and the largest event of a stream: 16 MiB by default."""
    log: Optional[LogSink] = None
    """A logger or a callable that hears what the library does; silence by default."""
    trusted_origins: Sequence[str] = ()
    """Further origins, ``https://host``, that may be sent the token."""
    ca_pem: Optional[str] = field(default=None, repr=False)
    """Certificate authorities, as PEM text, beside those of the operating system."""
    ca_file: Union[str, os.PathLike[str], None] = None
    """The same from a PEM file."""
    only_added_ca: bool = False
    """Whether the added authorities alone are trusted."""
    client_certificate: Optional[Tuple[str, str]] = field(default=None, repr=False)
    """The client's certificate chain and private key, as PEM text, for servers that ask for one."""
    proxy: Optional[str] = field(default=None, repr=False)
    """The proxy: ``http://``, ``https://``, ``socks5://`` or ``socks5h://``, with ``user:password@`` if need be."""
    proxy_from_env: bool = False
    """Whether the proxy is taken from the environment as curl does."""
    no_proxy: Optional[str] = None
    """The hosts that are reached without the proxy, as curl reads NO_PROXY."""


# Those that are set by one function that takes one value of this kind.
_TEXTS = ("base_url", "user_agent", "token_url", "proxy", "no_proxy")
_NUMBERS = ("min_rate", "retries", "max_json_bytes", "max_event_bytes")
_LENGTHS = ("connect_timeout", "idle_timeout", "call_timeout", "wait_timeout")


def native(options: Options, from_env: bool) -> Tuple[OptionsHandle, List[Registered]]:
    """The library's options, which the caller frees, and what the client made from them must keep."""
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
            check(getattr(lib, f"nitro_options_set_{name}"), handle, _whole(name, given[name]))
    for name in _LENGTHS:
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
        sink = Registered(_hearing(options.log))
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


def _hearing(log: LogSink) -> Callable[[LogLevel, str], object]:
    if isinstance(log, logging.Logger):
        logger = log
        return lambda level, line: logger.log(_LOGGING[level], "%s", line)
    if not callable(log):
        raise TypeError(f"a logger or a callable is needed, not {type(log).__name__}")
    return log


def _whole(name: str, number: Any) -> int:
    # ctypes would cut a larger one off.
    if not isinstance(number, int):
        raise TypeError(f"{name} is a whole number, not {type(number).__name__}")
    if not 0 <= number < (2**31 if name == "retries" else 2**63):
        raise ValueError(f"{name} cannot be {number}")
    return number


def path(place: Union[str, os.PathLike[str]]) -> bytes:
    """A path as the library takes it, which is UTF-8 on every platform."""
    named = os.fspath(place)
    return encoded(os.fsdecode(named) if isinstance(named, bytes) else named)
