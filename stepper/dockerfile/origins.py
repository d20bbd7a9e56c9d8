"""Where an instruction takes files from, other than the build context."""

from stepper.frozen import frozen


@frozen
class Origin:
    """What a FROM or a `from` names: a stage by its index, an image by its reference, or a context that is a folder.

    At most one is set; none of them is `scratch`.
    """

    stage: int | None = None
    image: str | None = None
    context: str | None = None
