"""The modes that `--chmod` takes: octal, or symbolic as for chmod(1)."""

import re

from stepper.dockerfile.malformed import MalformedError

_OCTAL = re.compile(r"[0-7]+")
_CLAUSE = r"[augo]*(?:[-+=][rwxXstugo]*)+"
_SYMBOLIC = re.compile(rf"{_CLAUSE}(?:,{_CLAUSE})*")


def check_mode(mode: str) -> None:
    """Raise `MalformedError` for what is no mode: octal up to 7777, or symbolic as `u+x,go-w`."""
    if _OCTAL.fullmatch(mode):
        if int(mode, 8) <= 0o7777:
            return
    elif _SYMBOLIC.fullmatch(mode):
        return
    raise MalformedError(f"invalid --chmod={mode}", hint="Write an octal mode up to 7777, or one such as u+x.")
