"""Whatever the user does, in whatever order: what always holds in a session."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.debugger.options import BuildOptions
from stepper.debugger.state import Mode, SessionState, Status
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine

STAGES = """\
FROM busybox AS a
RUN a1
RUN a2

FROM busybox AS side
RUN s1

FROM busybox AS b
RUN b1
COPY --from=a / /
RUN b2
"""
VARIANTS = (
    STAGES,
    "# moved\n" + STAGES,
    STAGES.replace("RUN a1", "RUN changed").replace("RUN b2\n", ""),
    "FROM busybox AS new\nRUN n1\n\n" + STAGES,
    "FROM busybox AS a\nRUN a1\n\nFROM a AS b\nONBUILD RUN trigger\nRUN b1\n\nFROM b\nRUN c\n",
    "FRMO busybox\n",
)
FAILING = ("RUN a2", "RUN b1", "COPY", "RUN s1", "FROM nothing")

Action = Callable[[Debugged], None]


def run_to(number: int) -> Action:
    return lambda d: d.session.run_to(d.state.steps[number % len(d.state.steps)].id)


def rerun(number: int) -> Action:
    return lambda d: d.session.rerun(d.state.steps[number % len(d.state.steps)].id)


def go_to(number: int) -> Action:
    return lambda d: d.session.go_to(number % (d.state.steps[-1].id.stage + 1))


def go_to_step(number: int) -> Action:
    return lambda d: d.session.go_to_step(d.state.steps[number % len(d.state.steps)].id)


def toggle(number: int) -> Action:
    return lambda d: d.session.breakpoints.toggle(number)


def edit(number: int) -> Action:
    def write(debugged: Debugged) -> None:
        debugged.write(VARIANTS[number % len(VARIANTS)])
        debugged.session.reload()

    return write


def fail(number: int) -> Action:
    return lambda d: d.engine.on(FAILING[number % len(FAILING)], exit_code=number % 2)


SIMPLE: tuple[Action, ...] = (
    lambda d: d.session.step_over(),
    lambda d: d.session.step_out(),
    lambda d: d.session.resume(),
    lambda d: d.session.reverse_resume(),
    lambda d: d.session.step_back(),
    lambda d: d.session.restart(),
    lambda d: d.session.breakpoints.clear(),
)
MOVES = (run_to, rerun, go_to, go_to_step)
ACTIONS = st.one_of(
    st.sampled_from(SIMPLE),
    st.builds(lambda make, number: make(number), st.sampled_from(MOVES), st.integers(0, 12)),
    st.builds(lambda make, number: make(number), st.sampled_from([toggle, edit, fail]), st.integers(0, 12)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIONS, max_size=14))
def test_a_session_is_always_in_order(actions: list[Action]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(VARIANTS[0])
        engine = ScriptedEngine()
        engine.image("busybox")
        debugged = Debugged(Path(folder), engine, BuildOptions(Path(folder), dockerfile, tags=("t",)))
        debugged.session.load()
        debugged.session.connect()
        for action in actions:
            action(debugged)
            check(debugged.state, engine)
        debugged.session.breakpoints.clear()
        for text in FAILING:
            engine.on(text)
        debugged.session.restart()
        debugged.session.resume()
        check(debugged.state, engine)
        assert debugged.state.mode is Mode.FINISHED
        assert "t" in engine.tagged


def check(state: SessionState, engine: ScriptedEngine) -> None:
    assert state.mode in (Mode.STOPPED, Mode.FINISHED)
    assert state.running == ()
    assert [record.id for record in state.steps] == sorted(record.id for record in state.steps)
    waiting = [record.id for record in state.steps if record.id.stage in state.needed and not record.ran]
    assert (state.position is None) == (not waiting)
    assert state.position is None or state.position in waiting
    assert (state.mode is Mode.FINISHED) == (state.image is not None)
    failed = [record for record in state.steps if record.status is Status.FAILED]
    kept = [record.failure.container for record in failed if record.failure is not None]
    assert set(engine.kept) == {container for container in kept if container is not None}
    for before, after in zip(state.steps, state.steps[1:], strict=False):
        if before.id.stage == after.id.stage and after.status is not Status.WAITING:
            assert before.ran
            assert after.before == before.after
            assert after.step is not None
            assert after.step.instruction == after.instruction
    for line in (point.line for point in state.breakpoints if point.line is not None):
        record = state.record_at(line)
        assert record is not None
        assert record.instruction.line == line
