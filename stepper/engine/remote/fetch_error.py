"""What makes fetching fail."""

from stepper.errors import StepperError


class FetchError(StepperError):
    """What was asked for cannot be had; the message says from where, without passwords."""
