"""Who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT, imported, modules, told

NO_NAMES = {"utils", "util", "helpers", "common", "base", "constants", "manager", "misc"}


def test_the_import_contracts_of_pyproject_hold() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_imports_stand_at_the_top() -> None:
    told(
        "Import at the top of the file. If that makes a circle, one of the two knows too much: "
        "tell what is above by an event, or move what both need further down.",
        [
            module.at(statement)
            for module in modules()
            for function in module.functions
            for statement in ast.walk(function)
            if isinstance(statement, ast.Import | ast.ImportFrom)
        ],
    )


def test_services_know_only_the_hashes_of_werkzeug() -> None:
    """The contract in pyproject.toml lets accounts.passwords import werkzeug, which it can't tell in parts."""
    told(
        "Only werkzeug.security may be imported here, to read the hashes of a Flask application.",
        [
            module.at(statement)
            for module in modules()
            if module.path.match("accounts/passwords.py")
            for statement, name in imported(module)
            if name.startswith("werkzeug") and not name.startswith("werkzeug.security.")
        ],
    )


def test_modules_are_named_for_what_they_hold() -> None:
    told(
        "Name the module for what is in it (a noun of the domain), not for how it is used.",
        [str(module) for module in modules() if module.layer in NO_NAMES or module.path.parent.name in NO_NAMES],
    )
