"""Which paths a filter leaves: a small language of words that all have to hold. Pure.

passwd          the path has this in it, in any case of letters unless it has capitals
*.py  /etc/**   the name, or with a slash the whole path, is like that: `*` and `?` stay within a name
+ ~ -           what was added, modified, deleted; several together are one of them
>10MB  <=4kB    files by size, in bytes or kB, MB, GB
"a b"           text with a blank in it
"""

import re

from stepper.errors import UsageError
from stepper.frozen import frozen
from stepper.image.layer import ChangeKind

_WORD = re.compile(r'"([^"]*)"?|(\S+)')
_SIZE = re.compile(r"([<>]=?)(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_MARKS = {kind.value: kind for kind in ChangeKind}
_GLOB = re.compile(r"\*\*/?|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)


@frozen
class PathFilter:
    """One filter; one without words leaves everything. `text` is as it was typed."""

    text: str = ""
    kinds: frozenset[ChangeKind] = frozenset()
    least: float = 0
    most: float | None = None
    texts: tuple[str, ...] = ()
    globs: tuple[re.Pattern[str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kinds or self.texts or self.globs or self.by_size)

    @property
    def by_size(self) -> bool:
        """Whether it asks for sizes: then only files are left."""
        return self.least > 0 or self.most is not None

    def matches(self, path: str, kind: ChangeKind | None, size: int | None) -> bool:
        """Whether it leaves a path. `kind` is None for what did not change, `size` is None for what is no file."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.by_size and (size is None or size < self.least or (self.most is not None and size > self.most)):
            return False
        if self.texts:
            lower = path.lower()
            if not all(text in (lower if text.lower() == text else path) for text in self.texts):
                return False
        return all(glob.fullmatch(path) for glob in self.globs)


NO_FILTER = PathFilter()


def parse_filter(text: str) -> PathFilter:
    """Read a filter. Raises `UsageError` that says which word is wrong, and how to write it."""
    kinds: set[ChangeKind] = set()
    least, most = 0.0, None
    texts: list[str] = []
    globs: list[re.Pattern[str]] = []
    for quoted, word in _WORD.findall(text):
        if not word:
            texts += [quoted] if quoted else []
        elif set(word) <= _MARKS.keys():
            kinds.update(_MARKS[mark] for mark in word)
        elif word[0] in "<>":
            at_least, at_most = _size_range(word)
            least = max(least, at_least)
            most = at_most if most is None or (at_most is not None and at_most < most) else most
        elif is_glob(word):
            globs.append(compile_glob(word))
        else:
            texts.append(word)
    return PathFilter(text, frozenset(kinds), least, most, tuple(texts), tuple(globs))


def _size_range(word: str) -> tuple[float, float | None]:
    found = _SIZE.fullmatch(word)
    if found is None:
        raise UsageError(f"{word} is no size: write >10MB or <4kB")
    sign, number, unit = found.groups()
    size = float(number) * _UNITS[unit.lower()]
    if sign[0] == ">":
        return (size if sign == ">=" else size + 1), None
    return 0, (size if sign == "<=" else size - 1)


def is_glob(word: str) -> bool:
    """Whether a word has something in it that stands for other names."""
    return any(sign in word for sign in "*?[")


def compile_glob(word: str) -> re.Pattern[str]:
    """A pattern for whole paths: without a slash it is for the last name, without one at its start for any folder.

    Raises `UsageError` for a bracket that is not closed.
    """
    parts = []
    for piece in _GLOB.findall(word):
        match piece:
            case "**/":
                parts.append("(?:.*/)?")
            case "**":
                parts.append(".*")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case "[":
                raise UsageError(f"{word} has a [ without its ]")
            case _ if piece[0] == "[":
                parts.append(_class(word, piece))
            case _:
                parts.append(re.escape(piece))
    start = "" if word.startswith("/") else "(?:.*/)?"
    return re.compile(start + "".join(parts), re.DOTALL)


def _class(word: str, piece: str) -> str:
    inside = piece[1:-1]
    negated = inside.startswith("!")
    inside = inside.removeprefix("!").replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("^", "\\^")
    for sign in ("&&", "||", "~~", "--"):
        inside = inside.replace(sign, "\\".join(("", *sign)))
    try:
        return re.compile(f"[{'^/' if negated else ''}{inside}]").pattern
    except re.error:
        raise UsageError(f"{piece} in {word} is no set of characters: write [a-z]") from None
