"""The JSON form of an instruction's arguments: `["executable", "argument"]`."""

import json
import math
import re

from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.whitespace import SPACE

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def json_words(text: str) -> tuple[str, ...] | None:
    """The strings of the JSON array that the whole text is; None where it is no JSON array (the shell form).

    Raises `MalformedError` for a JSON array that holds anything but strings.
    """
    text = text.lstrip(SPACE)
    if not text.startswith("["):
        return None
    try:
        values = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_number)
    except RecursionError:
        values = [None]
    except ValueError:
        return None
    if not all(isinstance(value, str) for value in values):
        raise MalformedError(
            "when using JSON array syntax, arrays must be comprised of strings only",
            hint='Put every item in double quotes, as in ["sleep", "1"].',
        )
    return tuple(_LONE_SURROGATE.sub("\ufffd", value) for value in values)


def _number(written: str) -> float:
    """The number, or ValueError where it is none in JSON proper (NaN) or beyond a double, as for Go's decoder."""
    number = float(written)
    if not math.isfinite(number):
        raise ValueError(written)
    return number
