"""What a command's availability depends on, and the reasons why one cannot be run just now. Pure."""

from stepper.debugger.state import Mode, SessionState, Status, StepRecord
from stepper.frozen import frozen
from stepper.tui.shown import Shown, record_at_cursor, running_run, shown


@frozen
class Situation:
    """The session's state and what the user looks at. `busy`: a command runs or waits to run."""

    state: SessionState
    cursor: int = 1
    busy: bool = False
    panel: str = "dockerfile"

    @property
    def shown(self) -> Shown:
        """The steps that the panels show."""
        return shown(self.state, self.cursor)

    @property
    def at_cursor(self) -> StepRecord | None:
        """The step that the cursor is at."""
        return record_at_cursor(self.state, self.cursor)


def always(_: Situation) -> str | None:
    """Nothing forbids it."""
    return None


def idle(situation: Situation) -> str | None:
    """No step runs."""
    state = situation.state
    if state.mode is Mode.CONNECTING:
        return "Still connecting to the engine: press it again in a moment"
    if situation.busy or state.mode is Mode.RUNNING:
        return "A step is running: i interrupts it"
    return None


def engine_there(situation: Situation) -> str | None:
    """No step runs, there is an engine, and the Dockerfile can be built."""
    state = situation.state
    if state.mode is Mode.OFFLINE:
        return "There is no engine: a tries again"
    if (reason := idle(situation)) is not None:
        return reason
    if state.dockerfile is None or state.error is not None:
        return "The Dockerfile has an error: e opens it in your editor"
    return None


def can_run(situation: Situation) -> str | None:
    """There is a step to run."""
    if (reason := engine_there(situation)) is not None:
        return reason
    if situation.state.mode is Mode.FINISHED:
        return "The target is built: r starts again, N steps back"
    return None


def can_run_to_cursor(situation: Situation) -> str | None:
    """The cursor is at a step that is not the position."""
    if (reason := engine_there(situation)) is not None:
        return reason
    record = situation.at_cursor
    if record is None:
        return "There is no instruction at the cursor"
    if record.id == situation.state.position:
        return "The cursor is at the next step already"
    return None


def can_step_back(situation: Situation) -> str | None:
    """A step has run."""
    if (reason := engine_there(situation)) is not None:
        return reason
    if not any(record.ran for record in situation.state.steps):
        return "No step has run yet"
    return None


def step_to_rerun(situation: Situation) -> StepRecord | None:
    """The failed step that is shown, else the one that the session stands at, else the shown one."""
    shown_one = situation.shown.inspected
    if shown_one is not None and shown_one.status is Status.FAILED:
        return shown_one
    return situation.state.failure or shown_one


def can_rerun(situation: Situation) -> str | None:
    """There is a step that ran or failed."""
    if (reason := engine_there(situation)) is not None:
        return reason
    if step_to_rerun(situation) is None:
        return "No step has run yet"
    return None


def can_interrupt(situation: Situation) -> str | None:
    """A step runs, or is about to."""
    mode = situation.state.mode
    if mode is Mode.RUNNING or (situation.busy and mode not in (Mode.CONNECTING, Mode.OFFLINE)):
        return None
    return "No step is running: q quits"


def can_pause(situation: Situation) -> str | None:
    """A RUN runs."""
    return None if running_run(situation.state) is not None else "No RUN is running"


def can_toggle_breakpoint(situation: Situation) -> str | None:
    """The cursor is at an instruction."""
    if situation.state.record_at(situation.cursor) is None:
        return "There is no instruction on this line"
    return None


def has_dockerfile(situation: Situation) -> str | None:
    """A Dockerfile was read."""
    return None if situation.state.dockerfile is not None else "No Dockerfile was read yet"


def can_clear_breakpoints(situation: Situation) -> str | None:
    """There are breakpoints."""
    return None if situation.state.breakpoints else "There are no breakpoints"


def can_open_shell(situation: Situation) -> str | None:
    """There is a state to enter."""
    state = situation.state
    if state.running:
        return None if running_run(state) is not None else "What runs now has no container to enter"
    if (reason := engine_there(situation)) is not None:
        return reason
    if not any(record.ran or record.status is Status.FAILED for record in situation.state.steps):
        return "No step has run yet: there is no state to enter"
    return None


def can_connect(situation: Situation) -> str | None:
    """There is no engine."""
    if situation.state.mode is not Mode.OFFLINE:
        return "The engine is connected"
    return "Already trying" if situation.busy else None


def can_go_to_stage(situation: Situation) -> str | None:
    """There are stages to go to."""
    return engine_there(situation)


def steps_to_compare(state: SessionState, record: StepRecord) -> tuple[StepRecord, ...]:
    """The other steps that have run, in file order."""
    return tuple(each for each in state.steps if each.after is not None and each.id != record.id)


def can_compare(situation: Situation) -> str | None:
    """What is shown ran, and so did another step."""
    record = situation.shown.inspected
    if record is None or record.after is None:
        return "No step that has run is at the cursor"
    if not steps_to_compare(situation.state, record):
        return "No other step has run yet"
    return None


def can_save_image(situation: Situation) -> str | None:
    """There is an engine, and a snapshot at the cursor."""
    if (reason := engine_there(situation)) is not None:
        return reason
    record = situation.shown.inspected
    return None if record is not None and record.after is not None else "No step that has run is at the cursor"


def has_engine(situation: Situation) -> str | None:
    """There is an engine, whatever it does."""
    return None if situation.state.engine is not None else "There is no engine: a tries again"
