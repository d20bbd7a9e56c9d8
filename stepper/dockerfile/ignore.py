"""The ignore file: which paths of the build context `docker build` leaves out.

Read and matched as https://github.com/moby/patternmatcher does for every builder, from the top of the context down. A
rule that has matched a directory holds for all below it. The last rule that matches decides, and one with `!` takes a
path back in, also from within an ignored directory. But a rule is only tried where it would change something: `!docs`
takes back in what `docs` itself or a directory above it lost, not what `**/*.md` ignores within `docs`.
"""

import posixpath
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import field
from functools import cached_property
from typing import NamedTuple

from stepper.dockerfile.globs import match as go_match
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError
from stepper.frozen import frozen

_REGEX_SPECIAL = frozenset(".+()$")
"""What patternmatcher takes the meaning from. It means to do so with `|{}` too, and does not: as soon as a pattern has
a wildcard, these are alternatives and repetitions."""
_NO_REPETITION = re.compile(r"(?<!\\)\{(?=,)")
"""Python takes `{,2}` for a repetition, Go for what it says."""
_GO_ESCAPES = {letter: f"\\{letter}" for letter in "dDwWsSbBafnrtv"} | {"A": "^", "z": r"\Z"}
_WILDCARDS = frozenset("*?[]^\\")

Matcher = Callable[[str], bool]


@frozen
class Rule:
    """One pattern. `text` is the line as written, `line` its number, `pattern` what is matched: clean, without `!`."""

    text: str
    line: int
    pattern: str
    reincludes: bool
    """A rule with `!`."""

    @cached_property
    def matches(self) -> Matcher:
        """Whether the pattern matches exactly this path, nothing above or below it."""
        return _matcher(self.pattern)

    @cached_property
    def fixed_folders(self) -> tuple[str, ...]:
        """The pattern's parts up to the first with a wildcard."""
        parts = self.pattern.split("/")
        plain = next((i for i, part in enumerate(parts) if _WILDCARDS.intersection(part)), len(parts))
        return tuple(parts[:plain])


@frozen
class IgnoreFile:
    """An ignore file's rules in order. Paths are relative to the context, with slashes and without `.` or `..`."""

    rules: tuple[Rule, ...] = ()
    _directories: dict[str, "_Decision"] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What has been decided for directories: most paths share theirs."""

    @classmethod
    def parse(cls, text: str | bytes, name: str = ".dockerignore") -> "IgnoreFile":
        """The rules in the text of an ignore file; `name` is the file's name for messages.

        Raises `DockerfileError` with the line for a pattern that cannot be read.
        """
        if isinstance(text, bytes):
            text = text.decode(errors="surrogateescape")
        rules = (_rule(line, number, name) for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1))
        return cls(tuple(rule for rule in rules if rule is not None))

    @classmethod
    def of_patterns(cls, patterns: Iterable[str]) -> "IgnoreFile":
        """The patterns of COPY's flags: matched alike, but a slash at the start of one is part of it.

        Raises `ValueError` for a pattern that cannot be read.
        """
        rules = (_pattern_rule(pattern.strip(SPACE), pattern, 0) for pattern in patterns)
        return cls(tuple(rule for rule in rules if rule is not None))

    def ignores(self, path: str) -> bool:
        """Whether the file or directory at `path` is left out.

        What lies below an ignored directory may be taken back in: see `may_reinclude_below`.
        """
        rule = self.decide(path)
        return rule is not None and not rule.reincludes

    def decide(self, path: str) -> Rule | None:
        """The rule that decides about a path, whether it ignores it or takes it back in; None where no rule does."""
        last = self._decide(path).last
        return None if last < 0 else self.rules[last]

    def may_reinclude_below(self, directory: str) -> bool:
        """Whether anything below an ignored directory may be taken back in; where not, nobody needs to look into it."""
        last = self._decide_directory(directory).last
        parts = tuple(directory.split("/"))
        return any(
            rule.reincludes and all(a == b for a, b in zip(rule.fixed_folders, parts, strict=False))
            for rule in self.rules[last + 1 :]
        )

    def _decide(self, path: str) -> "_Decision":
        parent = path.rpartition("/")[0]
        above = self._decide_directory(parent).matched if parent else 0
        matched, last, ignored = 0, 0, False
        for bit, reincludes, matches in self._tests:
            if above & bit or (reincludes is ignored and matches(path)):
                matched |= bit
                last, ignored = bit, not reincludes
        return _Decision(matched, last.bit_length() - 1)

    @cached_property
    def _tests(self) -> tuple[tuple[int, bool, Matcher], ...]:
        return tuple((1 << index, rule.reincludes, rule.matches) for index, rule in enumerate(self.rules))

    def _decide_directory(self, path: str) -> "_Decision":
        decided = self._directories.get(path)
        if decided is None:
            decided = self._directories[path] = self._decide(path)
        return decided


class _Decision(NamedTuple):
    """The rules that have matched a path or a directory above it, as bits, and the index of the last, -1 for none."""

    matched: int
    last: int


def _rule(line: str, number: int, name: str) -> Rule | None:
    if line.startswith("#"):
        return None
    written = line.strip(SPACE)
    if not written:
        return None
    pattern = _relative(written[1:].strip(SPACE)) if written.startswith("!") else _relative(written)
    # Blanks and the sign are looked for once more after cleaning: `/!a` takes `a` back in, and `!/` nothing.
    pattern = (f"!{pattern}" if written.startswith("!") else pattern).strip(SPACE)
    try:
        return _pattern_rule(pattern, written, number)
    except ValueError as error:
        raise DockerfileError(str(error), file=name, line=number) from error


def _pattern_rule(pattern: str, written: str, number: int) -> Rule | None:
    """The rule of a pattern without blanks around it, None for an empty one. Raises `ValueError`."""
    if not pattern:
        return None
    pattern = _clean(pattern)
    reincludes = pattern.startswith("!")
    pattern = pattern[1:] if reincludes else pattern
    if not pattern:
        raise ValueError(f"illegal exclusion pattern: {written!r}")
    rule = Rule(written, number, pattern, reincludes)
    try:
        go_match(pattern, ".")
        rule.matches("")
    except (ValueError, re.error) as error:
        raise ValueError(f"invalid pattern {written!r}") from error
    return rule


def _relative(pattern: str) -> str:
    cleaned = _clean(pattern) if pattern else ""
    return cleaned.removeprefix("/") if len(cleaned) > 1 else cleaned


def _clean(path: str) -> str:
    cleaned = posixpath.normpath(path)
    # POSIX keeps two slashes at the start, Go does not.
    return "/" + cleaned.lstrip("/") if cleaned.startswith("/") else cleaned


def _matcher(pattern: str) -> Matcher:
    """The quickest test for a pattern: most are a plain path, `folder/**` or `**/name`."""
    expression, kind = _translated(pattern)
    if kind == "exact":
        return lambda path: path == pattern
    if kind == "prefix":
        prefix = pattern[:-2]
        return lambda path: path.startswith(prefix)
    if kind == "suffix":
        suffix = pattern[2:]
        bare = suffix[1:] if suffix.startswith("/") else None
        return lambda path: path.endswith(suffix) or path == bare
    with warnings.catch_warnings():
        # Python means to change what `[[` says one day; until then it is Go's meaning.
        warnings.simplefilter("ignore", FutureWarning)
        compiled = re.compile(_NO_REPETITION.sub(r"\\{", expression), re.ASCII)
    return lambda path: compiled.search(path) is not None


def _translated(pattern: str) -> tuple[str, str]:
    """The pattern as a regular expression, and its kind: `exact`, `prefix`, `suffix` or `expression`.

    A kind but `expression` says that the pattern's own text is enough. Characters within `[...]` are read like those
    outside, and the expression's ends belong to the first and the last of its alternatives: patternmatcher's way.
    """
    # Bare, Python lets no repetition follow it.
    out = ["(?:^)"]
    kind = "exact"
    position = 0
    while position < len(pattern):
        character = pattern[position]
        first = position == 0
        position += 1
        if character == "*" and pattern.startswith("*", position):
            position += 1
            if pattern.startswith("/", position):
                position += 1
            at_end = position == len(pattern)
            out.append(".*" if at_end else "(?:.*/)?")
            plain_prefix = at_end and kind == "exact"
            kind = "suffix" if first else "prefix" if plain_prefix else "expression"
            continue
        if character == "\\" and position == len(pattern):
            # Put before the `$` that ends the expression, it makes that a literal one and leaves the end open.
            return "".join((*out, r"\$")), "expression"
        if character == "\\":
            out.append(_escaped(pattern, position))
            position += 1
        else:
            out.append(_single(character))
        if character in "*?[]\\":
            kind = "expression"
    return "".join((*out, r"\Z")), kind


def _single(character: str) -> str:
    if character == "*":
        return "[^/]*"
    if character == "?":
        return "[^/]"
    if character in _REGEX_SPECIAL:
        return f"\\{character}"
    return character


def _escaped(pattern: str, position: int) -> str:
    """What a backslash makes of the next character: letters are classes of Go's regular expressions, as `\\d`."""
    character = pattern[position]
    if not character.isascii() or not character.isalnum():
        return re.escape(character)
    if character not in _GO_ESCAPES:
        raise ValueError(f"invalid escape '\\{character}'")
    return _GO_ESCAPES[character]
