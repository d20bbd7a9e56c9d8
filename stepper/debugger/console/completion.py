"""What the last word of a console line can become. Pure."""

import posixpath
import re
from collections.abc import Iterable, Mapping

from stepper.debugger.conditions.vocabulary import VOCABULARY
from stepper.debugger.console.words import COMMANDS, KEYWORDS
from stepper.image.entry import Entry, EntryKind

_MOST = 200


def candidates(
    line: str,
    environment: Mapping[str, str],
    arguments: Iterable[str],
    listing: Mapping[str, Entry],
    working_dir: str,
) -> list[str]:
    """What the last word can become: sorted, a directory with a slash behind it, at most 200.

    A variable after `$`, the language of conditions after `p`, the console's words and programs on PATH for the first
    word, else paths. Of a word like `--file=/et` the part behind the `=` counts.
    """
    word = re.split(r"[\s=:\"'(]", line)[-1]
    first = not line[: len(line) - len(word)].strip()
    if re.match(r"\s*p(rint)?\s", line):
        found = _paths(word, listing, "/") if word.startswith("/") else _language(environment, arguments)
    elif "$" in word:
        before, brace, _ = re.match(r"(.*\$)(\{?)(.*)", word).groups()  # type: ignore[union-attr]  # it has a dollar
        found = [f"{before}{brace}{name}{'}' if brace else ''}" for name in environment]
    elif first and "/" not in word:
        found = [*COMMANDS, *KEYWORDS, *_programs(listing, environment.get("PATH", ""))]
    else:
        found = _paths(word, listing, working_dir or "/")
    return sorted({each for each in found if each.startswith(word) and each != word})[:_MOST]


def _language(environment: Iterable[str], arguments: Iterable[str]) -> list[str]:
    return [
        *(f"{word.name}(" if word.parameters is not None else word.name for word in VOCABULARY if word.key is None),
        *(f"env.{name}" for name in environment),
        *(f"arg.{name}" for name in arguments),
    ]


def _programs(listing: Mapping[str, Entry], path: str) -> list[str]:
    folders = {folder.rstrip("/") for folder in path.split(":")}
    return [
        name.rpartition("/")[2]
        for name, entry in listing.items()
        if name.rpartition("/")[0] in folders and entry.kind is not EntryKind.DIRECTORY
    ]


def _paths(word: str, listing: Mapping[str, Entry], working_dir: str) -> list[str]:
    """The entries of the directory that the word is in, written as the word is."""
    shown, _, _ = word.rpartition("/")
    shown = f"{shown}/" if "/" in word else ""
    folder = posixpath.normpath(posixpath.join(working_dir, shown)).rstrip("/")
    found = []
    for name, entry in listing.items():
        above, _, last = name.rpartition("/")
        if above == folder and last:
            found.append(f"{shown}{last}{'/' if entry.kind is EntryKind.DIRECTORY else ''}")
    return found
