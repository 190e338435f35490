"""Puts the shared library into the wheel, and gives the wheel the tag of the systems that it runs on."""

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
    """The tag of the platform that ``library`` was built for: on Linux, the oldest glibc that has all it asks for."""
    if platform.system() != "Linux":
        return re.sub(r"[-.]", "_", sysconfig.get_platform())
    told = subprocess.run(["objdump", "-p", str(library)], check=True, capture_output=True, text=True).stdout
    # The section "Version References": what the library needs of others. Names without a number bind to one very glibc.
    needed = re.findall(r"\bGLIBC_(\d+)\.(\d+)", told)
    if not needed or re.search(r"\bGLIBC_(PRIVATE|ABI)", told):
        raise RuntimeError(f"{library} is for no glibc that is known; wheels for other C libraries are not made here")
    major, minor = max((int(major), int(minor)) for major, minor in needed)
    return f"manylinux_{major}_{minor}_{platform.machine()}"


class LibraryHook(BuildHookInterface):  # type: ignore[type-arg]
    """The wheel serves every Python 3 of one platform: nothing in it is compiled against Python."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds what is not in this folder."""
        if version == "editable":
            return
        library = Path(os.environ.get("NITRO_WHEEL_LIBRARY", REPOSITORY / "target/release/libnitro_jobs.so"))
        if not library.is_file():
            raise RuntimeError(f"there is no {library}: build the wheel with 'make wheel'")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(library)}"
        build_data["force_include"][str(library)] = f"nitro_jobs/{library.name}"
        folder = f"nitro_jobs-{self.metadata.version}.dist-info/licenses"
        for licence in LICENCES:
            build_data["force_include"][str(REPOSITORY / licence)] = f"{folder}/{Path(licence).name}"
