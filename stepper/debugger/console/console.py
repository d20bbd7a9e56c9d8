"""The console of a session: one line at a time, read and carried out in the session's thread.

`p EXPRESSION` prints, `keep` and `undo` change the Dockerfile, and anything else is a command that is run as a RUN
would be at the position (or an instruction, when it begins with its keyword in capitals). It never touches the build:
it runs on states of its own, beside it. They are steps as any other, so one that is kept comes from the step cache.
After a failure commands run in the failed container, inside of a RUN in a copy of the container in which that waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from stepper.debugger.build import Build
from stepper.debugger.conditions.expression import parse_expression
from stepper.debugger.console.branch import Branch, Tried, kept_failure
from stepper.debugger.console.completion import candidates
from stepper.debugger.console.file_edit import FileEdit, read, write
from stepper.debugger.console.insertion import with_instructions
from stepper.debugger.console.shell_keeping import ShellKeeping
from stepper.debugger.console.words import ABOVE_FAILED, HELP, KEYWORDS
from stepper.debugger.inputs import mount_inputs, source_input
from stepper.debugger.inside import Inside
from stepper.debugger.interruption import Interruption
from stepper.debugger.state import SessionState
from stepper.debugger.step_into import StepInto
from stepper.dockerfile.operations import RunOperation
from stepper.dockerfile.parser import parse_trigger
from stepper.dockerfile.shell.variables import assignments
from stepper.engine.protocol import Engine, Report
from stepper.engine.step import Failure, Snapshot, StandingRun, Step, StepId
from stepper.errors import DockerfileError, EngineError, StepperError, UsageError
from stepper.frozen import frozen
from stepper.image.layer import Layer


@frozen
class Answer:
    """What came of a line: `text` is printed for it; of a command that ran there are `layer`, `seconds`, `failure`."""

    text: str = ""
    ran: bool = False
    layer: Layer | None = None
    seconds: float = 0.0
    failure: Failure | None = None
    in_failed: bool = False
    """It ran in the failed step's container, which it changed."""
    notes: tuple[str, ...] = ()
    """What the user is to know of where it ran."""


class Console:
    """See the module. `build` and `engine` give the session's, or raise `StepperError` where there is none.

    `reload`, `step_over`, `go_to_step` are the session's; `note_made` is told of a step that was made by hand. `into`
    is the RUN that the session stands inside of.
    """

    def __init__(
        self,
        state: Callable[[], SessionState],
        build: Callable[[], Build],
        engine: Callable[[], Engine],
        interruption: Interruption,
        *,
        dockerfile: Path | None,
        reload: Callable[[], bool],
        step_over: Callable[[], None],
        go_to_step: Callable[[StepId], None],
        note_made: Callable[[StepId], None],
        into: StepInto,
    ) -> None:
        self._state = state
        self._build = build
        self._engine = engine
        self._interruption = interruption
        self._dockerfile = dockerfile
        self._reload = reload
        self._step_over = step_over
        self._into = into
        self._branch: Branch | None = None
        self._edits: list[FileEdit] = []
        self.shells = ShellKeeping(state, build, engine, self._insert, step_over, go_to_step, note_made)
        """What was entered in the last shell, and its keeping."""

    def run(self, line: str, report: Report) -> Answer:
        """Carry out a line; what a command prints goes to `report`. Raises `StepperError`."""
        words = line.split()
        if words[0] in ("p", "print") and len(words) > 1:
            notes = ("in the copy of the RUN, as what was tried there left it",) if self._into.has_copy else ()
            return Answer(self._print(line.split(maxsplit=1)[1]), notes=notes)
        if words == ["keep", "shell"]:
            kept = self.shells.keep()
            return Answer(f"kept: {kept.text}\n{kept.how}\nundo takes it out of the Dockerfile again")
        if words[0] == "keep" and len(words) <= 2:
            return self._keep(words[1] if len(words) == 2 else "1")
        if words == ["undo"]:
            return self._undo()
        if words == ["help"]:
            return Answer(HELP)
        return self._try(line.strip(), report)

    def complete(self, line: str) -> list[str]:
        """What the last word of a line can become, sorted: words of the console, names, paths of the state."""
        try:
            branch = self._at_position()
        except StepperError:
            return []
        environment = branch.scope.run_environment(branch.snapshot.config.environment)
        folder, listed = branch.snapshot.config.working_dir, self._listed(branch)
        if isinstance(listed, StandingRun):
            environment, folder = {**listed.environment, **listed.variables}, listed.folder
        return candidates(line, environment, branch.scope.declared, self._engine().listing(listed), folder)

    def _listed(self, branch: Branch) -> Snapshot | Failure | StandingRun:
        """The state of which a branch shows the files."""
        return self._into.standing() if branch.inside is not None else branch.failure or branch.snapshot

    def _print(self, text: str) -> str:
        """An expression's value, in the state of the console."""
        from stepper.debugger.console.facts import facts_at  # Not before it is asked for: it takes long to load.

        try:
            branch = self._at_position()
        except UsageError:
            branch = None
        expression = parse_expression(text)
        shown = self._listed(branch) if branch is not None else None
        return expression.shown(facts_at(self._state(), self._build(), self._engine(), shown))

    def _try(self, line: str, report: Report) -> Answer:
        branch = self._at_position()
        text = line if line.split()[0] in KEYWORDS else f"RUN {line}"
        step = self._step(branch, text)
        engine = self._engine()
        self._interruption.begin()
        try:
            if branch.inside is not None:
                answer = self._in_copy(branch.inside, branch, step, report)
            elif branch.failure is not None:
                answer = self._in_failed(branch, step, report)
            else:
                answer = self._on_branch(branch, step, report)
        finally:
            self._interruption.end()
        branch.tried.append(Tried(text, answer.failure is None))
        if branch.failure is None and branch.inside is None and branch.position is not None:
            engine.prepare(branch.snapshot)
        return answer

    def _in_failed(self, branch: Branch, step: Step, report: Report) -> Answer:
        assert branch.failure is not None, "a step failed"
        if not isinstance(step.operation, RunOperation):
            raise UsageError(
                "in the failed container only commands can be tried",
                hint="Step back, and try it before the failed step.",
            )
        found = self._engine().attempt(branch.failure, step, branch.snapshot.config, report=report)
        return Answer("", True, found.layer, found.seconds, found.failure, in_failed=True)

    def _in_copy(self, inside: Inside, branch: Branch, step: Step, report: Report) -> Answer:
        operation = step.operation
        if not isinstance(operation, RunOperation):
            raise UsageError("inside of a RUN only commands can be tried", hint="Step back, and try it before the RUN.")
        is_new = not branch.tried
        copy = self._into.copy()
        config = replace(branch.snapshot.config, working_dir=copy.folder)
        if operation.script is not None and operation.script_file is None:
            operation = replace(operation, script=assignments(copy.variables) + operation.script)
        step = replace(step, operation=operation, environment={**step.environment, **copy.environment})
        try:
            found = self._engine().attempt(copy, step, config, report=report)
        except EngineError as error:
            # A container that has ended is good for nothing more.
            self._into.drop_copy(self._engine())
            hint = "The copy of the RUN is given up: the next command gets a new one, without what was tried before."
            raise EngineError(error.message, hint=hint) from error
        where = f"it ran in a copy of the RUN, as it stands before command {inside.next + 1} of {len(inside.commands)}"
        notes = (where, *(copy.notes if is_new else ()))
        return Answer("", True, found.layer, found.seconds, found.failure, notes=notes)

    def _on_branch(self, branch: Branch, step: Step, report: Report) -> Answer:
        engine = self._engine()
        outcome = engine.execute(step, branch.snapshot, report=report, use_cache=False)
        if outcome.failure is not None and outcome.failure.container is not None:
            # The console goes on in the state before it.
            engine.release(outcome.failure)
        if outcome.snapshot is not None:
            branch.snapshot = outcome.snapshot
            branch.scope = branch.scope.after(step.operation)
        return Answer("", True, outcome.layer, outcome.seconds, outcome.failure)

    def _step(self, branch: Branch, text: str) -> Step:
        build = self._build()
        plan = build.plan
        near = branch.position or plan.last(build.goal)
        name = plan.dockerfile.name
        try:
            instruction = parse_trigger(text, line=plan.instructions[near].line, name=name)
            step = build.expander.expand_instruction(
                near, instruction, branch.scope, branch.snapshot.config, build.result
            )
        except DockerfileError as error:
            raise UsageError(error.message.partition(", in the ONBUILD trigger")[0], hint=error.hint) from error
        sources = zip(
            (source_input(step.operation), *mount_inputs(step.operation)),
            (step.source, *step.mount_sources),
            strict=True,
        )
        if any(reads is not None and source is None for reads, source in sources):
            raise UsageError("what it copies from is not built or pulled yet", hint="Write it into the Dockerfile.")
        return step

    def _at_position(self) -> Branch:
        """The branch at the position, a new one when the session has moved. Raises `UsageError` where there is none."""
        build, state = self._build(), self._state()
        position = state.position
        start = build.snapshot_at(position)
        if start is None:
            raise UsageError("there is no state to run it in before FROM has run", hint="Step over it first.")
        if self._branch is None or not self._branch.is_at(state, start):
            scope = (
                build.expander.scope_after(build.plan.last(build.goal))
                if position is None
                else build.expander.scope_before(position)
            )
            self._branch = Branch(position, start, start, scope, kept_failure(state), state.inside)
        return self._branch

    # Keeping

    def _keep(self, count: str) -> Answer:
        branch = self._at_position()
        texts = self._to_keep(branch, count)
        where = f"{ABOVE_FAILED}\n" if branch.failure is not None else ""
        self._insert(texts, branch.position, self._build().goal if branch.position is None else branch.position.stage)
        for _ in texts:
            self._step_over()
            if self._state().failure is not None:
                break
        what = "\n".join(f"kept: {text}" for text in texts)
        return Answer(f"{what}\n{where}undo takes {'it' if len(texts) == 1 else 'them'} out of the Dockerfile again")

    def _insert(self, texts: Sequence[str], position: StepId | None, stage: int) -> None:
        """Put instructions into the Dockerfile before a step, or at the end of a stage, and read it again."""
        path = self._own_file()
        plan = self._build().plan
        before = plan.instructions[position] if position is not None else None
        if position is not None and position.trigger:
            raise UsageError(
                "before a trigger of the base image nothing can be written", hint="Step over the triggers."
            )
        if self._reload():
            raise UsageError("the Dockerfile had changed on disk and was read again", hint="Try it once more.")
        data = read(path)
        edit = FileEdit(path, data, with_instructions(data, plan.dockerfile.name, texts, before=before, stage=stage))
        write(path, edit.after)
        self._edits.append(edit)
        self._branch = None
        self._reload()

    def _to_keep(self, branch: Branch, count: str) -> list[str]:
        succeeded = [each.text for each in branch.tried if each.succeeded]
        if not succeeded:
            failed = bool(branch.tried)
            raise UsageError(
                "the command failed: a RUN of it would, too" if failed else "nothing was tried here yet",
                hint="Try a command first, then keep it.",
            )
        if count == "all":
            return succeeded
        if not count.isdigit() or not 0 < int(count) <= len(succeeded):
            raise UsageError(f"keep takes a number up to {len(succeeded)}, or all")
        if count == "1" and not branch.tried[-1].succeeded:
            raise UsageError("the last command failed: a RUN of it would, too", hint="Try another, then keep that.")
        return succeeded[-int(count) :]

    def _undo(self) -> Answer:
        if not self._edits:
            raise UsageError("nothing was kept")
        edit = self._edits[-1]
        edit.undo()
        self._edits.pop()
        self._reload()
        return Answer(f"{edit.path.name} is as it was before")

    def _own_file(self) -> Path:
        if self._dockerfile is None:
            raise UsageError("the Dockerfile is no file of yours: nothing can be kept in it")
        return self._dockerfile
