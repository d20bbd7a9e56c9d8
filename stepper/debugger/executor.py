"""Runs one step of the plan in the engine, keeps its record, and tells what happens."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from stepper.debugger.bases import scratch
from stepper.debugger.build import Build
from stepper.debugger.events import StepFailed, StepFinished, StepOutput, StepProgress, StepStarted
from stepper.debugger.final_image import to_finish
from stepper.debugger.image_lookup import ImageLookup
from stepper.debugger.look_ahead import MissingImageError
from stepper.debugger.options import BuildOptions
from stepper.debugger.output_tail import OutputTail
from stepper.debugger.plan import Plan
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.debugger.step_images import StepImages
from stepper.debugger.store import StateStore
from stepper.debugger.whole_build import build_request
from stepper.debugger.why.last_runs import LastRuns
from stepper.dockerfile.operations import BuildOperation, CopyOperation, FromOperation
from stepper.engine.protocol import BuiltImage, Engine, Report, SteppedRun
from stepper.engine.step import Failure, Outcome, Output, Progress, Snapshot, Step, StepId
from stepper.errors import EngineUnavailable, StepperError
from stepper.image.config import ImageConfig


@dataclass
class Executor:
    """Runs steps in one engine. Several threads may `run` steps of different stages of one build.

    `interrupted()` tells whether the user asked to stop. `note_base` is told the configuration of each base image, by
    the name that the plan's FROM has for it; it may raise `DockerfileError`. For `note_missing` see `StepImages`.
    """

    states: StateStore
    options: BuildOptions
    engine: Engine
    interrupted: Callable[[], bool]
    note_base: Callable[[Plan, str, ImageConfig], None]
    note_missing: Callable[[Sequence[MissingImageError]], None]

    def __post_init__(self) -> None:
        lookup = ImageLookup(self.states, self.engine, self.options, self.interrupted)
        self.images = StepImages(lookup, self._report, self.note_missing)
        self._made: set[StepId] = set()
        """Steps that this session ran: with `no_cache` these may come from the cache when they are run again."""
        self._beside: set[StepId] = set()
        """Of the steps that run now those that did not run alone all the time."""
        self._counted = 0.0
        """When the last step ended, on the clock of `time.monotonic`."""
        self.last_runs = LastRuns(self.options, self.engine.info)
        self._tails: dict[StepId, OutputTail] = {}
        """Of the steps that run now."""

    def refuse(self, missing: MissingImageError) -> None:
        """Tell that a step would fail, whose turn has not come."""
        record = self.states.state.record(missing.step)
        failure = Failure(missing.message, missing.hint)
        self.states.emit(StepFailed(replace(record, status=Status.FAILED, failure=failure), missing.cause))

    def run(self, step_id: StepId, build: Build, *, use_cache: bool = True) -> StepRecord:
        """Run a step; the record as it is afterwards: DONE, CACHED or FAILED.

        `EngineUnavailable` is raised once the record is FAILED.
        """
        begun = time.monotonic()
        asked = self._asked_anew(step_id, use_cache)
        before = build.before(step_id)
        self._begin(step_id, before)
        error: StepperError | None = None
        try:
            step = self._prepared(step_id, build)
            outcome = self._stopped() or self._outcome(step, before, anew=bool(asked))
            if outcome.snapshot is not None:
                outcome = replace(outcome, snapshot=self._take(step, outcome.snapshot, build))
        except StepperError as raised:
            error = raised
            outcome = Outcome(None, None, seconds=time.monotonic() - begun, failure=self._failure(raised))
        return self._told(self._explained(step_id, build, outcome, asked), error)

    def step_into(self, step_id: StepId, build: Build) -> SteppedRun | StepRecord:
        """Begin to run a RUN that stops before each of its commands; the record where that failed at once."""
        before = build.before(step_id)
        self._begin(step_id, before)
        try:
            step = self._prepared(step_id, build)
            assert before is not None, "a RUN starts with a snapshot"
            return self.engine.step_into(step, before, report=self._report(step_id))
        except StepperError as error:
            return self._failed(step_id, error)

    def end_run(self, step_id: StepId, build: Build, ended: Outcome | StepperError) -> StepRecord:
        """Keep what came of a RUN that was stepped into: its record."""
        if isinstance(ended, StepperError):
            return self._failed(step_id, ended)
        step = self.states.state.record(step_id).step
        if ended.snapshot is not None and step is not None:
            try:
                ended = replace(ended, snapshot=self._take(step, ended.snapshot, build))
            except StepperError as error:
                return self._failed(step_id, error)
        asked = self._asked_anew(step_id, use_cache=True)
        return self._told(self._explained(step_id, build, ended, asked, "because it was stepped into"))

    def give_up(self, step: StepId) -> None:
        """Forget a RUN that was stepped into and is not run to its end."""
        self._tails.pop(step, None)
        self._beside.discard(step)
        self.states.update(lambda state: _running(state, {*state.running} - {step}))

    def finish(self, snapshot: Snapshot, *, is_target: bool) -> BuiltImage:
        """Make the final image of a stage; the tags and labels of the build are for its target."""
        options, dockerfile = self.options, self.states.state.dockerfile
        snapshot = to_finish(snapshot, dockerfile, options, self.engine.info, is_target=is_target)
        return self.engine.finish(snapshot, tags=options.tags if is_target else (), report=self._report(None))

    def note_made(self, step: StepId) -> None:
        """Take a step for one that this session made: it may come from the step cache whatever the options say."""
        self._made.add(step)

    def forget(self) -> None:
        """Take nothing for made by this session any more: the Dockerfile is another one."""
        self._made.clear()

    def _take(self, step: Step, after: Snapshot, build: Build) -> Snapshot:
        """Make a step that gave this snapshot part of the build; the one to go on from."""
        with build.lock:
            if isinstance(step.operation, FromOperation) and step.operation.image is not None:
                self.note_base(build.plan, step.operation.image, after.config)
            after = build.take(step, after)
            self._made.add(step.id)
            self.images.note_had(step.id)
        return after

    def _prepared(self, step_id: StepId, build: Build) -> Step:
        """The step of a record that has begun, all that it reads at hand; the record has it as far as that comes."""
        step = build.expand(step_id)
        self.states.emit(StepStarted(self._put(step)))
        step = self.images.with_images(step)
        self._put(step)
        return step

    def _explained(
        self, step_id: StepId, build: Build, outcome: Outcome, asked: str, otherwise: str = ""
    ) -> StepRecord:
        """The record of a step that has ended, with why it ran; see `LastRuns.explained`."""
        state = self.states.state
        record, inputs = self.last_runs.explained(state, build, state.record(step_id), outcome, asked, otherwise)
        record = self._end(record, outcome)
        self.last_runs.note(self.states.state, record, inputs, outcome.key)
        return record

    def _failed(self, step_id: StepId, error: StepperError) -> StepRecord:
        """The record of a step that Stepper or the engine could not run, told; see `_told`."""
        failure = self._failure(error)
        return self._told(self._end(self.states.state.record(step_id), Outcome(None, None, failure=failure)), error)

    def _told(self, record: StepRecord, error: StepperError | None = None) -> StepRecord:
        """The record of a step that has ended, once that is told; an `error` that is `EngineUnavailable` is raised."""
        self.states.emit(StepFailed(record, error) if record.status is Status.FAILED else StepFinished(record))
        if record.ran and not self._may_run_commands():
            self.engine.rest()
        if isinstance(error, EngineUnavailable):
            raise error
        return record

    def _may_run_commands(self) -> bool:
        """Whether a RUN of the goal runs or waits, or a FROM, whose triggers are not known yet."""
        state = self.states.state
        waiting = (record for stage in state.needed for record in state.stage_steps(stage) if not record.ran)
        return any(record.instruction.keyword in ("RUN", "FROM") for record in waiting)

    def _begin(self, step_id: StepId, before: Snapshot | None) -> None:
        self._tails[step_id] = OutputTail()
        waiting = StepRecord(step_id, self.states.state.record(step_id).instruction)
        record = replace(waiting, status=Status.RUNNING, before=before, started=time.time())

        def begun(state: SessionState) -> SessionState:
            if state.running:
                self._beside.update(state.running, {step_id})
            return _running(state.with_record(record), {*state.running, step_id})

        self.states.update(begun)

    def _put(self, step: Step) -> StepRecord:
        if self.states.state.record(step.id).step != step:
            self.states.update(lambda state: state.with_record(replace(state.record(step.id), step=step)))
        return self.states.state.record(step.id)

    def _end(self, record: StepRecord, outcome: Outcome) -> StepRecord:
        if record.step is None:
            self.states.emit(StepStarted(record))
        done = Status.CACHED if outcome.cached else Status.DONE
        tail = self._tails.pop(record.id, None)
        record = replace(
            record, commands=outcome.commands or record.commands, paused_since=None, entered=outcome.entered
        )
        record = replace(
            record,
            status=Status.FAILED if outcome.failure is not None else done,
            seconds=outcome.seconds,
            size=outcome.size,
            layer=outcome.layer,
            after=outcome.snapshot,
            failure=self._named(record, outcome.failure),
            last_output=tail.text if tail is not None and outcome.failure is not None else "",
        )

        def ended(state: SessionState) -> SessionState:
            state = replace(state, built_seconds=state.built_seconds + self._counted_seconds(record.id, outcome))
            return _running(state.with_record(record), {*state.running} - {record.id})

        self.states.update(ended)
        return record

    def _named(self, record: StepRecord, failure: Failure | None) -> Failure | None:
        """The failure, with the command of a RUN that failed and its line where the script has more than one."""
        if failure is None or failure.interrupted or not record.commands:
            return failure
        from stepper.debugger.run_commands import with_command

        return with_command(failure, record, self.states.state.dockerfile)

    def _counted_seconds(self, step: StepId, outcome: Outcome) -> float:
        """What a step that ended adds to the time of the build: seconds in which several steps ran count once."""
        last, self._counted = self._counted, time.monotonic()
        if step not in self._beside:
            return outcome.seconds
        self._beside.discard(step)
        return min(outcome.seconds, self._counted - last)

    def _outcome(self, step: Step, before: Snapshot | None, *, anew: bool) -> Outcome:
        if isinstance(step.operation, FromOperation):
            return self._from(step.operation, step)
        report = self._report(step.id)
        if isinstance(step.operation, BuildOperation):
            return self.engine.build(build_request(step, self.options, no_cache=anew), report=report)
        assert before is not None, "only FROM starts without a snapshot"
        return self.engine.execute(step, before, report=report, use_cache=not anew)

    def _asked_anew(self, step: StepId, use_cache: bool) -> str:
        """Why the user wants a step not to come from the cache, "" where that may be."""
        if not use_cache:
            return "because it was run again"
        if step in self._made or not self._runs_anew(step.stage):
            return ""
        return "because of --no-cache" if self.options.no_cache else "because of --no-cache-filter"

    def _runs_anew(self, stage: int) -> bool:
        """Whether the user wants nothing of this stage from the cache."""
        dockerfile = self.states.state.dockerfile
        assert dockerfile is not None, "a step of a Dockerfile runs"
        return self.options.runs_anew(stage, dockerfile)

    def _stopped(self) -> Outcome | None:
        """A wish to stop that came before the engine had the step: it would not hear of it."""
        if not self.interrupted():
            return None
        return Outcome(None, None, failure=Failure("interrupted", interrupted=True))

    def _from(self, operation: FromOperation, step: Step) -> Outcome:
        begun = time.monotonic()
        if operation.image is not None:
            snapshot = self.images.base(step.id, operation.image, operation.platform)
        elif operation.stage is not None:
            assert isinstance(step.source, Snapshot), "a stage is built before the one that builds on it"
            snapshot = step.source
        elif operation.context is not None:
            return self._from_folder(step, begun)
        else:
            snapshot = scratch(operation.platform or self.options.platform, self.engine.info)
        size = self.engine.image_size(snapshot)
        return Outcome(snapshot, None, size, time.monotonic() - begun)

    def _from_folder(self, step: Step, begun: float) -> Outcome:
        """The folder of an additional context as a base: all of it, on scratch."""
        copy = replace(step, operation=CopyOperation(sources=("/",), destination="/"))
        empty = scratch(self.options.platform, self.engine.info)
        cache = not self._runs_anew(step.id.stage)
        outcome = self.engine.execute(copy, empty, report=self._report(step.id), use_cache=cache)
        size = self.engine.image_size(outcome.snapshot) if outcome.snapshot is not None else 0
        return replace(outcome, layer=None, size=size, seconds=time.monotonic() - begun, cached=False)

    def _failure(self, error: StepperError) -> Failure:
        if self.interrupted():
            return Failure("interrupted", interrupted=True)
        return Failure(error.message, error.hint)

    def _report(self, step: StepId | None) -> Report:
        emit = self.states.emit
        tail = self._tails.get(step) if step is not None else None

        def report(item: Output | Progress) -> None:
            if isinstance(item, Progress):
                emit(StepProgress(step, item.text, item.current, item.total))
            elif step is not None:
                if tail is not None:
                    tail.add(item.data)
                emit(StepOutput(step, item.data, item.stderr))

        return report


def _running(state: SessionState, steps: set[StepId]) -> SessionState:
    """The state in which these steps run; the first of them is the position."""
    running = tuple(sorted(steps))
    return replace(state, running=running, position=running[0] if running else state.position, stop=None)
