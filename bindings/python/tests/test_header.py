"""The declarations match the header: the types of every function and callback, and every constant."""

from __future__ import annotations

import ctypes
import re
from typing import Any, Dict, List, Tuple

import pytest

import nitro_jobs
from conftest import package, repository
from nitro_jobs import _abi, _library, constants
from nitro_jobs.errors import CLASSES

HEADER = repository("include/nitro_jobs.h").read_text("utf-8")
CODE = re.sub(r"/\*.*?\*/", " ", HEADER, flags=re.S)
FUNCTIONS: Dict[str, Tuple[str, str]] = {
    name: (result, arguments)
    for result, name, arguments in re.findall(r"NITRO_API\s+([^;()]*?)\b(nitro_\w+)\(([^;]*?)\);", CODE)
}
CALLBACKS: Dict[str, Tuple[str, str]] = {
    name: (result, arguments)
    for result, name, arguments in re.findall(r"typedef ([^;()]*?)\(\*(nitro_\w+_fn)\)\(([^;]*?)\);", CODE)
}
LEFT_OUT = dict(line.split(": ", 1) for line in repository("bindings/python/left-out.txt").read_text().splitlines())

PLAIN: Dict[str, Any] = {
    "void": None,
    "nitro_code_t": ctypes.c_int32,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "int64_t": ctypes.c_int64,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "double": ctypes.c_double,
    "const char*": ctypes.c_char_p,
    "char*": _abi.OwnedString,
    "void*": ctypes.c_void_p,
}


def declared(kind: str, in_callback: bool) -> Any:
    """The ctypes type for a C type."""
    kind = re.sub(r"\s*\*", "*", " ".join(kind.split()))
    if kind in _abi.CALLBACKS:
        return _abi.CALLBACKS[kind]
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "const uint8_t*" and not in_callback:
        return ctypes.c_char_p  # An input buffer, whose length is another argument.
    bare = kind[len("const ") :] if kind.startswith("const ") else kind
    handle = re.fullmatch(r"nitro_(\w+)_t\*", bare)
    if handle:
        name = "".join(part.capitalize() for part in handle[1].split("_")) + "Handle"
        return getattr(_abi, name)
    if bare == "uint8_t*":
        return ctypes.POINTER(ctypes.c_uint8)
    assert bare.endswith("*"), kind
    return ctypes.POINTER(declared(bare[:-1], in_callback))


def signature(result: str, arguments: str, in_callback: bool = False) -> List[Any]:
    """The result and argument types of a declaration, in ctypes."""
    given = [each.strip() for each in arguments.split(",")]
    kinds = [] if given == ["void"] else [re.sub(r"\w+$", "", each) for each in given]
    return [declared(result, in_callback), *(declared(kind, in_callback) for kind in kinds)]


def test_the_whole_header_is_parsed() -> None:
    assert len(FUNCTIONS) == HEADER.count("\nNITRO_API\n") > 100
    assert len(CALLBACKS) == len(re.findall(r"typedef .*\(\*nitro_\w+_fn\)", HEADER)) == 8


def test_every_function_is_bound_or_left_out_with_a_reason() -> None:
    assert set(_abi.FUNCTIONS) | set(LEFT_OUT) == set(FUNCTIONS)
    assert not set(_abi.FUNCTIONS) & set(LEFT_OUT)
    assert all(len(reason) > 20 for reason in LEFT_OUT.values())


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - set(LEFT_OUT)))
def test_a_function_matches_the_header(name: str) -> None:
    assert list(_abi.FUNCTIONS[name]) == signature(*FUNCTIONS[name])
    bound = getattr(_library.lib, name)
    assert [bound.restype, *bound.argtypes] == signature(*FUNCTIONS[name])


@pytest.mark.parametrize("name", sorted(CALLBACKS))
def test_a_callback_matches_the_header(name: str) -> None:
    kind = _abi.CALLBACKS[name]
    assert [kind._restype_, *kind._argtypes_] == signature(*CALLBACKS[name], in_callback=True)


def test_every_function_is_called_by_a_module() -> None:
    modules = [file.read_text() for file in package().glob("*.py") if file.name != "_abi.py"]
    # The names of these setters are built from the names of the options.
    built = {f"nitro_options_set_{name}" for name in (*nitro_jobs.options._TEXTS, *nitro_jobs.options._NUMBERS)}
    built |= {f"nitro_options_set_{name}_ms" for name in nitro_jobs.options._DURATIONS}
    for name in set(_abi.FUNCTIONS) - built:
        assert any(re.search(rf"\b_?lib(rary)?\.{name}\b", text) for text in modules), name


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("NITRO_E_", constants.Code),
        ("NITRO_LIMIT_", constants.Limit),
        ("NITRO_LOG_", constants.LogLevel),
        ("NITRO_TOKEN_", constants.TokenReason),
        ("NITRO_STATE_", constants.State),
        ("NITRO_RESULT_", constants.ResultKind),
        ("NITRO_EXISTING_", constants.Existing),
        ("NITRO_RUN_", constants.RunPhase),
    ],
)
def test_the_constants_match_the_header(prefix: str, kind: Any) -> None:
    known = {name: int(value) for name, value in re.findall(rf"#define {prefix}(\w+) (\d+)", CODE)}
    ours = {each.name: each.value for each in kind}
    if kind is constants.RunPhase:
        del ours["UNKNOWN"]  # C has no such constant: an unknown phase is just a number.
    assert ours == known


def test_every_code_has_an_exception_and_a_name() -> None:
    assert set(CLASSES) == set(constants.Code)
    for code, kind in CLASSES.items():
        error = kind("m", code)
        assert error.name == f"NITRO_E_{constants.Code(code).name}" and error.meaning
        assert type(error).__name__ in nitro_jobs.__all__


def test_the_versions_agree() -> None:
    version = re.search(r'NITRO_VERSION "([\d.]+)"', HEADER)
    number = re.search(r"NITRO_VERSION_NUMBER (\d+)", HEADER)
    assert version and number
    assert nitro_jobs.__version__ == version[1]
    assert _library._HEADER_VERSION == int(number[1])


def test_a_handle_of_another_type_is_rejected(client: nitro_jobs.Client) -> None:
    with client._owned.use() as handle, pytest.raises(ctypes.ArgumentError):
        _library.lib.nitro_job_id(handle)
