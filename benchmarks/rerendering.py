"""What `blogapp posts render` takes for one post, its start and the writing of what it made included."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.cores import Cores
from benchmarks.data import POSTS
from benchmarks.servers import Program, run

COMMAND = (sys.executable, "-m", "blogapp", "posts", "render", "--all")


def rerendering(program: Program, cores: Cores, folder: Path) -> float:
    """Milliseconds for each of all posts, on the server's core. `program` is what serves the same database."""
    began = time.perf_counter()
    run(COMMAND, program.environment, folder, {cores.server})
    return (time.perf_counter() - began) / POSTS * 1000
