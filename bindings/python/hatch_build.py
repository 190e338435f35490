"""Adds the shared library to the wheel, and sets the wheel's platform tag."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

REPOSITORY = Path(__file__).resolve().parents[2]
LICENCES = ["LICENSE-APACHE", "LICENSE-MIT", "packaging/THIRD-PARTY.txt"]


def platform_tag(library: Path) -> str:
    """The platform tag of ``library``: on Linux, the oldest glibc that has all the symbols that it needs."""
    if platform.system() != "Linux":
        return re.sub(r"[-.]", "_", sysconfig.get_platform())
    output = subprocess.run(["objdump", "-p", str(library)], check=True, capture_output=True, text=True).stdout
    # The section "Version References" lists the required symbol versions. A name without a number requires one exact glibc.
    needed = re.findall(r"\bGLIBC_(\d+)\.(\d+)", output)
    if not needed or re.search(r"\bGLIBC_(PRIVATE|ABI)", output):
        raise RuntimeError(f"{library} does not depend on a known glibc; this script makes no wheels for other C libraries")
    major, minor = max((int(major), int(minor)) for major, minor in needed)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


class LibraryHook(BuildHookInterface):  # type: ignore[type-arg]
    """The wheel works with every Python 3 of one platform, because nothing in it is compiled against Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the files from outside of this folder."""
        if version == "editable":
            return
        library = Path(os.environ.get("NITRO_WHEEL_LIBRARY", REPOSITORY / "target/release/libnitro_jobs.so"))
        if not library.is_file():
            raise RuntimeError(f"{library} does not exist: build the wheel with 'make wheel'")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(library)}"
        build_data["force_include"][str(library)] = f"nitro_jobs/{library.name}"
        folder = f"nitro_jobs-{self.metadata.version}.dist-info/licenses"
        for licence in LICENCES:
            build_data["force_include"][str(REPOSITORY / licence)] = f"{folder}/{Path(licence).name}"
