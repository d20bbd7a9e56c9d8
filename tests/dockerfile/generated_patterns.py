"""Generated patterns of COPY's sources and of ignore files, with names that some of them match; by seed."""

from collections.abc import Iterator
from random import Random

NAMES = (
    *(
        "a",
        "b",
        "ab",
        "abc",
        "ba",
        "aab",
        "c.txt",
        "a.b.c",
        ".a",
        "-",
        "a-b",
        "a^",
        "b]",
        "[ab]",
        "a*",
        "a?b",
        "!a",
        "~",
    ),
    *("é", "aé", "b{1}", "(a)", "a+b", "b|a", "a b", "\\", "a\\b", "A", "9", "a,b", "#a", "_", "dd", "w1"),
)
"""Names of one part of a path. None holds a quote, a `$` or a backtick: those are for other tests."""
_PIECES = (
    *("a", "b", "c", ".", "txt", "ab", "é", "-", "9", "A", "x", "]", "^", "!", "{1}", "(", "+", "|", ",", "~", "_"),
    *("*", "*", "*", "?", "?", "**", "\\*", "\\[", "\\\\", "\\a", "\\?", "\\d", "\\w"),
    *("[ab]", "[a-c]", "[^a]", "[^a-b]", "[\\]a]", "[a\\-b]", "[.-9]", "[é]", "[!a]", "[^\\\\]", "[", "[]a]", "[b-a]"),
)


def part(random: Random) -> str:
    """A pattern of one part of a path. It may be malformed."""
    if random.random() < 0.3:
        return random.choice([name for name in NAMES if not set(name) & set("[]*?\\")])
    return "".join(random.choice(_PIECES) for _ in range(random.choice((1, 1, 2, 2, 3))))


def rules(random: Random, folder: str = "") -> list[str]:
    """The rules of an ignore file about what is in a folder, which has no final slash; some take paths back in."""
    return list(_rules(random, folder))


def _rules(random: Random, folder: str) -> Iterator[str]:
    for _ in range(random.randint(1, 4)):
        pattern = "/".join(_place(random) for _ in range(random.choice((1, 1, 2, 2, 3))))
        ending = random.choice(("", "", "", "/", "/**", "/.", "/*"))
        sign = "!" if random.random() < 0.3 else ""
        yield f"{sign}{folder}/{pattern}{ending}" if folder else f"{sign}{pattern}{ending}"


def _place(random: Random) -> str:
    return random.choice(("**", "*", ".", "..")) if random.random() < 0.2 else part(random)


def paths(random: Random, number: int) -> list[str]:
    """Files, some in folders within folders; no file is a folder as well."""
    found: list[str] = []
    while len(found) < number:
        path = "/".join(random.choice(NAMES) for _ in range(random.choice((1, 2, 2, 3, 4))))
        if not any(path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/") for other in found):
            found.append(path)
    return found
