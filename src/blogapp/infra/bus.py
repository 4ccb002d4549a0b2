"""Messages between the processes of one blog: what one tells, all hear, in one order and under the same ids.

With a single process that is all there is to it; `infra.redis_bus` is for several.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

HISTORY = 1000
"""Messages remembered, at least so many in Redis."""

DROP = "drop"
"""In a message that makes every process forget what it keeps."""

Document = Mapping[str, Any]
"""What JSON can say."""

_log = structlog.get_logger("blogapp.bus")


@dataclass(frozen=True, slots=True)
class Message:
    id: str
    document: Document


Receive = Callable[[Message], None]
Interrupted = Callable[[], None]


class Bus:
    """In this process. Subscribers are called at once and in order; one that fails is logged and fails nobody else."""

    def __init__(self) -> None:
        self._subscribers: list[tuple[Receive, Interrupted]] = []
        self._history: deque[Message] = deque()
        self._before = _after("0-0")

    @property
    def newest(self) -> str:
        """The id of the last message; one to ask `since` with even before the first."""
        return self._history[-1].id if self._history else self._before

    @property
    def is_whole(self) -> bool:
        """Whether every process hears every message at present. What a process keeps for longer may be stale if not."""
        return True

    async def open(self) -> None:
        """What is away keeps no process from starting: it is connected to in the background."""

    async def close(self) -> None:
        """Nobody hears anything any more."""

    def subscribe(self, receive: Receive, interrupted: Interrupted) -> None:
        """`interrupted` is called when messages may have been missed that `receive` will never get."""
        self._subscribers.append((receive, interrupted))

    async def publish(self, document: Document) -> None:
        """Subscribers of this process have it when this returns."""
        self._deliver(Message(_after(self.newest), document))

    def since(self, id: str) -> list[Message] | None:
        """What came after the message of that id; None when that is not known, because it is too old or was lost."""
        messages = list(self._history)
        if id == self._before:
            return messages
        return next((messages[place + 1 :] for place, one in enumerate(messages) if one.id == id), None)

    def _deliver(self, message: Message) -> None:
        self._remember(message)
        for receive, _ in self._subscribers:
            _call(receive, message)

    def _remember(self, message: Message) -> None:
        self._history.append(message)
        if len(self._history) > HISTORY:
            self._before = self._history.popleft().id

    def _interrupt(self) -> None:
        for _, interrupted in self._subscribers:
            _call(interrupted)


def _after(id: str) -> str:
    """The next id, made as Redis does: milliseconds, and a number within them. They grow, also over a restart."""
    last, _, number = id.partition("-")
    moment = time.time_ns() // 1_000_000
    return f"{moment}-0" if moment > int(last) else f"{last}-{int(number) + 1}"


def _call(subscriber: Callable[..., None], *given: Message) -> None:
    try:
        subscriber(*given)
    except Exception:  # noqa: BLE001  # whatever it is, it is logged and fails nobody else
        _log.exception("subscriber of the bus failed")
