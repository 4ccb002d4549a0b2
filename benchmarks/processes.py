"""What a server's processes have cost so far, told by Linux under /proc."""

from __future__ import annotations

import os
from pathlib import Path

from benchmarks.cores import BenchmarkError

TICKS = os.sysconf("SC_CLK_TCK")
USER, SYSTEM = 11, 12
"""Places of the processor times in /proc/PID/stat after the command's name, see proc_pid_stat(5)."""


def processor_seconds(pid: int) -> float:
    """Of the process and its descendants, in all their threads; exact to 10 ms."""
    return sum(_ticks(member) for member in family(pid)) / TICKS


def worker_memory(pid: int) -> float:
    """MiB of the largest process of a server: its worker, should it have a supervisor."""
    return max(_proportional_set_size(member) for member in family(pid))


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in family(int(child)))]


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[USER]) + int(fields[SYSTEM])


def _proportional_set_size(pid: int) -> float:
    """MiB; pages shared with other processes are divided among those who share them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise BenchmarkError("this kernel does not tell a process's proportional set size")
