"""Numbers of several processes: added up, kept after a death, and never counted twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blogapp.errors import Refused
from blogapp.infra import sheets
from blogapp.infra.metrics import BOUNDS, CACHE_BYTES, GAUGE, HIT, REQUEST, Metrics

OTHER = """
import os, signal, sys
from pathlib import Path
from blogapp.infra.metrics import CACHE_BYTES, Metrics
metrics = Metrics(Path(sys.argv[1]))
metrics.watch(CACHE_BYTES, lambda: 500)
with metrics.shared():
    metrics.hit()
    print(os.getpid(), flush=True)
    sys.stdin.read(1)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def other(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("!")


def test_what_a_killed_process_counted_stays_and_its_gauges_go(tmp_path: Path):
    ours = Metrics(tmp_path)
    ours.watch(CACHE_BYTES, lambda: 70)
    with ours.shared():
        ours.hit()
        process, pid = other(tmp_path)
        records, pids = ours.totals()
        assert records[HIT][0] == 2
        assert records[f"{GAUGE}\t{CACHE_BYTES}"][0] == 570
        assert pid in pids
        assert len(pids) == 2
        end(process)
        records, pids = ours.totals()
        assert records[HIT][0] == 2
        assert records[f"{GAUGE}\t{CACHE_BYTES}"][0] == 70
        assert pid not in pids


def test_a_new_process_goes_on_where_a_dead_one_ended(tmp_path: Path):
    for _ in range(3):
        end(other(tmp_path)[0])
    assert len(list(tmp_path.iterdir())) == 1
    with (again := Metrics(tmp_path)).shared():
        again.hit()
        records, _ = again.totals()
        assert records[HIT][0] == 4
        assert records[f"{GAUGE}\t{CACHE_BYTES}"][0] == 0


def test_a_full_sheet_loses_names_and_no_memory():
    sheet = sheets.private()
    places = [sheet.place(f"name {number}") for number in range(sheets.RECORDS + 10)]
    assert len(set(places)) == sheets.RECORDS
    assert max(places) + sheets.NUMBERS - 1 <= len(sheet.numbers)


def test_names_are_cut_and_methods_few():
    metrics = Metrics(None)
    for number in range(100):
        metrics.request("/" + "ä" * 500, f"MADE-UP-{number}", 200, 0.3)
    requests = {key: numbers for key, numbers in metrics.totals()[0].items() if key.startswith(REQUEST)}
    assert [sum(numbers[1:]) for numbers in requests.values()] == [100]


@pytest.mark.parametrize("seconds", [0.0, 0.0005, 0.3, 10.0, 1000.0])
def test_a_duration_is_in_the_bucket_that_bounds_it(seconds: float):
    metrics = Metrics(None)
    metrics.request("/", "GET", 200, seconds)
    total, *buckets = metrics.totals()[0][f"{REQUEST}\tGET\t200\t/"]
    assert total == seconds * 1_000_000
    assert [*BOUNDS, float("inf")][buckets.index(1)] >= seconds


def test_a_folder_that_can_not_be_used_is_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="METRICS_DIR can't be used"):
        Metrics(tmp_path / "file")
