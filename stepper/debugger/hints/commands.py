"""A program that was not found: where else it is, in this image and in the other stages that ran."""

from collections.abc import Iterator
from difflib import get_close_matches

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.debugger.hints.output_names import commands_not_found
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Listing
from stepper.text import printable

KIND = "command"
_EXECUTABLE = 0o111
_MOST_NAMES = 3
_SIMILAR = 0.75
"""How alike two names have to be, as difflib measures it."""


def hints(facts: Facts) -> Iterator[Hint]:
    """For each of the first few names: outside of the PATH, in another stage, or one that is spelt like it."""
    for name in commands_not_found(facts.text)[:_MOST_NAMES]:
        if "/" not in name:
            yield from _about(name, facts)


def _about(name: str, facts: Facts) -> Iterator[Hint]:
    shown = printable(name)
    on_path = [f"{folder.rstrip('/')}/{name}" for folder in facts.search_path]
    if any(facts.real_path(path) for path in on_path):
        return
    elsewhere = [path for path in _programs(name, facts.listing) if path not in on_path]
    if elsewhere:
        folder = elsewhere[0].rpartition("/")[0] or "/"
        text = f"{shown} is at {printable(elsewhere[0])}, and PATH does not name {printable(folder)}"
        yield Hint(KIND, text, step=facts.record.id, path=elsewhere[0])
    found_in_stage = False
    for stage in facts.other_stages:
        for path in _programs(name, stage.listing)[:1]:
            found_in_stage = True
            text = f"{shown} is in the stage {printable(stage.label)} ({printable(path)}), not in this one"
            yield Hint(KIND, text, stage.record.instruction.line, stage.record.id, path)
    if not elsewhere and not found_in_stage:
        known = {path.rpartition("/")[2] for path in facts.listing if path.rpartition("/")[0] in facts.search_path}
        similar = get_close_matches(name, known, n=1, cutoff=_SIMILAR)
        said = f"no folder of PATH has a program {shown}, and no stage that has run does"
        yield Hint(KIND, f"{said}; there is one called {printable(similar[0])}" if similar else said)


def _programs(name: str, listing: Listing) -> list[str]:
    """The programs of that name, those in folders called `bin` or `sbin` first."""
    end = f"/{name}"
    found = [path for path, entry in listing.items() if path.endswith(end) and _is_program(entry)]
    return sorted(found, key=lambda path: (not path.rpartition("/")[0].endswith("bin"), len(path), path))


def _is_program(entry: Entry) -> bool:
    is_file = entry.kind is EntryKind.FILE and bool(entry.mode & _EXECUTABLE)
    return is_file or entry.kind is EntryKind.SYMLINK
