"""Everything has a docstring, and the installed package is complete."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path
from typing import Iterable, Iterator, List, Tuple

import pytest

import nitro_jobs
from conftest import package, repository
from nitro_jobs import _library

MODULES = sorted(package().glob("*.py"))


def undocumented(body: Iterable[ast.stmt], within: str = "") -> Iterator[str]:
    """The names without a docstring: classes, their fields, and functions that are not private."""
    nodes = list(body)
    for node, after in zip(nodes, [*nodes[1:], None]):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            private = node.name.startswith("_") and node.name != "__init__"
            if not private and not ast.get_docstring(node):
                yield within + node.name
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node.body, f"{node.name}.")
        if within and isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            documented = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if not node.target.id.startswith("_") and not documented:
                yield within + node.target.id


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_everything_has_a_docstring(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert list(undocumented(tree.body)) == []


def test_every_exported_name_exists() -> None:
    assert sorted(nitro_jobs.__all__, key=str) == sorted(set(nitro_jobs.__all__), key=str)
    assert all(hasattr(nitro_jobs, name) for name in nitro_jobs.__all__)


def needed(library: str) -> Tuple[List[Tuple[int, int]], List[str]]:
    """The glibc symbol versions and the libraries that a library needs."""
    output = subprocess.run(["objdump", "-T", "-p", library], check=True, capture_output=True, text=True).stdout
    versions = {(int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", output)}
    return sorted(versions), re.findall(r"NEEDED +(\S+)", output)


@pytest.mark.skipif(sys.platform != "linux", reason="the tag is glibc's")
def test_the_wheel_tag_matches_the_required_glibc() -> None:
    wheel = importlib.metadata.distribution("nitro-jobs").read_text("WHEEL")
    assert wheel is not None
    tag = re.search(r"Tag: py3-none-manylinux_(\d+)_(\d+)_(\w+)\n", wheel)
    assert tag is not None and "Root-Is-Purelib: false" in wheel
    versions, libraries = needed(_library.lib._name)
    assert (int(tag[1]), int(tag[2])) == versions[-1]
    # The system libraries that PEP 600 allows a wheel to depend on.
    assert set(libraries) <= {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "ld-linux-x86-64.so.2",
                              "ld-linux-aarch64.so.1", "libdl.so.2", "librt.so.1"}  # fmt: skip


def test_the_wheel_has_its_licences_and_no_dependency() -> None:
    distribution = importlib.metadata.distribution("nitro-jobs")
    files = {Path(str(file)).name for file in distribution.files or []}
    assert {"py.typed", "LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY.txt"} <= files
    cargo = repository("Cargo.toml").read_text()
    assert f'\nversion = "{distribution.version}"\n' in cargo and distribution.version == nitro_jobs.__version__
    assert all("extra ==" in need for need in distribution.requires or [])
    assert distribution.metadata["Requires-Python"] == ">=3.9"


def test_the_readme_starts_with_the_example() -> None:
    readme = repository("bindings/python/README.md").read_text("utf-8")
    first = re.search(r"```python\n(.*?)```", readme, re.S)
    assert first is not None
    program = repository("bindings/python/examples/first.py").read_text("utf-8")
    assert first[1] == program and len(program.splitlines()) == 10
