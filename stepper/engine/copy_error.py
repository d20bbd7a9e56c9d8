"""What makes a COPY, an ADD or a WORKDIR fail through the doing of whoever wrote it."""

from stepper.errors import StepperError


class CopyError(StepperError):
    """The step fails, as it fails in BuildKit; message and hint go into its `Failure`."""
