"""The debugger session: one small interface through which every front end drives a build."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from stepper.debugger.assertions import Assertions
from stepper.debugger.breakpoint_store import BreakpointStore
from stepper.debugger.breakpoints import Breakpoints
from stepper.debugger.build import Build
from stepper.debugger.events import Listener, Notice, Stopped
from stepper.debugger.executor import Executor
from stepper.debugger.explanations import Explanations
from stepper.debugger.inspection import ShellPlace
from stepper.debugger.interruption import Interruption
from stepper.debugger.loader import Loader
from stepper.debugger.options import BuildOptions
from stepper.debugger.pausing import paused, unpaused
from stepper.debugger.plan import Plan
from stepper.debugger.reload import reloaded
from stepper.debugger.shells import WatchedShell, open_shell
from stepper.debugger.snapshots import Snapshots
from stepper.debugger.state import Mode, SessionState, StepRecord, StopReason
from stepper.debugger.step_into import StepInto
from stepper.debugger.stepping import Stepping
from stepper.debugger.stops import Stops
from stepper.debugger.store import StateStore
from stepper.debugger.why.last_runs import LastRuns
from stepper.engine.protocol import Engine, ShellSession, StepUsage
from stepper.engine.step import StepId
from stepper.errors import EngineUnavailable, StepperError, UsageError
from stepper.folders import state_folder

if TYPE_CHECKING:
    from stepper.debugger.console.console import Console

Connect = Callable[[], Engine]
"""Finds and opens the engine; raises `EngineUnavailable`."""


class Session:
    """A debugger session over one Dockerfile.

    Synchronous: commands return when the session stands still again, and one thread calls them. `state`, `interrupt`
    and `breakpoints` may be used from any thread at any time.

    With `keep_breakpoints` the breakpoints of this Dockerfile are read from the user's state folder and kept there.
    """

    def __init__(
        self, options: BuildOptions, connect: Connect, listener: Listener, *, keep_breakpoints: bool = True
    ) -> None:
        self._options = options
        self._open_engine = connect
        self._states = StateStore(listener)
        store = BreakpointStore(state_folder() / "breakpoints") if keep_breakpoints and options.is_own_file else None
        self.breakpoints = Breakpoints(self._states, options.dockerfile, store)
        self.assertions = Assertions(self._states)
        self._interruption = Interruption()
        self._loader = Loader(options, self._states)
        self._into = StepInto(self._states)
        self._build: Build | None = None
        self._executor: Executor | None = None
        self.snapshots = Snapshots(self._states, options, self._engine, lambda: self._build)
        self.explanations = Explanations(self._states, options, self._engine, lambda: self._build, self._last_runs)

    @cached_property
    def console(self) -> "Console":
        """The console; its lines are carried out in the session's thread."""
        from stepper.debugger.console.console import Console  # Not before it is opened.

        return Console(
            lambda: self.state,
            self._known_build,
            self._engine,
            self._interruption,
            dockerfile=self._options.dockerfile if self._options.is_own_file else None,
            reload=self.reload,
            step_over=self.step_over,
            go_to_step=self.go_to_step,
            note_made=self._note_made,
            into=self._into,
        )

    @property
    def state(self) -> SessionState:
        """The session as it stands now."""
        return self._states.state

    def load(self) -> None:
        """Read and parse the Dockerfile (no engine needed); an error goes into `state.error`."""
        plan = self._loader.read()
        if plan is not None:
            self._start(plan)
            self.breakpoints.load()

    def connect(self) -> None:
        """Reach the engine; none is `Mode.OFFLINE` with `state.engine_error`. May be called again to try again.

        What has run stays known when it is the same engine again.
        """
        lost, self._executor = self._executor, None
        self._states.update(lambda state: replace(state, mode=Mode.CONNECTING, engine_error=None))
        if lost is not None:
            self._into.abandon(self._build, lost)
            with suppress(StepperError):
                lost.engine.close()
        try:
            engine = self._open_engine()
        except StepperError as error:
            self._go_offline(error)
            return
        loader = self._loader
        self._executor = Executor(
            self._states, self._options, engine, self._interruption, loader.note_base, loader.note_missing
        )
        self._states.update(lambda state: replace(state, engine=engine.info, mode=Mode.STOPPED))
        if self._build is None:
            return
        plan = self._loader.read() if self._loader.set_platform(engine.info.platform) else self._build.plan
        if plan is not None and (lost is None or lost.engine.info != engine.info):
            self._start(plan)
        self._stand(self.state.stop or StopReason.ENTRY)

    def get_ready(self) -> None:
        """Load what running steps takes, for when the user is likely to run one and nothing else goes on."""
        if self._executor is not None:
            self._executor.engine.get_ready()

    def step_over(self) -> None:
        """Run the step at the position."""
        self._command(Stepping.step_over, within=True)

    def step_into(self) -> None:
        """Stand before the first command of the RUN at the position; what cannot be split is stepped over.

        From a COPY --from a stage it goes to the step that made the largest of the files, as `go_to_step` does: those
        of the others are `snapshots.step_in_targets`. A step out of there comes back to the COPY.

        Inside of a RUN `step_over` and `step_into` run its next command, `step_out` what is left of it, and so do the
        commands that go on from there. Those that go elsewhere give it up: it has to be run again.
        """
        position = self.state.position
        try:
            targets = self.snapshots.step_in_targets(position) if position is not None else ()
        except StepperError as error:
            self._states.emit(Notice(str(error), hint=error.hint, error=True))
            return
        if targets:
            self.go_to_step(targets[0].maker.id)
            return
        self._command(Stepping.step_into, within=True)

    def step_out(self) -> None:
        """Run to the end of the position's stage, and on to the step that uses it; breakpoints on the way stop as well.

        Out of an ONBUILD trigger that is the step after the triggers; out of the goal it is the end.
        """
        self._command(Stepping.step_out, within=True)

    def resume(self) -> None:
        """Continue: run until a breakpoint, a failure, or the goal's end."""
        self._command(Stepping.resume, within=True)

    def run_to(self, step: StepId) -> None:
        """Run to cursor: run until this step is next; breakpoints and failures on the way stop as well.

        A step that ran already is gone back to. One of a stage that the goal does not need makes its stage the goal.
        """
        record = self._record(step)
        if record is not None:
            self._command(lambda stepping: stepping.run_to(step), within=not record.ran)

    def go_to(self, stage: int) -> None:
        """Make a stage the goal and stand before what follows its FROM; what it depends on is built first."""
        self._command(lambda stepping: stepping.go_to(stage))

    def go_to_step(self, step: StepId) -> None:
        """Make a step that ran or failed the position again: nothing is run. One that did not yet is run to.

        What stands on the step waits again (and comes from the step cache); what does not stays as it is. A step that
        failed stays as it died.
        """
        if self._record(step) is not None:
            self._command(lambda stepping: stepping.go_to_step(step))

    def step_back(self) -> None:
        """Stand before the step that ran last; its snapshot is there, nothing is run. Inside of a RUN that one is given
        up, and comes next again.
        """
        is_inside = self._into.is_inside
        self._command(lambda stepping: stepping.stand(StopReason.STEP) if is_inside else stepping.step_back())

    def reverse_resume(self) -> None:
        """Reverse continue: stand at the breakpoint that was passed last, or at the beginning. Nothing is run."""
        self._command(Stepping.reverse_resume)

    def restart(self) -> None:
        """Stand before the first step of the target again. Snapshots stay in the step cache."""
        self._command(Stepping.restart)

    def rerun(self, step: StepId) -> None:
        """Run a step again on the state before it, not from the cache; what follows it is to be run again."""
        if self._record(step) is not None:
            self._command(lambda stepping: stepping.rerun(step))

    def reload(self) -> bool:
        """Read the Dockerfile and the context again; True when something changed. Steps that are still valid stay."""
        before = self.state
        if self._build is None:
            self.load()
            return self.state != before
        plan = self._loader.read()
        if plan is None:
            return True
        expander = self._loader.expander(plan)
        found = reloaded(self._build, self._states, plan, expander, self._executor, self._into)
        if found is None:
            # It may know another ignore file.
            self._build.expander = expander
            return self.state != before
        build = found.build
        self.breakpoints.move(self._build.plan.dockerfile, plan.dockerfile, found.places)
        if self._executor is not None:
            self._executor.forget()
        self._build = build
        if before.inside is not None and self.state.inside is None:
            self._states.emit(
                Notice(
                    "The RUN that you were inside of has to be run again: "
                    "it, what it stands on or a stage above it is not what it was."
                )
            )
        if build.next() is not None or self.state.image is None:
            self._stand(StopReason.EDITED)
        return True

    def changed_on_disk(self) -> bool:
        """Whether the Dockerfile or its ignore file differ from what was read. Cheap; may be polled."""
        return self._loader.changed_on_disk()

    def open_shell(
        self, step: StepId | None, size: tuple[int, int], place: ShellPlace = ShellPlace.AFTER
    ) -> ShellSession:
        """A shell in a state of a step (after a failed one: as it died), or with None in the state at the position.

        While the step runs it is opened, and closed, from another thread than the session's. Closing one that is inside
        of a RUN finds out what it changed; for one that was opened while the step ran, see `look_after_shell`.
        """
        engine = self._engine()
        assert self._build is not None, "an engine is of no use before the Dockerfile was read"
        opened = open_shell(engine, self._build, self.state, step, place, size)
        shell, target = opened.shell, opened.target
        if target is not None:
            return WatchedShell(shell, lambda: self.console.shells.note(target, shell.ended))
        inside = self.state.inside
        if inside is None or self.state.running or step not in (None, inside.step):
            return shell
        return WatchedShell(shell, self._look_after_shell)

    def look_after_shell(self, step: StepId) -> None:
        """Find out what a shell changed that was opened while a step ran, and that was closed while the session stood
        inside of it: the command that ran may have ended meanwhile. Nothing happens where it stands elsewhere.
        """
        if self._executor is not None and self.state.inside_of(step) is not None:
            self._into.look_after_shell(self._executor, only_changes=True)

    def interrupt(self) -> None:
        """Stop the running step at once; the session then stands at it as at a failure."""
        executor = self._executor
        if self._interruption.request() and executor is not None:
            executor.engine.interrupt()
            self._states.update(lambda state: unpaused(state, time.time()))

    def pause(self) -> None:
        """Have what runs stand still, from any thread. Raises `UsageError` where that cannot be."""
        self._engine().pause()
        self._states.update(lambda state: paused(state, time.time()))

    def unpause(self) -> None:
        """Let what was paused go on, from any thread."""
        self._engine().unpause()
        self._states.update(lambda state: unpaused(state, time.time()))

    def usage(self, step: StepId) -> StepUsage | None:
        """What a RUN that runs uses now, from any thread; None where it is in no container."""
        return self._engine().usage(step)

    def count_changes(self, step: StepId) -> int | None:
        """How many paths a RUN that runs has changed so far, from any thread; see `Engine.count_changes`."""
        return self._engine().count_changes(step)

    def close(self) -> None:
        """Remove what the session left in the engine (snapshots stay) and let go of it."""
        executor, self._executor = self._executor, None
        if executor is not None:
            self._into.abandon(None, executor)
            executor.last_runs.flush()
            executor.engine.close()

    def _start(self, plan: Plan) -> None:
        """Stand at the beginning of a plan."""
        self._build = Build(self._states, plan, self._loader.expander(plan))
        self._build.show({}, goal=plan.target)
        self._build.stand(StopReason.ENTRY, self.state.mode)

    def _stand(self, reason: StopReason) -> None:
        stepping = self._stepping()
        if stepping is not None:
            stepping.stand(reason)
        elif self._build is not None:
            state = self._build.stand(reason, self.state.mode)
            self._states.emit(Stopped(reason, state))

    def _stepping(self) -> Stepping | None:
        """None without an engine or a Dockerfile."""
        if self._build is None or self._executor is None or self.state.mode is Mode.OFFLINE:
            return None
        executor = self._executor
        stops = Stops(self._states, self.breakpoints, self.assertions, self._build, executor.engine)
        return Stepping(self._states, self._build, stops, executor, self._interruption, self._into)

    def _command(self, run: Callable[[Stepping], None], *, within: bool = False) -> None:
        """Let a command run; without what it needs, say so instead.

        A RUN that the session stands inside of is given up, but `within` it.
        """
        stepping = self._stepping()
        if stepping is None:
            self._states.emit(self._why_not())
            return
        try:
            if not within:
                self._into.abandon(self._build, self._executor)
            run(stepping)
        except EngineUnavailable as error:
            self._go_offline(error)
            self._states.emit(Notice(f"The engine is gone: {error}", hint=error.hint, error=True))

    def _record(self, step: StepId) -> StepRecord | None:
        """The record of a step that the user chose; for one that went with the Dockerfile that is told."""
        record = self.state.find(step)
        if record is None:
            self._states.emit(Notice("That step is no longer in the Dockerfile.", error=True))
        return record

    def _why_not(self) -> Notice:
        error = self.state.error if self._build is None else self.state.engine_error
        if error is not None:
            return Notice(str(error), hint=error.hint, error=True)
        return Notice("Nothing can be run yet: the engine is being looked for.", error=True)

    def _note_made(self, step: StepId) -> None:
        if self._executor is not None:
            self._executor.note_made(step)

    def _look_after_shell(self) -> None:
        if self._executor is not None:
            self._into.look_after_shell(self._executor)

    def _go_offline(self, error: StepperError) -> None:
        self._states.update(lambda state: replace(state, mode=Mode.OFFLINE, engine_error=error, running=()))

    def _last_runs(self) -> LastRuns | None:
        return None if self._executor is None else self._executor.last_runs

    def _known_build(self) -> Build:
        if self._build is None or self.state.error is not None:
            raise self.state.error or UsageError("there is no Dockerfile yet")
        return self._build

    def _engine(self) -> Engine:
        if self._executor is None:
            raise self.state.engine_error or UsageError("there is no engine yet")
        return self._executor.engine
