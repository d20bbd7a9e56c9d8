"""What a RUN uses while it runs, in words: asked of the engine by a thread of its own, so that nothing waits."""

import time
from typing import TYPE_CHECKING

from stepper.debugger.state import SessionState, Status
from stepper.engine.protocol import StepUsage
from stepper.engine.step import StepId
from stepper.errors import StepperError
from stepper.text import counted, human_size
from stepper.tui.controller import Controller
from stepper.tui.shown import running_run

if TYPE_CHECKING:
    from stepper.debugger.session import Session

ASK_SECONDS = 1.0
"""How often the engine is asked at most."""
COUNT_SECONDS = 3.0
"""How often the changed paths are counted at most."""
COUNT_SHARE = 50
"""Counting looks at every file of the container: it may take this part of the time, no more."""


class UsageWatch:
    """Asks for what the running RUN uses. `text` is what was found out last."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._step: StepId | None = None
        self._last: StepUsage | None = None
        self._cpu: float | None = None
        self._changed: int | None = None
        self._asked = self._count_at = 0.0
        self._asking = False

    def look(self, state: SessionState) -> None:
        """Ask again if it is time to; returns at once."""
        record = running_run(state)
        step = record.id if record is not None else None
        now = time.monotonic()
        if step != self._step:
            self._step, self._last, self._cpu, self._changed = step, None, None, None
            self._asked, self._count_at = now, now + ASK_SECONDS
        if record is None or self._asking or now < self._asked + ASK_SECONDS or record.paused_since is not None:
            return
        self._asking = True
        self._controller.aside(lambda session: self._ask(session, record.id))

    def text(self, state: SessionState) -> str:
        """`CPU 97% · 64.0 MB · 12 paths changed`, as far as it is known; "" when no RUN runs."""
        usage = self._last
        if usage is None or self._step is None or self._step not in state.running:
            return ""
        if state.record(self._step).status is not Status.RUNNING:
            return ""
        parts = [f"CPU {self._cpu:.0f}%"] if self._cpu is not None else []
        parts.append(human_size(usage.memory))
        if self._changed is not None:
            parts.append(f"{counted(self._changed, 'path')} changed")
        return " · ".join(parts)

    def _ask(self, session: "Session", step: StepId) -> None:
        try:
            self._take(step, session.usage(step))
            begun = time.monotonic()
            if begun >= self._count_at:
                changed = session.count_changes(step)
                took = time.monotonic() - begun
                self._count_at = begun + max(COUNT_SECONDS, COUNT_SHARE * took)
                if step == self._step:
                    self._changed = changed
        except StepperError:
            # The step may just have ended; an engine that tells nothing has nothing shown.
            self._count_at = time.monotonic() + COUNT_SECONDS
        finally:
            self._asked, self._asking = time.monotonic(), False

    def _take(self, step: StepId, usage: StepUsage | None) -> None:
        if step != self._step:
            return
        before, self._last = self._last, usage
        if usage is not None and before is not None and usage.at > before.at:
            self._cpu = 100 * (usage.cpu - before.cpu) / (usage.at - before.at)
