"""What the exit code of `stepper` says."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes, as the README lists them."""

    BUILT = 0
    FAILED = 1
    """A step failed; `stepper check` found what counts as an error."""
    WRONG = 2
    """The Dockerfile or the command line is wrong."""
    NO_ENGINE = 3
    BROKEN_ASSERTION = 4
    """The image is built, and an `--assert` does not hold."""
    INTERRUPTED = 130
    """Stopped by Ctrl+C, as shells count it."""
    BROKEN_PIPE = 141
    """Nobody reads the output any more, as shells count it."""
