"""`--chmod`: the modes that copied files get, octal or symbolic.

Symbolic modes are read as BuildKit reads them, which is BSD's setmode(3) and differs from other chmods in small things:
of several classes to copy from the last counts, a copy leaves the set-id bits alone, and `t` without a class before it
makes the action one about the sticky bit alone.
"""

import re
from typing import NamedTuple

from stepper.engine.copy_error import CopyError

_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=][rwxXstugo]*)+)")
_ACTION = re.compile(r"([-+=])([rwxXstugo]*)")
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}
_SHIFTS = {"u": 6, "g": 3, "o": 0}
_CLASSES = {"u": 0o4700, "g": 0o2070, "o": 0o0007, "a": 0o6777}
_STICKY = 0o1000
_EVERYONE = 0o6777
_ALL = 0o7777
ENGINE_UMASK = 0o022
"""The engine's own, which the directories that it makes are subject to."""


class _Change(NamedTuple):
    """One change of a mode. `what` is `+`, `-`, `X` (set what is executable) or the class that is copied from.

    `bits` are those to set or clear; for a copy `who` are the bits of the classes that are copied to, 0 for all of
    them, and `operator` tells how.
    """

    what: str
    bits: int = 0
    who: int = 0
    operator: str = ""

    def apply(self, mode: int, *, executable: bool) -> int:
        """The mode after the change."""
        if self.what == "-":
            return mode & ~self.bits
        if self.what == "+" or (self.what == "X" and executable):
            return mode | self.bits
        if self.what == "X":
            return mode
        copied = mode >> _SHIFTS[self.what] & 0o7
        for shift in _SHIFTS.values():
            if self.who and not self.who & 0o4 << shift:
                continue
            if self.operator in "-=":
                mode &= ~((0o7 if self.operator == "=" else copied) << shift)
            if self.operator in "+=":
                mode |= copied << shift
        return mode


class Chmod:
    """The modes that `--chmod` asks for, as an octal number or as chmod(1) writes them.

    Raises `CopyError` for what is no mode.
    """

    def __init__(self, text: str) -> None:
        self._octal = int(text, 8) if re.fullmatch(r"[0-7]+", text) else None
        if self._octal is not None and self._octal > _ALL:
            raise CopyError(f"invalid --chmod={text}", hint="An octal mode is between 0 and 7777.")
        self._changes: list[_Change] = []
        for clause in text.split(",") if self._octal is None else ():
            match = _CLAUSE.fullmatch(clause)
            if match is None:
                raise CopyError(f"invalid --chmod={text}", hint="Write an octal mode, or a symbolic one as u+x,go-w.")
            who = 0
            for letter in match[1]:
                who |= _CLASSES[letter]
            for action in _ACTION.finditer(match[2]):
                self._changes += _changes(who, action[1], action[2])

    @property
    def of_made_directories(self) -> int | None:
        """The mode of the directories above the destination that have to be made; None when they get the usual one."""
        return self._octal & 0o777 & ~ENGINE_UMASK if self._octal is not None else None

    def apply(self, mode: int, *, is_directory: bool) -> int:
        """The mode of a copied file or directory that has `mode` at the source."""
        if self._octal is not None:
            return self._octal
        executable = is_directory or bool(mode & 0o111)
        for change in self._changes:
            mode = change.apply(mode, executable=executable)
        return mode


def _changes(who: int, operator: str, letters: str) -> list[_Change]:
    """What one action of a clause does to a mode. `who` are the bits of the classes before it, 0 for none."""
    changes: list[_Change] = []
    bits = executable = 0
    is_set = False

    def set_or_clear() -> None:
        if operator == "=":
            changes.append(_Change("-", who or _EVERYONE))
        changes.append(_Change("-" if operator == "-" else "+", bits & (who or _ALL)))

    def set_executable() -> None:
        if executable:
            changes.append(_Change("X", executable & (who or _ALL)))

    for letter in letters:
        if letter in _SHIFTS:
            if bits:
                set_or_clear()
            set_executable()
            bits = executable = 0
            is_set = True
            changes.append(_Change(letter, who=who, operator=operator))
        elif letter == "X" and operator != "-":
            executable = _BITS["x"]
        elif letter == "X":
            bits |= _BITS["x"]
        elif letter not in "st" or not who or who & ~_CLASSES["o"]:
            who |= _STICKY if letter == "t" else 0
            bits |= _BITS[letter]
    if bits or (operator == "=" and not is_set):
        set_or_clear()
    set_executable()
    return changes
