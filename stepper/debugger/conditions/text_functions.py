"""The functions of an expression that look at texts alone."""

import re

from stepper.errors import UsageError

_PIECE = re.compile(r"\[!?\]?[^\]]*\]|.", re.DOTALL)


def matches(text: str, pattern: str) -> bool:
    """Whether a whole text is like a pattern: `*` is anything, `?` one character, `[a-z]` one of these.

    A bracket that is not closed stands for itself.
    """
    parts = []
    for piece in _PIECE.findall(pattern):
        if piece == "*":
            parts.append(".*")
        elif piece == "?":
            parts.append(".")
        elif len(piece) > 1:
            inside = piece[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            inside = f"^{inside[1:]}" if inside.startswith("!") else inside.replace("^", "\\^")
            parts.append(f"[{inside}]")
        else:
            parts.append(re.escape(piece))
    try:
        return re.fullmatch("".join(parts), text, re.DOTALL) is not None
    except re.error:
        raise UsageError(f"{pattern} is no pattern: write [a-z]") from None


def number(text: str) -> int | float:
    """The number that a text is; raises `UsageError` where it is none."""
    written = text.strip()
    try:
        return int(written) if re.fullmatch(r"[+-]?\d{1,30}", written) else _finite(float(written))
    except ValueError:
        raise UsageError(f"{text!r} is no number") from None


def _finite(amount: float) -> float:
    if amount - amount != 0:
        raise ValueError("neither infinity nor what is no number")
    return amount
