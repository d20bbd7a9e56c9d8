"""A hint: one fact about a failure, in words, and where to look."""

from stepper.engine.step import StepId
from stepper.frozen import frozen


@frozen
class Hint:
    """A fact that was looked up. `kind` names the module that found it.

    `line` is that of the Dockerfile to go to. With `step` there is a `path` in what that step left; both are None where
    the fact is about no place.
    """

    kind: str
    text: str
    line: int | None = None
    step: StepId | None = None
    path: str = ""
