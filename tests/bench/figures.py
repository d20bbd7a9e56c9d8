"""What the benchmarks measured, and how it stands to the budgets."""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.terminal import Terminal


@dataclass(frozen=True)
class Row:
    """One figure: `measured` and `budget` in the same unit; no budget where there is nothing to hold it against."""

    name: str
    measured: float
    unit: str
    budget: float | None
    note: str

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        return "within" if self.measured <= self.budget else "OVER"


@dataclass
class Figures:
    """All figures of one run."""

    rows: list[Row] = field(default_factory=list)

    def add(self, name: str, measured: float, unit: str, *, budget: float | None = None, note: str = "") -> None:
        """Keep one figure."""
        self.rows.append(Row(name, measured, unit, budget, note))

    def table(self) -> list[str]:
        """One line for each figure."""
        width = max(len(row.name) for row in self.rows)
        return [
            f"{row.name:<{width}}  {row.measured:8.3f} {row.unit:<3}"
            f"{f'budget {row.budget:g} {row.unit}' if row.budget is not None else '':<18}{row.verdict:<8}{row.note}"
            for row in self.rows
        ]


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turn(rounds: int, *actions: Callable[[], object]) -> list[Sequence[float]]:
    """The seconds of each action, over several rounds; in each round all run one after another, so they compare."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for index, action in enumerate(actions):
            times[index].append(seconds(action))
    return list(times)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios, round by round."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def peak_memory(terminal: Terminal) -> int:
    """The most that the program in a terminal has used, in bytes; see proc_pid_status(5)."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024
