"""The RUN steps that run now, as other threads may use them: to enter, to pause and to watch their containers.

Their workers are busy with the commands, so all of it goes through the engine's API.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stepper.engine.api_errors import engine_errors
from stepper.engine.beside_worker import run_beside
from stepper.engine.client import EngineClient
from stepper.engine.hidden_files import HIDDEN, MOUNT_POINTS
from stepper.engine.protocol import StepUsage
from stepper.engine.step import StandingRun, Step, StepId
from stepper.engine.step_container import StepContainer
from stepper.errors import EngineError, UsageError
from stepper.image.config import ImageConfig

if TYPE_CHECKING:
    from stepper.engine.stops import Stops

_STOP_ALL, _CONTINUE_ALL = "kill -STOP -1", "kill -CONT -1"
"""All processes of a container but its first one, which is the worker, and the one that sends the signal."""

_MADE_BY_ENGINE = " -o ".join(f"-path {path}" for path in (*HIDDEN, *MOUNT_POINTS))
_COUNT = """$b find / -xdev '(' {engines} ')' -prune -o -print0 2>/dev/null |
$b xargs -0 $b stat -c '%Z %z' 2>/dev/null |
$b awk '$1 + substr($3, 9) > {since} {{ n++ }} END {{ print n+0 }}'"""
"""Counts the files that are newer: `%z` is what `%Z` gives, with nanoseconds."""
_COUNT_ERROR_NS = 1000
"""What `awk` cannot tell apart. What is written at once has the very time at which the command began."""


class RunningStep:
    """A RUN while it runs."""

    def __init__(self, step: Step, container: StepContainer, config: ImageConfig) -> None:
        self.step = step
        self.container = container
        self.config = config
        self.since: int | None = None
        """When its command began, by the clock of the files in its container (see `walk.clock`): None before, and where
        there is no toolbox to look at files with."""
        self.stops: Stops | None = None
        """Where it stops, of one that is stepped into."""
        self.is_over = False
        """Whether its command has ended: from then on nobody enters it, though its container is still looked at."""
        self.entered = False
        """Whether somebody had a shell in it: then what comes of it is not its doing alone."""
        self.paused_at: float | None = None
        self.paused_before = 0.0

    @property
    def standing(self) -> StandingRun | None:
        """The state in which its shell waits before a command; None while it runs."""
        stops = self.stops
        return stops.standing() if stops is not None and stops.waits_at is not None else None

    @property
    def paused_seconds(self) -> float:
        """How long it was paused so far."""
        return self.paused_before + (time.monotonic() - self.paused_at if self.paused_at is not None else 0.0)


class RunningSteps:
    """The RUN steps of one session that are in their containers now. May be used from any thread."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self._lock = threading.RLock()
        self._steps: dict[StepId, RunningStep] = {}

    @contextlib.contextmanager
    def during(self, step: Step, container: StepContainer, config: ImageConfig) -> Iterator[RunningStep]:
        """Know of a step for the time of the block."""
        running = RunningStep(step, container, config)
        with self._lock:
            self._steps[step.id] = running
        try:
            yield running
        finally:
            with self._lock:
                if self._steps.get(step.id) is running:
                    del self._steps[step.id]
                self._unpause(running)

    def find(self, step: StepId) -> RunningStep:
        """A step whose command runs; raises `UsageError` where it is in no container, or has ended in it."""
        running = self._steps.get(step)
        if running is None or running.is_over:
            raise _in_no_container()
        return running

    def enter(self, running: RunningStep) -> None:
        """Note that somebody is about to have a shell in a step. Raises `UsageError` where it has ended meanwhile."""
        with self._lock:
            self.check(running)
            running.entered = True

    def check(self, running: RunningStep) -> None:
        """Raise `UsageError` where a step has ended meanwhile."""
        if running.is_over or self._steps.get(running.step.id) is not running:
            raise _in_no_container()

    def pause(self) -> None:
        """Pause all that run, by the engine. Raises `UsageError` where there is nothing to pause."""
        with self._lock:
            if not self._steps:
                raise UsageError(
                    "there is nothing to pause now", hint="Only a RUN can be paused, once its command runs."
                )
            for running in self._steps.values():
                if running.paused_at is None:
                    with engine_errors("pause the step"):
                        self._client.request("POST", f"/containers/{running.container.id}/pause")
                    running.paused_at = time.monotonic()

    def unpause(self) -> None:
        """Let all that are paused go on."""
        with self._lock:
            for running in self._steps.values():
                self._unpause(running)

    @contextlib.contextmanager
    def held(self, running: RunningStep) -> Iterator[None]:
        """Keep a paused step's processes still by a signal, since nothing enters a container that the engine paused.

        Between the engine's pause and the signal they run for some hundredths of a second. A step that is not paused
        goes on meanwhile. Raises `EngineError` where they cannot be kept still: then the engine has paused them again.
        """
        with self._lock:
            was_paused = running.paused_at is not None
            if was_paused:
                self._post(running, "unpause")
                try:
                    self._keep_still(running)
                except BaseException:
                    self._post(running, "pause")
                    raise
        try:
            yield
        finally:
            if was_paused:
                with self._lock:
                    still_there = self._steps.get(running.step.id) is running
                    try:
                        if still_there:
                            self.run_in(running.container, _CONTINUE_ALL)
                    finally:
                        if still_there and running.paused_at is not None:
                            self._post(running, "pause")

    def usage(self, step: StepId) -> StepUsage | None:
        """What a step's container uses now; None where it is in none, or the engine does not tell."""
        running = self._steps.get(step)
        if running is None:
            return None
        params = {"stream": "false", "one-shot": "true"}
        with engine_errors("ask what the step uses"):
            found = json.loads(self._client.request("GET", f"/containers/{running.container.id}/stats", params=params))
        cpu, memory = found.get("cpu_stats") or {}, found.get("memory_stats") or {}
        used = (cpu.get("cpu_usage") or {}).get("total_usage")
        if used is None:
            return None
        # Like `docker stats`: what the kernel takes back when it needs it counts for nothing.
        cached = (memory.get("stats") or {}).get("inactive_file", 0)
        return StepUsage(time.monotonic(), used / 1e9, max(0, int(memory.get("usage") or 0) - int(cached)))

    def count_changes(self, step: StepId) -> int | None:
        """How many paths a step has added or changed so far, by the times of all files."""
        running = self._steps.get(step)
        if running is None or running.since is None or running.paused_at is not None:
            return None
        printed, _ = self.run_in(
            running.container,
            _COUNT.format(engines=_MADE_BY_ENGINE, since=f"{(running.since - _COUNT_ERROR_NS) / 1e9:.6f}"),
        )
        return int(printed) if printed.strip().isdigit() else None

    def run_in(self, container: StepContainer, script: str) -> tuple[str, int]:
        """See `run_beside`."""
        return run_beside(self._client, container, script)

    def _keep_still(self, running: RunningStep) -> None:
        said, code = self.run_in(running.container, _STOP_ALL)
        if code and not running.is_over:
            reason = said.strip() or f"kill ended with exit code {code}"
            raise EngineError(
                f"the paused step cannot be kept still for a shell: {reason}", hint="Let it go on, and open one then."
            )

    def _unpause(self, running: RunningStep) -> None:
        if running.paused_at is not None:
            running.paused_before = running.paused_seconds
            running.paused_at = None
            self._post(running, "unpause")

    def _post(self, running: RunningStep, action: str) -> None:
        """Pause or unpause; a container that is gone, or is so already, is no error."""
        import docker.errors

        with engine_errors(f"{action} the step"), contextlib.suppress(docker.errors.APIError):
            self._client.request("POST", f"/containers/{running.container.id}/{action}")


def _in_no_container() -> UsageError:
    return UsageError("the step is in no container now", hint="Only a RUN can be entered or paused while it runs.")
