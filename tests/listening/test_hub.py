"""Who is slow, and who may listen no longer."""

from __future__ import annotations

import asyncio

from blogapp.actor import ANONYMOUS
from blogapp.infra.bus import Bus
from blogapp.live.hub import Hub
from blogapp.live.listener import LEFT, MOST_WAITING, RESTARTING, TOO_SLOW, Frame, Listener


async def test_who_takes_nothing_is_dropped_and_holds_up_nobody():
    bus, draining = Bus(), asyncio.Event()
    heard: list[Frame] = []

    async def never(_frame: Frame) -> None:
        await asyncio.Event().wait()

    async def at_once(frame: Frame) -> None:
        heard.append(frame)

    async with Hub(2, 2).open(bus, draining, _always) as hub, asyncio.timeout(5):
        slow = asyncio.create_task(_listen(hub, never))
        quick = asyncio.create_task(_listen(hub, at_once))
        await asyncio.sleep(0)
        for number in range(MOST_WAITING + 2):
            await bus.publish({"number": number, "topics": ["posts"]})
            await asyncio.sleep(0)
        assert await slow is TOO_SLOW
        assert len(heard) == MOST_WAITING + 3
        draining.set()
        assert await quick is RESTARTING
        assert await _listen(hub, at_once) is RESTARTING


async def test_who_is_known_to_listen_leaves_no_trace():
    async with Hub(2, 2).open(Bus(), asyncio.Event(), _always) as hub:
        async with asyncio.timeout(None) as life:
            listener = Listener(frozenset({"posts", "post:1"}), ANONYMOUS, _nothing, life)
            hub.join(listener, None)
            hub.leave(listener)
            await listener.stop()
        assert listener.ending is LEFT
        assert not hub._topics
        assert len(hub) == 0


async def _listen(hub: Hub, write) -> object:
    listener = None
    try:
        async with asyncio.timeout(None) as life:
            listener = Listener(frozenset({"posts"}), ANONYMOUS, write, life)
            hub.join(listener, None)
            await asyncio.Event().wait()
    except TimeoutError:
        hub.leave(listener)
        await listener.stop()
    return listener.ending


async def _nothing(_frame: Frame) -> None:
    pass


async def _always(_actor: object) -> bool:
    return True
