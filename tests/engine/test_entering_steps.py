"""Whether somebody had a shell in a step is known to whoever asks what came of it."""

from typing import Any

import pytest

from stepper.engine.running_steps import RunningSteps
from stepper.errors import UsageError
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
