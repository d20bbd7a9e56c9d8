"""Steps that run, from other threads: entered, paused and watched, on a real engine."""

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from stepper.engine import run_step
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import ShellSession
from stepper.engine.run_step import changes
from stepper.engine.running_steps import RunningStep, RunningSteps
from stepper.engine.shell import Shell
from stepper.engine.step import Outcome, Snapshot, Step
from stepper.engine.stream import EngineStream
from stepper.errors import EngineError, UsageError
from stepper.image.layer import Layer
from tests.engine.conftest import base, marks, run, silent, succeed
from tests.engine.test_shell import SIZE, ask, open_shell

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


def in_thread(stepper: DockerEngine, on: Snapshot, of: Step) -> "Future[Outcome]":
    """A step that runs in a thread of its own."""
    outcome: Future[Outcome] = Future()

    def work() -> None:
        try:
            outcome.set_result(stepper.execute(of, on, report=silent, use_cache=True))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return outcome


def enter(stepper: DockerEngine, of: Step, seconds: float = 30) -> ShellSession:
    """A shell in a step, as soon as that is in its container."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return stepper.open_running_shell(of.id, size=SIZE)
        except UsageError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def let_go(shell: ShellSession, outcome: "Future[Outcome]") -> Outcome:
    """What comes of a step that waits for this shell. The shell ends with it, whatever it has still to say."""
    shell.write(b"touch /go\n")
    return outcome.result(30)


WAITING = "echo begun >/state; while [ ! -e /go ]; do sleep 0.05; done; echo over >>/state"


def test_a_shell_enters_a_step_that_hangs_and_the_step_goes_on(stepper: DockerEngine) -> None:
    on = base(stepper)
    of = run(WAITING, environment={"ARG": "of the step"})
    outcome = in_thread(stepper, on, of)
    with contextlib.closing(enter(stepper, of)) as shell:
        assert ask(shell, "cat /state; echo $ARG; id -un") == "begun\nof the step\nroot\n"
        assert not outcome.done()
        assert any("the step runs on" in note for note in shell.notes)
        result = let_go(shell, outcome)
    assert result.failure is None
    assert {"/state", "/go"} <= marks(result.layer).keys()


def test_what_a_shell_leaves_running_in_a_step_ends_with_the_shell_and_the_step_lives_on(stepper: DockerEngine) -> None:
    of = run(WAITING)
    outcome = in_thread(stepper, base(stepper), of)
    with contextlib.closing(enter(stepper, of)) as shell:
        ask(shell, "sleep 1000 & true")
        shell.write(b"sleep 2000\n")
    with contextlib.closing(enter(stepper, of)) as shell:
        assert ask(shell, "ps | grep -c '[s]leep [12]000'").strip() == "0"
        assert let_go(shell, outcome).failure is None


def test_what_came_of_a_step_that_was_entered_is_not_kept_in_the_step_cache(stepper: DockerEngine) -> None:
    on, of = base(stepper), run(WAITING)
    outcome = in_thread(stepper, on, of)
    with contextlib.closing(enter(stepper, of)) as shell:
        ask(shell, "touch /mine")
        snapshot = succeed(let_go(shell, outcome))
    assert "/mine" in stepper.listing(snapshot)
    again = in_thread(stepper, on, of)
    with contextlib.closing(enter(stepper, of)) as shell:
        assert not let_go(shell, again).cached


def no_exit_code(_: Shell) -> int | None:
    """What is told of a shell whose container is gone."""
    raise EngineError("no such exec")


@pytest.mark.parametrize("exit_code", [Shell._exit_code, no_exit_code], ids=["container-there", "container-gone"])
def test_a_shell_that_comes_when_the_command_has_just_ended_is_not_opened(
    stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch, exit_code: Callable[[Shell], int | None]
) -> None:
    enters = RunningSteps.enter
    has_ended = threading.Event()
    late: list[RunningStep] = []

    def enter_late(self: RunningSteps, running: RunningStep) -> None:
        enters(self, running)
        late.append(running)
        self.run_in(running.container, ": >/go")
        assert has_ended.wait(30)

    def change(*args: Any, **kwargs: Any) -> Layer:
        has_ended.set()
        return changes(*args, **kwargs)

    monkeypatch.setattr(RunningSteps, "enter", enter_late)
    monkeypatch.setattr(run_step, "changes", change)
    monkeypatch.setattr(Shell, "_exit_code", exit_code)
    of = run("while [ ! -e /go ]; do sleep 0.05; done; touch /made")
    outcome = in_thread(stepper, base(stepper), of)
    wait_until_in_container(stepper, of)
    with pytest.raises(UsageError, match="in no container now"):
        stepper.open_running_shell(of.id, size=SIZE)
    assert marks(outcome.result(30).layer) == {"/": "~", "/go": "+", "/made": "+"}
    assert [each.entered for each in late] == [True]


def test_a_step_that_does_not_run_cannot_be_entered(stepper: DockerEngine) -> None:
    with pytest.raises(UsageError, match="in no container"):
        stepper.open_running_shell(run("true").id, size=SIZE)
    with pytest.raises(UsageError, match="nothing to pause"):
        stepper.pause()


COUNTING = "i=0; while [ ! -e /go ]; do i=$((i+1)); echo $i >/next; mv /next /count; sleep 0.02; done"


def test_a_paused_step_stands_still_also_for_a_shell_and_then_goes_on(stepper: DockerEngine) -> None:
    of = run(COUNTING)
    outcome = in_thread(stepper, base(stepper), of)
    with contextlib.closing(enter(stepper, of)) as shell:
        ask(shell, "until [ -e /count ]; do sleep 0.02; done")
    stepper.pause()
    with contextlib.closing(enter(stepper, of)) as shell:
        assert any("stands still" in note for note in shell.notes)
        first, second = ask(shell, "cat /count; sleep 0.5; cat /count").split()
        assert first == second
    stepper.unpause()
    with contextlib.closing(enter(stepper, of)) as shell:
        first, second = ask(shell, "cat /count; sleep 0.5; cat /count").split()
        assert int(second) > int(first)
        assert let_go(shell, outcome).failure is None


def test_a_paused_step_whose_shell_could_not_be_started_goes_on_once_it_is_let_go_on(
    stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = run(WAITING)
    outcome = in_thread(stepper, base(stepper), of)
    wait_until_in_container(stepper, of)
    stepper.pause()
    start_exec = Command.start_exec

    def without_terminal(
        self: Command, client: EngineClient, container: str, *, terminal: tuple[int, int] | None = None
    ) -> tuple[str, EngineStream]:
        if terminal is not None:
            raise EngineError("no terminal is left")
        return start_exec(self, client, container)

    with monkeypatch.context() as patch:
        patch.setattr(Command, "start_exec", without_terminal)
        with pytest.raises(EngineError, match="no terminal is left") as error:
            stepper.open_running_shell(of.id, size=SIZE)
    stepper.unpause()
    with contextlib.closing(enter(stepper, of)) as shell:
        assert let_go(shell, outcome).failure is None
    # As long as somebody has the error, nothing that it has to do with is collected.
    assert error.value.hint is None


def test_the_time_that_a_step_is_paused_does_not_count(stepper: DockerEngine) -> None:
    of = run("sleep 1")
    begun = time.monotonic()
    outcome = in_thread(stepper, base(stepper), of)
    wait_until_in_container(stepper, of)
    stepper.pause()
    time.sleep(2.5)
    stepper.unpause()
    assert outcome.result(60).seconds <= time.monotonic() - begun - 2.5


def test_a_paused_step_can_be_interrupted_and_its_container_entered(stepper: DockerEngine) -> None:
    on, of = base(stepper), run("echo half >/state; sleep 1000")
    outcome = in_thread(stepper, on, of)
    wait_until(lambda: bool(stepper.count_changes(of.id)))
    stepper.pause()
    stepper.interrupt()
    failure = outcome.result(30).failure
    assert failure is not None
    assert failure.interrupted
    with contextlib.closing(open_shell(stepper, failure, on, of)) as shell:
        assert ask(shell, "cat /state").strip() == "half"


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Return once the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def wait_until_in_container(stepper: DockerEngine, of: Step) -> None:
    """Return once a step has begun in its container."""
    wait_until(lambda: stepper.count_changes(of.id) is not None)


def test_what_a_running_step_uses_is_told(stepper: DockerEngine) -> None:
    of = run("touch /a /b; while :; do :; done")
    outcome = in_thread(stepper, base(stepper), of)
    wait_until(lambda: (stepper.count_changes(of.id) or 0) >= 2)
    first = stepper.usage(of.id)
    assert first is not None
    assert first.memory > 0

    def uses_more() -> bool:
        now = stepper.usage(of.id)
        assert now is not None
        return now.cpu > first.cpu

    wait_until(uses_more)
    stepper.interrupt()
    outcome.result(30)
    assert stepper.usage(of.id) is None
    assert stepper.count_changes(of.id) is None
