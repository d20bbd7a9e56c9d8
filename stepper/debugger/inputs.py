"""What a step reads besides the state that it runs on: for the expander, the executor and a reload."""

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount
from stepper.dockerfile.operations import BuildOperation, CopyOperation, FromOperation, Operation, RunOperation
from stepper.dockerfile.origins import Origin
from stepper.frozen import frozen


@frozen
class Input:
    """Files: where they are (None for the build context), and the paths or patterns of those that are read."""

    origin: Origin | None
    paths: tuple[str, ...]

    @property
    def image(self) -> str | None:
        """The image that they are in, where it is one that has to be had first."""
        return None if self.origin is None else self.origin.image


def source_input(operation: Operation) -> Input | None:
    """What becomes the step's `source`; None for none, and for the image of a FROM, which is what that step gives."""
    if isinstance(operation, FromOperation):
        is_base = operation.stage is None and operation.context is None
        return None if is_base else Input(Origin(stage=operation.stage, context=operation.context), ("/",))
    if isinstance(operation, BuildOperation):
        return Input(None, ("/",))
    if not isinstance(operation, CopyOperation):
        return None
    origin = Origin(operation.from_stage, operation.from_image, operation.from_context)
    return Input(None if origin == Origin() else origin, operation.sources)


def mount_inputs(operation: Operation) -> tuple[Input | None, ...]:
    """What becomes the step's `mount_sources`: for each mount, None where it begins empty."""
    return tuple(map(_mounted, operation.mounts)) if isinstance(operation, RunOperation) else ()


def _mounted(mount: Mount) -> Input | None:
    if not isinstance(mount, BindMount | CacheMount) or mount.origin == Origin():
        return None
    if isinstance(mount, CacheMount) and mount.origin is None:
        return None
    return Input(mount.origin, (mount.source,))
