"""Runs what reads states of steps that have ended, beside the session's thread: so it is answered while a step runs.

Short ones come one after the other, and so do long ones in another thread: no listing waits for a folder that is saved.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Looks(Generic[Job]):
    """`begin` is called in each thread before its first job, and returns when there is a session; `run` runs a job."""

    def __init__(self, begin: Callable[[], None], run: Callable[[Job], None]) -> None:
        self._begin = begin
        self._run = run
        self._short: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._long: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, args=(jobs,), name=name, daemon=True)
            for jobs, name in ((self._short, "stepper-looks"), (self._long, "stepper-long-looks"))
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def put(self, job: Job, *, long: bool) -> None:
        """Have a job run after those of its kind that wait."""
        (self._long if long else self._short).put(job)

    def close(self) -> None:
        """Run none after those that wait."""
        self._short.put(None)
        self._long.put(None)

    def join(self, seconds: float) -> None:
        """Wait for the threads to end, but no longer than that."""
        end = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, end - time.monotonic()))

    def _work(self, jobs: "queue.SimpleQueue[Job | None]") -> None:
        self._begin()
        while (job := jobs.get()) is not None:
            self._run(job)
