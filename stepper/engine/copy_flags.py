"""`--chown`: the owner that copied files get."""

import re
from collections.abc import Callable
from typing import NamedTuple

ReadFile = Callable[[str], bytes | None]
"""The content of a file of the image, None when there is none."""

_LARGEST_ID = 2**31 - 1
_UNCHANGED = -1
"""The id that chown(2) takes for "as it is"; what is copied belongs to root at first."""


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
    if not re.fullmatch(r"[-+]?[0-9]+", text) or not -_LARGEST_ID - 1 <= int(text) <= _LARGEST_ID:
        return None
    return 0 if int(text) == _UNCHANGED else int(text) % 2**32


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _records(read_file: ReadFile, path: str, fields: int) -> list[list[str]]:
    content = read_file(path) or b""
    lines = (line.strip().split(":") for line in content.decode("utf-8", "surrogateescape").split("\n"))
    return [line for line in lines if len(line) >= fields]
