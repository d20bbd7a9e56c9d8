"""The kinds of values of an expression, and how a value is shown."""

import operator
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from stepper.text import human_seconds, human_size, printable

Value = bool | int | float | str


class Kind(Enum):
    """What sort of value an expression has; the value is its name in messages."""

    TRUTH = "true or false"
    NUMBER = "a number"
    SIZE = "a size"
    """Bytes."""
    DURATION = "a duration"
    """Seconds."""
    TEXT = "a text"

    @property
    def is_amount(self) -> bool:
        """Whether there is a less and a more of it."""
        return self in (Kind.NUMBER, Kind.SIZE, Kind.DURATION)


def are_comparable(left: Kind, right: Kind) -> bool:
    """Whether two kinds can be equal: a mere number is also bytes and seconds."""
    return left is right or (left.is_amount and right.is_amount and Kind.NUMBER in (left, right))


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The signs between two values; of what is no amount there is only == and !=."""
UNITS = {
    "B": (Kind.SIZE, 1.0),
    "kB": (Kind.SIZE, 1e3),
    "KB": (Kind.SIZE, 1e3),
    "MB": (Kind.SIZE, 1e6),
    "GB": (Kind.SIZE, 1e9),
    "TB": (Kind.SIZE, 1e12),
    "KiB": (Kind.SIZE, 2.0**10),
    "MiB": (Kind.SIZE, 2.0**20),
    "GiB": (Kind.SIZE, 2.0**30),
    "TiB": (Kind.SIZE, 2.0**40),
    "ms": (Kind.DURATION, 1e-3),
    "s": (Kind.DURATION, 1.0),
    "m": (Kind.DURATION, 60.0),
    "min": (Kind.DURATION, 60.0),
    "h": (Kind.DURATION, 3600.0),
}
"""What may stand behind a number, and how many bytes or seconds it is."""


def shown(value: Value, kind: Kind) -> str:
    """A value for people: `true`, `42`, `14.2 MB`, `3.1s`, a text as it is but on one line."""
    match kind:
        case Kind.TRUTH:
            return "true" if value else "false"
        case Kind.SIZE:
            return human_size(round(float(value)))
        case Kind.DURATION:
            return human_seconds(float(value))
        case Kind.NUMBER:
            return f"{float(value):g}" if isinstance(value, float) else str(value)
        case Kind.TEXT:
            return printable(str(value))
