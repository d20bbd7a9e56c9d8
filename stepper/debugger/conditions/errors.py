"""What is wrong with an expression, and where in it."""

from stepper.errors import UsageError
from stepper.text import printable


class ConditionError(UsageError):
    """An expression that cannot be read, or that cannot be answered.

    `start` to before `end` are the characters of `text` that are wrong; the two are equal where something is missing.
    """

    def __init__(self, message: str, *, text: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.text = text
        self.start = start
        self.end = end

    def pointed(self) -> tuple[str, str]:
        """The expression on one line, and the line below it with carets under what is wrong."""
        before, wrong = printable(self.text[: self.start]), printable(self.text[self.start : self.end])
        return printable(self.text), " " * len(before) + "^" * max(1, len(wrong))

    def at(self, text: str, offset: int) -> "ConditionError":
        """The same error in a longer text, in which this expression begins at `offset`."""
        return ConditionError(self.message, text=text, start=self.start + offset, end=self.end + offset, hint=self.hint)
