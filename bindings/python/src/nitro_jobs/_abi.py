"""The C header in ctypes: handles, callbacks, and every function. A test compares each line with the header."""

from __future__ import annotations

from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_char_p,
    c_double,
    c_int32,
    c_int64,
    c_size_t,
    c_uint8,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Dict, Tuple

# Each handle has its own type, so that ctypes rejects a job where a client is expected.


class CancelHandle(c_void_p):
    """A ``nitro_cancel_t *``."""


class ClientHandle(c_void_p):
    """A ``nitro_client_t *``."""


class ErrorHandle(c_void_p):
    """A ``nitro_error_t *``."""


class EventsHandle(c_void_p):
    """A ``nitro_events_t *``."""


class JobHandle(c_void_p):
    """A ``nitro_job_t *``."""


class OptionsHandle(c_void_p):
    """A ``nitro_options_t *``."""


class ResultHandle(c_void_p):
    """A ``nitro_result_t *``."""


class StatusHandle(c_void_p):
    """A ``nitro_status_t *``."""


class SubmissionHandle(c_void_p):
    """A ``nitro_submission_t *``."""


class TokenHandle(c_void_p):
    """A ``nitro_token_t *``."""


class WatchEventHandle(c_void_p):
    """A ``nitro_watch_event_t *``."""


class WatchHandle(c_void_p):
    """A ``nitro_watch_t *``."""


class OwnedString(c_void_p):
    """A ``char *`` that the caller frees. A borrowed ``const char *`` is a ``c_char_p``, which ctypes copies at once."""


# ctypes releases the interpreter lock in each function and acquires it again in each callback.
LogFunction = CFUNCTYPE(None, c_int32, c_char_p, c_void_p)
TokenFunction = CFUNCTYPE(c_int32, c_int32, TokenHandle, c_void_p)
ProgressFunction = CFUNCTYPE(c_int32, StatusHandle, c_void_p)
SinkFunction = CFUNCTYPE(c_int32, POINTER(c_uint8), c_size_t, c_void_p)
TransferFunction = CFUNCTYPE(c_int32, c_size_t, c_size_t, c_int64, c_int64, c_void_p)
ReadFunction = CFUNCTYPE(c_int64, POINTER(c_uint8), c_size_t, c_void_p)
UploadFunction = CFUNCTYPE(c_int32, c_int64, c_int64, c_void_p)
RunFunction = CFUNCTYPE(c_int32, c_int32, c_int64, c_int64, c_char_p, StatusHandle, c_void_p)

CALLBACKS: Dict[str, Any] = {
    "nitro_log_fn": LogFunction,
    "nitro_token_fn": TokenFunction,
    "nitro_progress_fn": ProgressFunction,
    "nitro_sink_fn": SinkFunction,
    "nitro_transfer_fn": TransferFunction,
    "nitro_read_fn": ReadFunction,
    "nitro_upload_fn": UploadFunction,
    "nitro_run_fn": RunFunction,
}

_code = c_int32
_error = POINTER(ErrorHandle)
_string = POINTER(OwnedString)
_length = POINTER(c_size_t)


def _setter(*values: Any) -> Tuple[Any, ...]:
    """A setter of an option: result, then arguments."""
    return (_code, OptionsHandle, *values, _error)


def _adder(*values: Any) -> Tuple[Any, ...]:
    """A function that fills a submission: result, then arguments."""
    return (_code, SubmissionHandle, *values, _error)


_download = (_code, JobHandle, c_char_p, c_int32, TransferFunction, c_void_p, CancelHandle, c_int64, _string, _error)
_run = (
    *(_code, ClientHandle, SubmissionHandle, c_char_p, c_int32, RunFunction, c_void_p, CancelHandle, c_int64),
    *(POINTER(JobHandle), _string, _error),
)

# Name: result, then arguments.
FUNCTIONS: Dict[str, Tuple[Any, ...]] = {
    "nitro_error_code": (_code, ErrorHandle),
    "nitro_error_message": (c_char_p, ErrorHandle),
    "nitro_error_http_status": (c_int32, ErrorHandle),
    "nitro_error_problem_type": (c_char_p, ErrorHandle),
    "nitro_error_problem_title": (c_char_p, ErrorHandle),
    "nitro_error_problem_detail": (c_char_p, ErrorHandle),
    "nitro_error_problem_json": (c_char_p, ErrorHandle),
    "nitro_error_retry_after_ms": (c_int64, ErrorHandle),
    "nitro_error_is_retryable": (c_int32, ErrorHandle),
    "nitro_error_limit": (c_int32, ErrorHandle),
    "nitro_error_reference_id": (c_char_p, ErrorHandle),
    "nitro_error_is_uncertain": (c_int32, ErrorHandle),
    "nitro_error_ticket_json": (c_char_p, ErrorHandle),
    "nitro_error_path": (c_char_p, ErrorHandle),
    "nitro_error_os_error": (c_int32, ErrorHandle),
    "nitro_error_free": (None, ErrorHandle),
    "nitro_string_free": (None, OwnedString),
    "nitro_version": (c_char_p,),
    "nitro_version_number": (c_uint32,),
    "nitro_code_name": (c_char_p, _code),
    "nitro_code_text": (c_char_p, _code),
    "nitro_cancel_new": (CancelHandle,),
    "nitro_cancel_trigger": (None, CancelHandle),
    "nitro_cancel_is_triggered": (c_int32, CancelHandle),
    "nitro_cancel_free": (None, CancelHandle),
    "nitro_options_new": (OptionsHandle,),
    "nitro_options_from_env": (_code, POINTER(OptionsHandle), _error),
    "nitro_options_set_base_url": _setter(c_char_p),
    "nitro_options_set_user_agent": _setter(c_char_p),
    "nitro_options_set_connect_timeout_ms": _setter(c_int64),
    "nitro_options_set_idle_timeout_ms": _setter(c_int64),
    "nitro_options_set_min_rate": _setter(c_int64),
    "nitro_options_set_call_timeout_ms": _setter(c_int64),
    "nitro_options_set_wait_timeout_ms": _setter(c_int64),
    "nitro_options_set_retries": _setter(c_int32),
    "nitro_options_set_retry_cap_ms": _setter(c_int64),
    "nitro_options_set_poll_interval_ms": _setter(c_int64, c_int64),
    "nitro_options_set_max_json_bytes": _setter(c_int64),
    "nitro_options_set_max_event_bytes": _setter(c_int64),
    "nitro_options_set_log": _setter(LogFunction, c_void_p),
    "nitro_options_free": (None, OptionsHandle),
    "nitro_options_add_trusted_origin": _setter(c_char_p),
    "nitro_options_add_ca_pem": _setter(c_char_p),
    "nitro_options_add_ca_file": _setter(c_char_p),
    "nitro_options_set_only_added_ca": _setter(c_int32),
    "nitro_options_set_client_certificate_pem": _setter(c_char_p, c_char_p),
    "nitro_options_set_proxy": _setter(c_char_p),
    "nitro_options_set_proxy_from_env": _setter(),
    "nitro_options_set_no_proxy": _setter(c_char_p),
    "nitro_options_set_token": _setter(c_char_p),
    "nitro_options_set_client_credentials": _setter(c_char_p, c_char_p),
    "nitro_options_set_token_url": _setter(c_char_p),
    "nitro_options_set_token_callback": _setter(TokenFunction, c_void_p),
    "nitro_token_set": (_code, TokenHandle, c_char_p, c_int64, _error),
    "nitro_client_new": (_code, OptionsHandle, POINTER(ClientHandle), _error),
    "nitro_client_free": (None, ClientHandle),
    "nitro_job_from_id": (_code, ClientHandle, c_char_p, POINTER(JobHandle), _error),
    "nitro_job_from_json": (_code, ClientHandle, c_char_p, POINTER(JobHandle), _error),
    "nitro_job_json": (_code, JobHandle, _string, _length, _error),
    "nitro_job_id": (c_char_p, JobHandle),
    "nitro_job_reference_id": (c_char_p, JobHandle),
    "nitro_job_status": (_code, JobHandle, CancelHandle, c_int64, POINTER(StatusHandle), _error),
    "nitro_job_wait": (
        *(_code, JobHandle, ProgressFunction, c_void_p, CancelHandle, c_int64, POINTER(StatusHandle), _error),
    ),
    "nitro_job_result": (_code, JobHandle, CancelHandle, c_int64, POINTER(ResultHandle), _error),
    "nitro_job_result_bytes": (
        *(_code, JobHandle, SinkFunction, c_void_p, CancelHandle, c_int64, POINTER(c_uint64), _string, _error),
    ),
    "nitro_job_free": (None, JobHandle),
    "nitro_status_state": (c_int32, StatusHandle),
    "nitro_status_name": (c_char_p, StatusHandle),
    "nitro_status_progress": (c_double, StatusHandle),
    "nitro_status_is_terminal": (c_int32, StatusHandle),
    "nitro_status_json": (c_char_p, StatusHandle, _length),
    "nitro_status_free": (None, StatusHandle),
    "nitro_job_events": (_code, JobHandle, POINTER(EventsHandle), _error),
    "nitro_events_next": (_code, EventsHandle, CancelHandle, c_int64, POINTER(StatusHandle), _error),
    "nitro_events_free": (None, EventsHandle),
    "nitro_watch_new": (_code, ClientHandle, c_uint32, c_double, POINTER(WatchHandle), _error),
    "nitro_watch_add": (_code, WatchHandle, JobHandle, c_void_p, POINTER(c_uint64), _error),
    "nitro_watch_remove": (c_int32, WatchHandle, c_uint64),
    "nitro_watch_count": (c_size_t, WatchHandle),
    "nitro_watch_next": (_code, WatchHandle, CancelHandle, c_int64, POINTER(WatchEventHandle), _error),
    "nitro_watch_free": (None, WatchHandle),
    "nitro_watch_event_id": (c_uint64, WatchEventHandle),
    "nitro_watch_event_job_id": (c_char_p, WatchEventHandle),
    "nitro_watch_event_is_last": (c_int32, WatchEventHandle),
    "nitro_watch_event_code": (_code, WatchEventHandle),
    "nitro_watch_event_status": (StatusHandle, WatchEventHandle),
    "nitro_watch_event_error": (ErrorHandle, WatchEventHandle),
    "nitro_watch_event_free": (None, WatchEventHandle),
    "nitro_result_kind": (c_int32, ResultHandle),
    "nitro_result_file_count": (c_size_t, ResultHandle),
    "nitro_result_file_url": (c_char_p, ResultHandle, c_size_t),
    "nitro_result_file_content_type": (c_char_p, ResultHandle, c_size_t),
    "nitro_result_file_size": (c_int64, ResultHandle, c_size_t),
    "nitro_result_file_pages": (c_int64, ResultHandle, c_size_t),
    "nitro_result_text": (c_char_p, ResultHandle, _length),
    "nitro_result_json": (c_char_p, ResultHandle, _length),
    "nitro_result_value_json": (_code, ResultHandle, _string, _length, _error),
    "nitro_result_free": (None, ResultHandle),
    "nitro_job_download": _download,
    "nitro_job_download_all": _download,
    "nitro_submission_new": (_code, c_char_p, c_char_p, POINTER(SubmissionHandle), _error),
    "nitro_submission_set_params_json": _adder(c_char_p),
    "nitro_submission_set_delivery_json": _adder(c_char_p),
    "nitro_submission_set_presigned_upload": _adder(c_int32),
    "nitro_submission_add_file": _adder(c_char_p, c_char_p),
    "nitro_submission_add_bytes": _adder(c_char_p, c_char_p, c_char_p, c_size_t),
    "nitro_submission_add_reader": _adder(c_char_p, c_char_p, c_int64, ReadFunction, c_void_p),
    "nitro_submission_add_url": _adder(c_char_p, c_char_p),
    "nitro_client_submit": (
        *(_code, ClientHandle, SubmissionHandle, UploadFunction, c_void_p, CancelHandle, c_int64),
        *(POINTER(JobHandle), _error),
    ),
    "nitro_submission_check": (_code, SubmissionHandle, _error),
    "nitro_submission_free": (None, SubmissionHandle),
    "nitro_catalog_json": (c_char_p,),
    "nitro_client_run": _run,
    "nitro_client_run_all": _run,
}
