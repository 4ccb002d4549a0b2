"""`blogapp …` as it is typed, on a blog of the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from blogapp.cli import main


def blogapp(url: str, *arguments: object, media: Path | None = None) -> Result:
    environment = {"DATABASE_URL": url, "BLOGAPP_ENV": "testing", "MEDIA_SPARE": "0"}
    runner = CliRunner(env=environment | ({"MEDIA_DIR": str(media)} if media else {}))
    result = runner.invoke(main, [str(one) for one in arguments])
    assert "Traceback" not in result.output
    return result


def imported(url: str, source: Path, *options: str) -> dict[str, Any]:
    """The report, with what each file became, by its name, and the exit code."""
    file = source.with_name(f"{source.name}.json")
    result = blogapp(url, "import", "markdown", source, "--report", file, *options, media=source.parent / "media")
    report = json.loads(file.read_text())
    return report | {"exit_code": result.exit_code, "by_file": {one["file"]: one for one in report["files"]}}


def kinds(report: dict[str, Any]) -> dict[str, str]:
    return {name: one["kind"] for name, one in report["by_file"].items()}
