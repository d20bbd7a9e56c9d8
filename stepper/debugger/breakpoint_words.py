"""How breakpoints are written: `12 if cached`, `stage:build`, `RUN hits % 2`, `/etc/**`, `cache miss`; and read again.

    PLACE [hits COUNT] [if CONDITION]

PLACE is a line, `stage:NAME`, a kind of instruction, a path or glob, `any`, `warning` or `cache miss`; none means any.
"""

import re
from collections.abc import Callable

from stepper.debugger.breakpoint import (
    AtAnyStep,
    AtException,
    AtInstruction,
    AtLine,
    AtPath,
    AtStage,
    Breakpoint,
    ExceptionKind,
    Place,
)
from stepper.debugger.conditions import ConditionError, parse_condition, parse_message
from stepper.debugger.conditions.kinds import COMPARISONS
from stepper.debugger.conditions.path_globs import path_glob
from stepper.debugger.conditions.tree import quoted
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.keywords import KEYWORDS
from stepper.errors import UsageError
from stepper.text import printable

PLACES_HELP = "a line, stage:NAME, a kind of instruction, a path or glob to watch, any, warning, or cache miss"

_PARTS = re.compile(
    r"""(?P<place>"(?:[^"\\]|\\.)*"|.*?)
    (?:(?:^|\s+)hits\s*(?P<hits>(?:[<>=%]|>=|<=|==)?\s*\d+))?
    (?:(?:^|\s+)if\s+(?P<condition>.*))?""",
    re.VERBOSE | re.DOTALL,
)
_HIT_COUNT = re.compile(r"(?P<sign>==|=|>=|<=|>|<|%)?\s*(?P<count>\d{1,9})")
_EXCEPTIONS = {
    "warning": ExceptionKind.CHECK_WARNING,
    "cache miss": ExceptionKind.CACHE_MISS,
    "cache-miss": ExceptionKind.CACHE_MISS,
}


def parse_breakpoint(written: str) -> Breakpoint:
    """A breakpoint as it is written. Raises `UsageError`, a `ConditionError` for its condition."""
    found = _PARTS.fullmatch(written.strip())
    assert found is not None, "the pattern takes every text"
    place = parse_place(found["place"])
    condition = (found["condition"] or "").strip()
    if found["condition"] is not None:
        parse_condition(condition)
    hits = (found["hits"] or "").strip()
    parse_hit_count(hits)
    return Breakpoint(place, condition=condition, hit_count=hits)


def parse_logpoint(written: str) -> Breakpoint:
    """A logpoint as it is written: a breakpoint, a colon and a blank, its message. Raises `UsageError`."""
    place, message = _split_message(written)
    parse_message(message)
    point = parse_breakpoint(place)
    return Breakpoint(point.place, condition=point.condition, hit_count=point.hit_count, message=message)


def parse_place(written: str) -> Place:
    """A place as it is written. Raises `UsageError`."""
    text = written.strip()
    if text in ("", "any"):
        return AtAnyStep()
    if text.isascii() and text.isdecimal():
        return AtLine(int(text[:9]))
    if text.lower() in _EXCEPTIONS:
        return AtException(_EXCEPTIONS[text.lower()])
    if text.lower().startswith("stage:"):
        return AtStage(text[len("stage:") :].strip().lower())
    if text.upper() in KEYWORDS:
        return AtInstruction(text.upper())
    if text.startswith('"') and text.endswith('"') and len(text) > 2:
        return _path(re.sub(r"\\(.)", r"\1", text[1:-1]))
    if _is_condition(text):
        raise UsageError(
            f"{printable(text)} is a condition, and no place to stop at", hint=f"Write: if {printable(text)}"
        )
    if "/" in text or "*" in text:
        return _path(text)
    meant = nearest(text.upper(), sorted(KEYWORDS))
    raise UsageError(
        f"{printable(text)} is no place to stop at{did_you_mean(meant)}", hint=f"A place is {PLACES_HELP}."
    )


def _is_condition(text: str) -> bool:
    try:
        parse_condition(text)
    except ConditionError:
        return False
    return True


def written_place(place: Place) -> str:
    """A place as it is written, so that `parse_place` reads it again."""
    match place:
        case AtLine(line):
            return str(line)
        case AtStage(stage):
            return f"stage:{stage}"
        case AtInstruction(keyword):
            return keyword
        case AtAnyStep():
            return "any"
        case AtPath(glob):
            is_plain = parse_place_or_none(glob) == place and not re.search(r"\s", glob)
            return glob if is_plain else quoted(glob).replace("\\n", "\n").replace("\\t", "\t")
        case AtException(exception):
            return "warning" if exception is ExceptionKind.CHECK_WARNING else "cache miss"


def parse_place_or_none(written: str) -> Place | None:
    """A place as it is written, None for what is none."""
    try:
        return parse_place(written)
    except UsageError:
        return None


def named_place(place: Place) -> str:
    """A place in words: `line 12`, `stage build`, `every RUN`, `watch /etc/**`."""
    match place:
        case AtLine(line):
            return f"line {line}"
        case AtStage(stage):
            return f"stage {printable(stage)}"
        case AtInstruction(keyword):
            return f"every {keyword}"
        case AtAnyStep():
            return "any step"
        case AtPath(glob):
            return f"watch {printable(glob)}"
        case AtException(exception):
            return exception.value


def named(point: Breakpoint) -> str:
    """A breakpoint in words: its place, and what has to hold there."""
    words = named_place(point.place)
    if point.condition:
        words += f" if {printable(point.condition)}"
    return f"{words}, hits {printable(point.hit_count)}" if point.hit_count else words


def parse_hit_count(written: str) -> Callable[[int], bool]:
    """Whether a hit counts, by how many there were with it: `3` the third alone, `>= 3`, `% 2` every second.

    An empty one takes all. Raises `ConditionError`.
    """
    text = written.strip()
    if not text:
        return lambda _: True
    found = _HIT_COUNT.fullmatch(text)
    count = int(found["count"]) if found is not None else 0
    if found is None or (count == 0 and found["sign"] != ">="):
        raise ConditionError(
            f"{printable(text)} is no hit count",
            text=written,
            start=0,
            end=len(written),
            hint="3 is the third hit alone, >= 3 from the third on, % 2 every second.",
        )
    sign = found["sign"]
    if sign == "%":
        return lambda hits: hits % count == 0
    compare = COMPARISONS["==" if sign in (None, "=") else sign]
    return lambda hits: compare(hits, count)


def what_is_wrong(point: Breakpoint) -> str | None:
    """What keeps a breakpoint from being judged, in one line; None for one that can be read."""
    try:
        if point.condition:
            parse_condition(point.condition)
        parse_hit_count(point.hit_count)
        parse_message(point.message)
        if isinstance(point.place, AtPath):
            path_glob(point.place.glob)
    except UsageError as error:
        return error.message
    return None


def _path(glob: str) -> AtPath:
    path_glob(glob)
    return AtPath(glob)


def _split_message(written: str) -> tuple[str, str]:
    """At the first colon with a blank behind it that is in no quotes."""
    quote = ""
    for index, character in enumerate(written):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == ":" and written[index + 1 : index + 2].isspace():
            message = written[index + 1 :].strip()
            if message:
                return written[:index], message
            break
    raise UsageError(
        f"{printable(written)} has no message",
        hint="Write a place, a colon, a blank and the message: 'RUN: took {seconds}'.",
    )
