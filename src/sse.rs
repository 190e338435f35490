//! Server-sent events: bytes in, events out, as the WHATWG HTML standard (9.2.6) interprets a stream. No I/O of its own.
