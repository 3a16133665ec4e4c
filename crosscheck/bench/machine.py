"""What a benchmark ran on: processor, cores, versions, and which peers are installed."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ENGINES = ("fock-crosscheck", "numpy", "scipy", "qutip")
PEERS = ("dynamiqs", "thewalrus", "gaussian-open-systems")
# More processes than this per core, and times are not to be trusted.
BUSY = 0.5
INSTALL = 'pip install "fock-crosscheck[peers]"'


@dataclass(frozen=True, kw_only=True)
class Machine:
    """`versions` of the engines and of the peers that were found; `missing` are the peers that were not; `load` is
    the number of processes that wanted a core in the minute before.
    """

    processor: str
    cores: int
    system: str
    python: str
    versions: dict[str, str]
    missing: tuple[str, ...]
    load: float | None = None

    def lines(self) -> list[str]:
        """For people."""
        packages = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        lines = [f"{self.processor}, {self.cores} cores, {self.system}", f"Python {self.python}, {packages}"]
        if self.missing:
            lines.append(f"Not installed, so not compared: {', '.join(self.missing)}. To have them: {INSTALL}")
        if self.load is not None and self.load > BUSY * self.cores:
            lines.append(f"The machine was busy when this began (load {self.load:.1f}): run it again when it is not.")
        return lines


def this_machine() -> Machine:
    """The one this runs on."""
    found = {name: number for name in (*ENGINES, *PEERS) if (number := _version(name)) is not None}
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        versions=found,
        missing=tuple(name for name in PEERS if name not in found),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    )


def installed(name: str) -> bool:
    """Whether a distribution of that name is there to be imported."""
    return _version(name) is not None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    """Linux knows the model; elsewhere whatever Python is told."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or "unknown processor"
