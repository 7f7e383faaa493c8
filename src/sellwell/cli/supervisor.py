"""Keeping processes up: started together, restarted when one dies, stopped together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PATIENCE = 10.0  # seconds that a process gets to finish what it does
LOOK = 0.25
SHORTEST_LIFE = 2.0  # a process that dies sooner is restarted only after this long
PR_SET_PDEATHSIG = 1


@dataclass
class Process:
    """One process that is kept up."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        """Start it, away from our terminal's Ctrl-C, and bound to die with us."""
        self.started = time.monotonic()
        self.running = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def restart_if_dead(self) -> None:
        """Start it again when it ended by itself."""
        if self.running is None or self.running.poll() is None:
            return
        if time.monotonic() - self.started < SHORTEST_LIFE:
            return
        print(f"{self.name} ended with {self.running.returncode}; started again", file=sys.stderr, flush=True)
        # A killed web server leaves its workers behind, still answering on the port: they go with it.
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.start()

    def stop(self) -> None:
        """Ask it to end."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()


class Supervisor:
    """Keeps processes up until SIGINT or SIGTERM comes."""

    def __init__(self, processes: list[Process], each_look: Callable[[], None]) -> None:
        """`each_look` is called several times a second, for whatever else has to be kept up."""
        self.processes, self.each_look = processes, each_look
        self._asked_to_stop = False

    def run(self, ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start everything, announce once ready, watch, and stop everything at the end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        announced = False
        try:
            for process in self.processes:
                process.start()
            while not self._asked_to_stop:
                if not announced and ready():
                    announced = True
                    announce()
                for process in self.processes:
                    process.restart_if_dead()
                self.each_look()
                time.sleep(LOOK)
        finally:
            self._stop_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def _stop_all(self) -> None:
        for process in self.processes:
            process.stop()
        deadline = time.monotonic() + PATIENCE
        for process in self.processes:
            if process.running is None:
                continue
            with suppress(subprocess.TimeoutExpired):
                process.running.wait(max(0.1, deadline - time.monotonic()))
            # Whether it ended in time or not: workers that it had just started may not have heard of it.
            with suppress(ProcessLookupError):
                os.killpg(process.running.pid, signal.SIGKILL)
            process.running.wait()


def die_with_parent() -> None:
    """Ask the kernel to end this process when the supervisor is gone, however it went."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
