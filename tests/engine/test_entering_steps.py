"""Whether somebody had a shell in a step is known to whoever asks what came of it."""

from typing import Any

import pytest

from stepper.engine.running_steps import RunningStep, RunningSteps
from stepper.engine.step_container import StepContainer
from stepper.errors import EngineError, UsageError
from stepper.image.config import ImageConfig
from tests.engine.conftest import run

NOBODY: Any = None


def test_a_step_that_is_entered_while_it_runs_tells_so() -> None:
    steps = RunningSteps(NOBODY)
    of = run("true")
    with steps.during(of, NOBODY, ImageConfig()) as running:
        steps.enter(steps.find(of.id))
    assert running.entered


def test_a_step_that_ends_while_its_shell_is_prepared_is_not_entered_any_more() -> None:
    steps = RunningSteps(NOBODY)
    of = run("true")
    with steps.during(of, NOBODY, ImageConfig()) as running:
        found = steps.find(of.id)
    with pytest.raises(UsageError, match="the step is in no container now"):
        steps.enter(found)
    assert not running.entered


def test_a_step_whose_command_has_ended_is_not_entered_though_its_container_is_looked_at() -> None:
    steps = RunningSteps(NOBODY)
    of = run("true")
    with steps.during(of, NOBODY, ImageConfig()) as running:
        running.is_over = True
        with pytest.raises(UsageError, match="the step is in no container now"):
            steps.find(of.id)
        with pytest.raises(UsageError, match="the step is in no container now"):
            steps.enter(running)
    assert not running.entered


class PausedStep(RunningSteps):
    """One step, paused, in whose container a script ends as it is told here; `posted` is what the engine was told."""

    def __init__(self, stop: "int | Exception", go_on: "int | Exception" = 0) -> None:
        super().__init__(NOBODY)
        self._ends = [stop, go_on]
        self.posted: list[str] = []

    def run_in(self, container: StepContainer, script: str) -> tuple[str, int]:
        self.posted.append(script)
        ends = self._ends.pop(0)
        if isinstance(ends, Exception):
            raise ends
        return "", ends

    def _post(self, running: RunningStep, action: str) -> None:
        self.posted.append(action)


STOP, GO_ON = "kill -STOP -1", "kill -CONT -1"


@pytest.mark.parametrize("stop", [1, EngineError("the engine is gone")])
def test_a_paused_step_that_cannot_be_kept_still_is_paused_again_and_not_entered(stop: "int | Exception") -> None:
    steps = PausedStep(stop)
    with steps.during(run("true"), NOBODY, ImageConfig()) as running:
        running.paused_at = 1.0
        with (
            pytest.raises(EngineError, match=r"cannot be kept still for a shell: kill|engine is gone"),
            steps.held(running),
        ):
            pytest.fail("it is not entered")
        assert steps.posted == ["unpause", STOP, "pause"]


def test_a_paused_step_is_paused_again_after_a_shell_whatever_goes_wrong() -> None:
    steps = PausedStep(0, EngineError("no answer"))
    with steps.during(run("true"), NOBODY, ImageConfig()) as running:
        running.paused_at = 1.0
        with pytest.raises(EngineError, match="no answer"), steps.held(running):
            pass
        assert steps.posted == ["unpause", STOP, GO_ON, "pause"]
