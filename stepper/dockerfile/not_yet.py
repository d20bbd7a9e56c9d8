"""The error for what Stepper does not run yet: nothing is silently ignored."""

from stepper.dockerfile.malformed import MalformedError


def not_yet(feature: str) -> MalformedError:
    """The error for a feature, to be raised."""
    return MalformedError(f"Stepper does not run {feature} yet")
