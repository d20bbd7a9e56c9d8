"""What is raised where a script is not surely understood."""

from stepper.errors import StepperError


class UnsureError(StepperError):
    """Why a script is run as a whole; the message goes on from "because"."""
