"""What `stepper run` keeps of each running step: its unfinished lines and the last ones, apart from those of others."""

from collections import deque
from dataclasses import dataclass, field

from stepper.engine.step import StepId
from stepper.terminal_text import LineReader

_LAST_LINES = 10


@dataclass
class RunningStep:
    """One step. `beside`: another ran at the same time; `announced`: its line was written above its output."""

    beside: bool = False
    announced: bool = False
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=_LAST_LINES))
    _readers: dict[bool, LineReader] = field(default_factory=dict)

    def read(self, data: bytes, stderr: bool) -> list[str]:
        """The lines that are whole with this output."""
        return self._readers.setdefault(stderr, LineReader()).feed(data)

    def rest(self) -> list[str]:
        """What is left of unfinished lines at the end."""
        return [line for stderr in sorted(self._readers) for line in self._readers[stderr].close()]


class RunningSteps:
    """The steps that run now."""

    def __init__(self) -> None:
        self._steps: dict[StepId, RunningStep] = {}

    def begin(self, step: StepId) -> RunningStep:
        """A step begins."""
        begun = self._steps[step] = RunningStep()
        if len(self._steps) > 1:
            for each in self._steps.values():
                each.beside = True
        return begun

    def of(self, step: StepId) -> RunningStep:
        """One of them, or one that never began."""
        return self._steps.get(step) or RunningStep()

    def end(self, step: StepId) -> None:
        """A step has ended."""
        self._steps.pop(step, None)
