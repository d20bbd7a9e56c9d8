"""The errors that a user can cause, as messages to show: what happened, where, and what to do.

Every front end shows `str(error)` and, where there is one, `error.hint`; none shows a traceback for these.
"""

from dataclasses import dataclass


class StepperError(Exception):
    """Something the user can understand and act on.

    `message` says what happened, in one line where possible; `hint` says what to do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Excerpt:
    """The source line that an error is about; `start` to before `end` are the columns (from 0) of what is wrong in it.

    The two are equal where the line as a whole is meant.
    """

    line: int
    text: str
    start: int = 0
    end: int = 0


class DockerfileError(StepperError):
    """A Dockerfile that cannot be built as it is written.

    `file` is the name as the user knows it, `line` the 1-based line, or None where the file as a whole is meant.
    `word` is what is wrong as it is written, where the message does not name it.
    `str(error)` starts with the place: `Dockerfile:12: unknown instruction: FRMO`. `excerpt` is there once somebody who
    has the file's text has added it.
    """

    excerpt: Excerpt | None = None

    def __init__(
        self, message: str, *, file: str, line: int | None = None, hint: str | None = None, word: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.file = file
        self.line = line
        self.word = word

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}"


class UsageError(StepperError):
    """The command line, or what it names (a folder, a file, a stage), is wrong."""


class EngineUnavailable(StepperError):  # noqa: N818 - unavailable is what it is
    """No engine can be reached; the message lists what was tried, the hint how to start one."""


class EngineError(StepperError):
    """The engine refused or failed at something that is not the instruction's own doing."""
