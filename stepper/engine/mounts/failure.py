"""Why a step's mounts could not be made: what becomes the step's failure."""

from stepper.errors import StepperError


class MountError(StepperError):
    """A mount that could not be made. `exit_code` is what BuildKit's build ends with, where it has one."""

    def __init__(self, message: str, *, hint: str | None = None, exit_code: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.exit_code = exit_code
