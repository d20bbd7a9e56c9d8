"""Durations as Go writes them (`1h30m`, `1.5s`, `300ms`), which is what HEALTHCHECK takes."""

import re

MILLISECOND = 1_000_000
"""In nanoseconds."""

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": MILLISECOND,
    "s": 1_000 * MILLISECOND,
    "m": 60_000 * MILLISECOND,
    "h": 3_600_000 * MILLISECOND,
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]*)")
_LARGEST = 2**63 - 1


def parse_duration(text: str) -> int:
    """The duration in nanoseconds. Raises `ValueError` with a message that says what is wrong.

    As Go's `time.ParseDuration`: a sign, then numbers, each with its unit; `0` alone needs none.
    """
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    if not rest:
        raise ValueError(f"invalid duration {text!r}")
    total = 0
    while rest:
        part = _PART.match(rest)
        assert part is not None, "the expression matches any text"
        whole, fraction, unit = part[1], part[2] or "", part[3]
        if not whole and not fraction:
            raise ValueError(f"invalid duration {text!r}")
        if not unit:
            raise ValueError(f"missing unit in duration {text!r}, for example '{text}s'")
        if unit not in _UNITS:
            raise ValueError(f"unknown unit {unit!r} in duration {text!r}: use h, m, s, ms, us or ns")
        total += int(whole or "0") * _UNITS[unit] + int(fraction or "0") * _UNITS[unit] // 10 ** len(fraction)
        if total > _LARGEST:
            raise ValueError(f"duration {text!r} is too long")
        rest = rest[part.end() :]
    return sign * total
