"""The dashboard asks for what `/metrics` has, and docs tell of all of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from quart import Quart

from tests.live import ROOT

FOLDER = ROOT / "deploy" / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "blogapp.json").read_text())
METRIC = re.compile(r"\b((?:blogapp|process)_[a-z_]+)(?:\{([^}]*)\})?")
OF_PROMETHEUS = {"job", "instance", "le"}
"""Labels that Prometheus adds, or that belong to buckets."""


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
async def exported(app: Quart) -> dict[str, set[str]]:
    """Names of samples with their labels."""
    client = app.test_client()
    await client.get("/")
    answer = await client.get("/metrics", scope_base={"client": ("127.0.0.1", 1)})
    found: defaultdict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(await answer.get_data(as_text=True)):
        for sample in family.samples:
            found[sample.name] |= set(sample.labels)
    return found


def queries() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (one["definition"] for one in DASHBOARD["templating"]["list"] if "definition" in one)


async def test_every_metric_of_the_dashboard_is_exported(exported: dict[str, set[str]]):
    asked = {name for query in queries() for name, _ in METRIC.findall(query)}
    assert len(asked) > 15
    assert asked <= set(exported), asked - set(exported)


async def test_every_label_of_the_dashboard_is_one_of_its_metric(exported: dict[str, set[str]]):
    for query in queries():
        grouped = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", query) for label in group.split(",")}
        shown = {label for name, _ in METRIC.findall(query) for label in exported[name]}
        assert grouped <= shown | OF_PROMETHEUS, query
        for name, selector in METRIC.findall(query):
            chosen = set(re.findall(r"(\w+)=", selector))
            assert chosen <= exported[name] | OF_PROMETHEUS, query


async def test_every_metric_is_documented(exported: dict[str, set[str]]):
    page = (ROOT / "docs" / "observability.md").read_text()
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported if name.startswith("blogapp_")}
    assert {name for name in ours if f"`{name}`" not in page} == set()
    told = set(re.findall(r"`(blogapp_[a-z_]+)`", page))
    assert told <= ours, told - ours


def test_panels_have_places_of_their_own():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_the_example_asks_the_instances_that_nginx_has():
    [job] = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    nginx = (ROOT / "deploy" / "nginx" / "blogapp.conf").read_text()
    assert job.get("metrics_path", "/metrics") == "/metrics"
    [targets] = [one["targets"] for one in job["static_configs"]]
    assert targets == re.findall(r"^    server (127\.0\.0\.1:\d+)", nginx, re.MULTILINE)
