"""Keeps what was entered in the last shell: as one RUN, where the state stood in which the shell was opened.

Where the RUN is all that was entered, and would have done the same, what the shell did is its outcome, and nothing is
run. Else it is run.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from stepper.debugger.build import Build
from stepper.debugger.console.shell_commands import Offered, instruction, offered
from stepper.debugger.console.words import ABOVE_FAILED
from stepper.debugger.shells import Target
from stepper.debugger.state import SessionState
from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.engine.protocol import EndedShell, Engine
from stepper.engine.step import Snapshot, StepId
from stepper.errors import DockerfileError, UsageError
from stepper.frozen import frozen

Insert = Callable[[Sequence[str], StepId | None, int], None]
"""Puts instructions into the Dockerfile, before a step or at the end of a stage, and reads it again."""
_FLAGS = ("mount", "network", "security")


@frozen
class LeftShell:
    """A shell that was left: where its state stood, what is known of it, and what of it is offered."""

    target: Target
    ended: EndedShell
    offered: tuple[Offered, ...]

    @property
    def by_default(self) -> frozenset[int]:
        """The numbers of the commands that are kept if the user chooses none."""
        return frozenset(number for number, each in enumerate(self.offered) if not each.remark)

    def text(self, numbers: Collection[int]) -> str:
        """The instruction that keeps these commands. Raises `UsageError` for none, and for one that cannot be kept."""
        chosen = [self.offered[number] for number in sorted(numbers)]
        if self.ended.no_run:
            raise UsageError(
                f"nothing can be kept here: {self.ended.no_run}",
                hint="Do it in a stage that has a shell, and take what it made by COPY --from.",
            )
        if not chosen:
            raise UsageError(
                "none of its commands ended with exit code 0 by itself" if not self.by_default else "nothing is chosen",
                hint="K chooses among them.",
            )
        refused = next((each for each in chosen if each.is_refused), None)
        if refused is not None:
            raise UsageError(f"{refused.command.text!r} {refused.remark}")
        step = self.target.step
        written = step.instruction.flags if step is not None and step.instruction.keyword == "RUN" else ()
        flags = [f"--{each.name}={each.value}" for each in written if each.name in _FLAGS]
        return instruction(
            [each.command.text for each in chosen],
            flags=flags,
            shell=self.target.on.config.shell or DEFAULT_SHELL,
            is_bash=self.ended.is_bash,
        )

    def why_anew(self, numbers: Collection[int]) -> str:
        """Why a RUN of these commands has to be run, as far as that is known before; "" where it need not be."""
        if len(numbers) < len(self.offered):
            return "only some of what was entered is kept"
        if any(self.offered[number].remark for number in numbers):
            return "not all of it succeeded by itself"
        return self.ended.why_not


@frozen
class Kept:
    """An instruction that was kept, and whether it was run for that, in words."""

    text: str
    how: str


@dataclass
class ShellKeeping:
    """The last shell in which something was entered, until that is kept or something is entered in another."""

    state: Callable[[], SessionState]
    build: Callable[[], Build]
    engine: Callable[[], Engine]
    insert: Insert
    step_over: Callable[[], None]
    go_to_step: Callable[[StepId], None]
    note_made: Callable[[StepId], None]
    left: LeftShell | None = None

    def note(self, target: Target, ended: EndedShell) -> None:
        """A shell has ended."""
        if ended.commands:
            from stepper.engine.shell_setup import own_commands

            if self.left is not None:
                self.engine().release_shell(self.left.ended)
            self.left = LeftShell(target, ended, offered(ended.commands, own_commands(target.step), ended.no_run))

    def keep(self, numbers: Collection[int] | None = None) -> Kept:
        """Write these commands into the Dockerfile (None: those that are kept by default), and stand after them.

        Raises `StepperError`.
        """
        left = self.left
        if left is None:
            raise UsageError("nothing was entered in a shell yet", hint="x opens one.")
        numbers = left.by_default if numbers is None else frozenset(numbers)
        text = left.text(numbers)
        target, build = left.target, self.build()
        stands = self._snapshot_at(build, target)
        if stands != target.on:
            raise UsageError("the state that the shell began with is none of the build any more")
        self.insert((text,), target.before, target.stage)
        self.left = None
        try:
            build = self.build()
            kept = target.before or build.plan.last(target.stage)
            if self.state().position != kept:
                self.go_to_step(kept)
            why_anew = left.why_anew(numbers) or self._adopt(build, kept, left.ended)
        finally:
            self.engine().release_shell(left.ended)
        self.step_over()
        failed = self.state().failure
        if failed is not None and failed.id == kept:
            how = f"it was run anew ({why_anew}), and it fails"
        elif why_anew:
            how = f"it was run anew: {why_anew}"
        else:
            how = "its snapshot is what the shell did: nothing was run"
        if target.has_failed:
            how = f"{how}\n{ABOVE_FAILED}"
        return Kept(text, how)

    @staticmethod
    def _snapshot_at(build: Build, target: Target) -> Snapshot | None:
        """The state in which an instruction at the target would start now; None where there is none."""
        if target.stage >= len(build.plan.dockerfile.stages):
            return None
        if target.before is None:
            return build.result(target.stage)
        return build.before(target.before) if target.before in build.plan.instructions else None

    def _adopt(self, build: Build, kept: StepId, ended: EndedShell) -> str:
        """Have what the shell did for the outcome of the step; why not, else ""."""
        before = build.before(kept)
        try:
            step = build.expand(kept)
        except DockerfileError as error:
            return error.message
        if before is None:
            return "the state before it is not there"
        why_not = self.engine().adopt_shell(ended, step, before)
        if not why_not:
            self.note_made(kept)
        return why_not
