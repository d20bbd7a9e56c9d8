"""The wildcards of COPY and ADD: Go's `filepath.Match`.

`*` is any number of characters but `/`, `?` one of them, `[a-z]` and `[^a-z]` one out of a class (which may be a `/`),
and a backslash makes the next character ordinary. There is no `**`. A malformed pattern is an error, never a literal,
unless the name already fails at a piece before: Go reads a pattern only as far as it gets.
"""

from dataclasses import dataclass
from functools import lru_cache


class _MalformedError(Exception):
    """A `[` is not closed, a class is empty, or a backslash is the last character."""


@dataclass(frozen=True, slots=True)
class _One:
    """Matches one character: within one of the ranges, or with `inverted` in none of them."""

    ranges: tuple[tuple[str, str], ...]
    inverted: bool = False

    def matches(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) != self.inverted


_ANY_BUT_SLASH = _One((("/", "/"),), inverted=True)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A piece of a pattern without stars, and whether a star stands before it."""

    star: bool
    parts: tuple[_One, ...]
    malformed: bool = False

    def end_of_match(self, name: str, start: int) -> int | None:
        """Where the match that begins at `start` ends, None without one."""
        end = start + len(self.parts)
        if end > len(name):
            return None
        matched = all(part.matches(name[start + offset]) for offset, part in enumerate(self.parts))
        return end if matched else None


def match(pattern: str, name: str) -> bool:
    """Whether the whole name matches the pattern. Raises `ValueError` for a malformed pattern."""
    chunks = _compiled(pattern)
    position = 0
    for index, chunk in enumerate(chunks):
        if chunk.malformed:
            raise ValueError(f"syntax error in pattern {pattern!r}")
        is_last = index == len(chunks) - 1
        if chunk.star and not chunk.parts:
            return "/" not in name[position:]
        end = chunk.end_of_match(name, position)
        if end is not None and not (is_last and end < len(name)):
            position = end
            continue
        found = _after_star(chunk, name, position, is_last) if chunk.star else None
        if found is None:
            return False
        position = found
    return position == len(name)


def has_wildcards(path: str) -> bool:
    """Whether the path holds a character that makes it a pattern; one after a backslash is an ordinary one."""
    escaped = False
    for character in path:
        if not escaped and character in "*?[":
            return True
        escaped = character == "\\" and not escaped
    return False


def _after_star(chunk: _Chunk, name: str, position: int, is_last: bool) -> int | None:
    """The end of the chunk's first match behind one or more characters that its star takes."""
    for start in range(position + 1, len(name) + 1):
        if name[start - 1] == "/":
            return None
        end = chunk.end_of_match(name, start)
        if end is not None and not (is_last and end < len(name)):
            return end
    return None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[_Chunk, ...]:
    chunks: list[_Chunk] = []
    star = False
    parts: list[_One] = []
    position = 0
    while position < len(pattern):
        if pattern[position] == "*":
            if parts:
                chunks.append(_Chunk(star, tuple(parts)))
                parts = []
            star = True
            position += 1
            continue
        try:
            part, position = _part(pattern, position)
        except _MalformedError:
            return (*chunks, _Chunk(star, tuple(parts), malformed=True))
        parts.append(part)
    if parts or star:
        chunks.append(_Chunk(star, tuple(parts)))
    return tuple(chunks)


def _part(pattern: str, position: int) -> tuple[_One, int]:
    """What the character or the class at the position matches, and the position after it."""
    character = pattern[position]
    if character == "?":
        return _ANY_BUT_SLASH, position + 1
    if character == "[":
        return _class(pattern, position + 1)
    character, position = _literal(pattern, position)
    return _One(((character, character),)), position


def _class(pattern: str, position: int) -> tuple[_One, int]:
    inverted = pattern.startswith("^", position)
    position += inverted
    ranges: list[tuple[str, str]] = []
    while not (ranges and pattern.startswith("]", position)):
        low, position = _class_character(pattern, position)
        high = low
        if pattern.startswith("-", position):
            high, position = _class_character(pattern, position + 1)
        ranges.append((low, high))
    return _One(tuple(ranges), inverted), position + 1


def _class_character(pattern: str, position: int) -> tuple[str, int]:
    if pattern.startswith(("-", "]"), position):
        raise _MalformedError
    character, position = _literal(pattern, position)
    if position == len(pattern):
        raise _MalformedError
    return character, position


def _literal(pattern: str, position: int) -> tuple[str, int]:
    if pattern.startswith("\\", position):
        position += 1
    if position >= len(pattern):
        raise _MalformedError
    return pattern[position], position + 1
