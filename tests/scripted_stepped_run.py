"""A RUN of the scripted engine that is stepped into: each of its commands does what a test wrote down."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from stepper.dockerfile.shell.split import Split
from stepper.engine.protocol import Report
from stepper.engine.step import CommandRun, Outcome, Output, StandingRun
from stepper.image.layer import Change, Layer, layer_of


@dataclass(frozen=True)
class ScriptedCommand:
    """What one command of a RUN does. After a failing one the shell goes on only where `goes_on` is set.

    `hook` is called while it runs.
    """

    output: str = ""
    exit_code: int = 0
    seconds: float = 0.0
    changes: Iterable[Change] = ()
    goes_on: bool = False
    hook: Callable[[], None] | None = None


@dataclass
class ScriptedSteppedRun:
    """See `stepper.engine.protocol.SteppedRun`. `finish` makes the outcome of the commands that ran; or of a stop.

    `stand` gives the state with these changes, or with True a copy of it.
    """

    split: Split
    commands_do: Mapping[int, ScriptedCommand]
    report: Report
    finish: Callable[[tuple[CommandRun, ...], Layer, bool], Outcome]
    interrupted: Callable[[], bool]
    stand: Callable[[Layer, bool], StandingRun]
    commands: tuple[CommandRun, ...] = ()
    outcome: Outcome | None = None
    next: int | None = 0
    _changes: dict[str, Change] = field(default_factory=dict)
    _printed: int = 0

    def __post_init__(self) -> None:
        if not self.split.commands:
            self._end(stopped=False)

    def advance(self, *, to_end: bool = False) -> None:
        self._one()
        while to_end and self.next is not None:
            self._one()

    def changes(self) -> Layer:
        return layer_of(self._changes.values())

    def standing(self) -> StandingRun:
        return self.stand(self.changes(), False)

    def copy(self) -> StandingRun:
        return self.stand(self.changes(), True)

    def change(self, *changes: Change) -> None:
        """What somebody else changes in the container while it waits."""
        self._changes.update((change.path, change) for change in changes)

    def stop(self) -> Outcome:
        if self.outcome is None:
            self._end(stopped=True)
        assert self.outcome is not None
        return self.outcome

    def _one(self) -> None:
        if self.interrupted():
            self._end(stopped=True)
        if self.next is None:
            return
        number, does = self.next, self.commands_do.get(self.next, ScriptedCommand())
        data = does.output.encode()
        if data:
            self.report(Output(data))
        if does.hook is not None:
            does.hook()
        for change in does.changes:
            if change.after is None and change.before is None:
                self._changes.pop(change.path, None)
            else:
                self._changes[change.path] = change
        begun, self._printed = self._printed, self._printed + len(data)
        run = CommandRun(
            number,
            self.split.commands[number],
            self.split.text(number),
            does.exit_code,
            does.seconds,
            (begun, self._printed),
        )
        self.commands = (*self.commands, run)
        self.next = number + 1 if number + 1 < len(self.split.commands) else None
        if self.next is None or (does.exit_code and not does.goes_on):
            self._end(stopped=False)

    def _end(self, *, stopped: bool) -> None:
        self.next = None
        self.outcome = self.finish(self.commands, self.changes(), stopped)
