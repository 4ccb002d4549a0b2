"""What happened in each test, for the table that `make faults` makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.load import CUT, Load

Told = Callable[..., None]


@pytest.fixture
def told(request: pytest.FixtureRequest) -> Told:
    """Takes the fault, what the load saw and what was lost of it; keeps a row of the table."""

    def tell(fault: str, load: Load, lost: list[str], *, mails: str = "", recovery: float | None = None) -> None:
        row = {
            "fault": fault,
            "acknowledged": len(load.accounts) + len(load.titles),
            "lost": len(lost),
            "mails": mails,
            "answers": sum(load.seen.values()),
            "500": load.count(500),
            "503": load.count(503),
            "cut": load.count(CUT),
            "recovery": load.longest_pause if recovery is None else recovery,
        }
        request.node.user_properties.append(("row", row))

    return tell
