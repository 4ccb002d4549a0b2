"""Several workers that serve on one socket, each a fresh program: a reload reads settings and code anew.

Hypercorn 0.18 cuts requests in flight when several of its workers stop, and ends when one of them is killed.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from math import inf
from types import FrameType

import structlog

from blogapp.errors import Refused
from blogapp.infra.lifeline import LEAVE, UP
from blogapp.infra.server import LINGER, STOPS

BOOT = 60.0
"""Seconds a worker may take to serve."""
TRIES = 3
"""Workers in a row that may end before they serve."""
PAUSE = 0.5
"""Seconds before the next try, for each that failed."""
BEYOND = 2.0
"""Seconds a worker has beyond its time to stop, before it is killed."""
LAST = 14.7
"""Seconds after which a worker that was told to stop is killed in any case."""

HEARD = STOPS | {signal.SIGHUP, signal.SIGCHLD}

_log = structlog.get_logger("blogapp.supervisor")


@dataclass(slots=True)
class Worker:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    generation: int
    killed_at: float
    """When its time is over, on the monotonic clock."""
    is_up: bool = False
    is_leaving: bool = False
    is_silent: bool = False
    said: bytes = b""
    """Why it can't serve."""

    def listen(self) -> None:
        try:
            words = self.channel.recv(4096)
        except BlockingIOError:
            return
        except ConnectionError:
            words = b""
        self.is_silent = not words
        if words == UP:
            self.is_up, self.killed_at = True, inf
        else:
            self.said += words


class Supervisor:
    def __init__(
        self, command: Sequence[str], sock: socket.socket, count: int, grace: float, more: Mapping[str, str]
    ) -> None:
        """`command` takes two more words: the descriptors of the socket and of a lifeline. Its environment has `more`."""
        self._command = command
        self._environment = {**os.environ, **more}
        self._sock = sock
        self._count = count
        self._patience = min(grace + BEYOND, LAST)
        self._workers: list[Worker] = []
        self._generation = 0
        self._is_proved = False
        self._failures = 0
        self._not_before = 0.0
        self._is_stopping = False

    def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises Refused, when all workers have ended, if new ones can't start."""
        with _signals() as told:
            try:
                while not self._is_stopping:
                    self._tend()
                    self._hear(told)
            finally:
                self._stop()
                while self._workers:
                    self._hear(told)

    def _tend(self) -> None:
        """The first worker has to serve before there are more; a reload has one more for a while."""
        staying = [worker for worker in self._workers if not worker.is_leaving]
        stale = [worker for worker in staying if worker.generation < self._generation]
        if stale and sum(worker.is_up for worker in staying) > self._count:
            self._send_away(stale[0])
            return
        is_quiet = len(staying) == len(self._workers)
        wanted = self._count + bool(stale and is_quiet) if self._is_proved else 1
        if time.monotonic() >= self._not_before:
            self._workers += [self._spawn() for _ in range(wanted - len(staying))]

    def _spawn(self) -> Worker:
        """Stops wait until the worker can heed them. It never hears SIGHUP, which is the supervisor's."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        descriptors = (self._sock.fileno(), theirs.fileno())
        with theirs, _held_back(STOPS | {signal.SIGHUP}):
            process = subprocess.Popen(  # noqa: S603  # our own
                [*self._command, *map(str, descriptors)], pass_fds=descriptors, env=self._environment
            )
        return Worker(process, ours, self._generation, time.monotonic() + BOOT)

    def _send_away(self, worker: Worker) -> None:
        worker.is_leaving, worker.killed_at = True, time.monotonic() + LINGER + self._patience
        try:
            worker.channel.send(LEAVE)
        except OSError:
            worker.process.terminate()

    def _hear(self, told: socket.socket) -> None:
        channels = [worker.channel for worker in self._workers if not worker.is_silent]
        heard, _, _ = select.select([told, *channels], [], [], self._wait())
        for worker in self._workers:
            if worker.channel in heard:
                self._listen(worker)
        if told in heard:
            for number in told.recv(64):
                self._obey(number)
        self._kill_overdue()
        for worker in [worker for worker in self._workers if worker.process.poll() is not None]:
            self._bury(worker)

    def _wait(self) -> float | None:
        """Seconds until something has to be done although nothing is heard."""
        now = time.monotonic()
        times = [worker.killed_at for worker in self._workers]
        times += [self._not_before] if self._not_before > now else []
        soonest = min(times, default=inf)
        return None if soonest == inf else max(0.0, soonest - now)

    def _listen(self, worker: Worker) -> None:
        was_up = worker.is_up
        worker.listen()
        if worker.is_up and not was_up:
            self._is_proved, self._failures = True, 0
            _log.info("worker serves", worker=worker.process.pid)

    def _obey(self, number: int) -> None:
        if number in STOPS:
            self._is_stopping = True
        elif number == signal.SIGHUP:
            self._generation += 1
            _log.info("reloading")

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if now >= worker.killed_at:
                _log.error("worker killed", worker=worker.process.pid)
                worker.process.kill()
                worker.killed_at = inf

    def _bury(self, worker: Worker) -> None:
        while not worker.is_silent:
            worker.listen()
        worker.channel.close()
        self._workers.remove(worker)
        if self._is_stopping or worker.is_leaving:
            return
        if worker.is_up:
            _log.warning("worker ended", worker=worker.process.pid, code=worker.process.returncode)
        else:
            self._fail(worker.said.decode() or f"a worker ended with {worker.process.returncode} before it could serve")

    def _fail(self, reason: str) -> None:
        """A reload that fails leaves the workers that serve."""
        if not self._is_proved:
            raise Refused(reason)
        if sum(worker.is_up and not worker.is_leaving for worker in self._workers) >= self._count:
            _log.error("reload failed", reason=reason)
            for worker in self._workers:
                worker.generation = self._generation
            return
        self._failures += 1
        if self._failures == TRIES:
            raise Refused(f"workers can't start any more: {reason}")
        _log.error("worker failed", reason=reason)
        self._not_before = time.monotonic() + self._failures * PAUSE

    def _stop(self) -> None:
        """Nobody is left waiting for an answer that won't come: the address is free once the workers have let it go."""
        self._is_stopping = True
        self._sock.close()
        for worker in self._workers:
            worker.killed_at = min(worker.killed_at, time.monotonic() + self._patience)
            worker.process.terminate()


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Where the numbers of signals can be read, one a byte."""
    told, teller = socket.socketpair()
    teller.settimeout(0)
    with closing(told), closing(teller):
        former = signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
        for number in HEARD:
            signal.signal(number, _heard)
        try:
            yield told
        finally:
            signal.set_wakeup_fd(former)


def _heard(_number: int, _frame: FrameType | None) -> None:
    """A signal is read where it was written to; a handler has to be there, or it would not be."""


@contextmanager
def _held_back(numbers: set[signal.Signals]) -> Iterator[None]:
    """What is started meanwhile gets these signals when it asks for them."""
    former = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
