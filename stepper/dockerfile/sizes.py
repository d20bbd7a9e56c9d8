"""Sizes as people write them, in units of 1024: `64m`, `1.5 GiB`, `1000`."""

import re

_SIZE = re.compile(
    r"(?P<number>\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?) ?(?:(?P<unit>[kmgtp])(?:i?b)?|b)?", re.IGNORECASE
)
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_MOST = 2**63 - 1


def size_in_bytes(written: str) -> int:
    """The bytes, as docker's `--shm-size` and a mount's `size` count them. Raises `ValueError`."""
    match = _SIZE.fullmatch(written)
    if match is None:
        raise ValueError(f"invalid size: {written!r}")
    try:
        size = float(match["number"]) * 1024 ** _POWERS.get((match["unit"] or "").lower(), 0)
        return min(int(size), _MOST)
    except OverflowError:
        raise ValueError(f"invalid size: {written!r}") from None
