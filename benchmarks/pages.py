"""`python -m benchmarks.pages`: what Lighthouse and the Nu HTML checker say of the blog that `make demo` shows.

Both come from npm, pinned, into `instance/npm`; they need Node.js, Java and Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import document, table
from benchmarks.cores import BenchmarkError
from benchmarks.gates import FLAWLESS, PERFORMANCE, STILL
from benchmarks.report import Judged
from benchmarks.servers import ROOT, Program, Running, run, serve

TOOLS = ROOT / "instance" / "npm"
PACKAGES = ("lighthouse@12.8.2", "vnu-jar@23.4.11")
"""The last version of the checker whose package has the checker in it."""
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
PAGES = {
    "home": "/",
    "a post": "/posts/5/springs-and-neaps",
    "a tag": "/tags/tides",
    "a search": "/search?q=sea",
}
RUNS = 3
"""Of Lighthouse on each page, for the median: its time is simulated, but the work is not."""
BOUNDS = {"performance": PERFORMANCE, "accessibility": FLAWLESS, "best-practices": FLAWLESS, "seo": FLAWLESS}
HEADINGS = ("", "performance", "accessibility", "best practices", "SEO", "layout shift", "KiB")
BESIDE = (
    *("/", "/?page=2", "/archive", "/tags", "/series", "/search", "/search?q=sea", "/search?q=xyzzy"),
    *("/auth/login", "/auth/register", "/auth/forgot", "/nothing", "/api/docs"),
)
"""What no sitemap has and the checker looks at, too."""
ADDRESS = re.compile(r"<loc>[^<]*?//[^/<]+([^<]*)</loc>")


@dataclass(frozen=True)
class Seen:
    """Scores of one page from 0 to 100, the layout shift, and the size of all that was loaded."""

    name: str
    scores: Mapping[str, float]
    shift: float
    kibibytes: float

    def judged(self) -> Iterator[Judged]:
        for name, bound in BOUNDS.items():
            yield Judged(f"{name} of {self.name}", self.scores[name], "", bound)
        yield Judged(f"layout shift of {self.name}", self.shift, "", STILL)

    def cells(self) -> tuple[str, ...]:
        scores = (f"{self.scores[name]:.0f}" for name in BOUNDS)
        return (self.name, *scores, f"{self.shift:.3g}", f"{self.kibibytes:.0f}")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all of it is as it should be. 1: something is not. 2: nothing could be looked at."""
    options = _options().parse_args(arguments)
    try:
        if options.into:
            document.require_marks(options.into, "pages")
        _install()
        with tempfile.TemporaryDirectory(prefix="blogapp-pages-") as name:
            seen, paths, found = _looked_at(Path(name))
    except BenchmarkError as reason:
        print(f"pages: {reason}", file=sys.stderr)
        return 2
    said = f"The Nu HTML checker found {len(found) or 'no'} error{'' if len(found) == 1 else 's'} on {paths} pages."
    rows = [one.cells() for one in seen]
    print(f"{table.aligned(HEADINGS, rows)}\n\n{said}")
    if options.into:
        document.put(options.into, "pages", f"{table.markdown(HEADINGS, rows)}\n\n{said}")
    misses = [f"missed: {one}" for page in seen for one in page.judged() if one.verdict == "MISS"]
    print("\n".join((*misses, *found)), file=sys.stderr)
    return 1 if misses or found else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--into", type=Path, metavar="FILE", help="put the table into that document, between its marks")
    return parser


def _looked_at(folder: Path) -> tuple[Sequence[Seen], int, Sequence[str]]:
    environment = {"DATABASE_URL": f"sqlite:///{folder}/blog.db", "MEDIA_DIR": str(folder / "media")}
    run((sys.executable, "-m", "blogapp", "demo"), environment, folder)
    program = Program("demo", (sys.executable, "-m", "blogapp", "serve", "--port", "{port}"), environment)
    with serve(program, os.sched_getaffinity(0), folder) as blog:
        seen = [_seen(blog, name, path, folder) for name, path in PAGES.items()]
        return seen, *_checked(blog, folder / "html")


def _install() -> None:
    """Raises BenchmarkError where a program is missing."""
    missing = [name for name in ("npm", "java", "chromium") if shutil.which(name) is None]
    if missing:
        raise BenchmarkError(f"these are needed: {', '.join(missing)}")
    TOOLS.mkdir(parents=True, exist_ok=True)
    _said("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(TOOLS), *PACKAGES)


def _seen(blog: Running, name: str, path: str, folder: Path) -> Seen:
    reports = [_report(blog.url(path), folder / "report.json") for _ in range(RUNS)]
    audits = [report["audits"] for report in reports]
    scores = {
        category: statistics.median(100 * report["categories"][category]["score"] for report in reports)
        for category in BOUNDS
    }
    shift = max(audit["cumulative-layout-shift"]["numericValue"] for audit in audits)
    return Seen(name, scores, shift, audits[0]["total-byte-weight"]["numericValue"] / 1024)


def _report(url: str, into: Path) -> Any:
    """As a phone on a slow line sees it, which is how Lighthouse looks unless told otherwise."""
    program = TOOLS / "node_modules" / ".bin" / "lighthouse"
    _said(str(program), url, "--quiet", "--output=json", f"--output-path={into}", f"--chrome-flags={CHROMIUM}")
    return json.loads(into.read_text())


def _checked(blog: Running, folder: Path) -> tuple[int, Sequence[str]]:
    """How many pages were looked at, and the errors, a line each."""
    parts = _listed(blog, "/sitemap.xml")
    paths = sorted({*BESIDE, *(path for part in parts for path in _listed(blog, part))})
    folder.mkdir()
    for number, path in enumerate(paths):
        (folder / f"{number}.html").write_bytes(blog.get(path)[1])
    checker = TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ("java", "-jar", str(checker), "--errors-only", "--exit-zero-always", "--format", "gnu", str(folder))
    lines = _said(*command).splitlines()
    return len(paths), [re.sub(r'^"[^"]*/(\d+)\.html"', lambda found: paths[int(found[1])], line) for line in lines]


def _listed(blog: Running, sitemap: str) -> Sequence[str]:
    return ADDRESS.findall(blog.get(sitemap)[1].decode())


def _said(*command: str) -> str:
    """What it wrote, to whichever stream. Raises BenchmarkError with its last line where it fails."""
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or ""}
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"{Path(command[0]).name}: {(done.stdout.strip().splitlines() or ['failed'])[-1]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
