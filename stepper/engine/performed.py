"""What comes of a step's work in a container, before it is committed."""

from typing import NamedTuple

from stepper.engine.containers import Removable
from stepper.engine.step import CommandRun, Failure
from stepper.image.layer import EMPTY_LAYER, Layer


class Performed(NamedTuple):
    """What a step did. `container` holds the result, None when nothing had to be done or nothing is left to see.

    Where the engine's own builder did it, `image` holds the result instead.
    """

    layer: Layer = EMPTY_LAYER
    container: Removable | None = None
    failure: Failure | None = None
    image: str | None = None
    read: str | None = None
    """The digest of what a COPY read from the build context, taken while it was sent."""
    paused: float = 0.0
    """For how many seconds it was paused."""
    entered: bool = False
    """Whether somebody had a shell in it while it ran: then it may not have done all of it by itself."""
    by_hand: bool = False
    """Whether somebody did all of it in a shell, by the very commands of the step: it serves this session."""
    commands: tuple[CommandRun, ...] = ()
    """The commands of a RUN's script that ran."""
