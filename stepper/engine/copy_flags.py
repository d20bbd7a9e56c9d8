"""`--chown` and `--chmod`: the owner and the modes that copied files get."""

import re
from collections.abc import Callable
from typing import NamedTuple

from stepper.engine.copy_error import CopyError

ReadFile = Callable[[str], bytes | None]
"""The content of a file of the image, None when there is none."""

_LARGEST_ID = 2**31 - 1
_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=][rwxXstugo]*)+)")
_ACTION = re.compile(r"([-+=])([rwxXstugo]*)")
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111}
_SHIFTS = {"u": 6, "g": 3, "o": 0}
_CLASSES = {"u": 0o4700, "g": 0o2070, "o": 0o0007, "a": 0o6777}


class Owner(NamedTuple):
    """Ids of a user and a group."""

    uid: int
    gid: int


def find_owner(text: str, read_file: ReadFile) -> Owner:
    """The owner that `user`, `user:group` or ids stand for, by the image's own /etc/passwd and /etc/group.

    Without a group it is the user's own, or the number of the user. As in BuildKit a user that is not known is root, a
    group that is not known counts as none given, and one that is empty is root's.
    """
    user, colon, group = text.partition(":")
    owner = _user(user, read_file) if user or not colon else Owner(0, 0)
    return Owner(owner.uid, _group(group, read_file, otherwise=owner.gid)) if colon else owner


def _user(name: str, read_file: ReadFile) -> Owner:
    number = _number(name)
    if number is not None:
        return Owner(number, number)
    for fields in _records(read_file, "/etc/passwd", 4):
        if fields[0] == name:
            return Owner(_id(fields[2]), _id(fields[3]))
    return Owner(0, 0)


def _group(name: str, read_file: ReadFile, *, otherwise: int) -> int:
    number = _number(name or "root")
    if number is not None:
        return number
    for fields in _records(read_file, "/etc/group", 3):
        if fields[0] == name:
            return _id(fields[2])
    return otherwise


def _number(text: str) -> int | None:
    if text == "root":
        return 0
    return int(text) if re.fullmatch(r"\+?[0-9]+", text) and int(text) <= _LARGEST_ID else None


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _records(read_file: ReadFile, path: str, fields: int) -> list[list[str]]:
    content = read_file(path) or b""
    lines = (line.strip().split(":") for line in content.decode("utf-8", "surrogateescape").split("\n"))
    return [line for line in lines if len(line) >= fields]


class Chmod:
    """The modes that `--chmod` asks for, as an octal number or as chmod(1) writes them.

    Raises `CopyError` for what is no mode.
    """

    def __init__(self, text: str) -> None:
        self._octal = int(text, 8) if re.fullmatch(r"[0-7]+", text) else None
        if self._octal is not None and self._octal > 0o7777:
            raise CopyError(f"invalid --chmod={text}", hint="An octal mode is between 0 and 7777.")
        self._actions: list[tuple[str, str, str]] = []
        for clause in text.split(",") if self._octal is None else ():
            match = _CLAUSE.fullmatch(clause)
            if match is None:
                raise CopyError(f"invalid --chmod={text}", hint="Write an octal mode, or a symbolic one as u+x,go-w.")
            self._actions += [(match[1], action[1], action[2]) for action in _ACTION.finditer(match[2])]

    @property
    def of_made_directories(self) -> int | None:
        """The mode of the directories above the destination that have to be made; None when they get the usual one."""
        return self._octal & 0o777 if self._octal is not None else None

    def apply(self, mode: int, *, is_directory: bool) -> int:
        """The mode of a copied file or directory that has `mode` at the source."""
        if self._octal is not None:
            return self._octal
        executable = is_directory or bool(mode & 0o111)
        for who, operator, permissions in self._actions:
            mode = _changed(mode, who, operator, permissions, executable=executable)
        return mode


def _changed(mode: int, who: str, operator: str, permissions: str, *, executable: bool) -> int:
    """One action of a symbolic mode, with an empty umask. `executable` decides about `X`."""
    mask = 0
    for letter in who or "a":
        mask |= _CLASSES[letter]
    special = bool(set(who or "a") - {"o"})
    bits = 0
    for letter in permissions:
        if letter in _SHIFTS:
            bits |= (mode >> _SHIFTS[letter] & 0o7) * 0o111
        elif letter == "X":
            bits |= 0o111 if executable or operator == "-" else 0
        elif letter == "s":
            bits |= 0o6000 if special else 0
        elif letter == "t":
            bits |= 0o1000 if special else 0
            mask |= 0o1000 if special else 0
        else:
            bits |= _BITS[letter]
    bits &= mask
    if operator == "+":
        return mode | bits
    return mode & ~bits if operator == "-" else mode & ~mask | bits
