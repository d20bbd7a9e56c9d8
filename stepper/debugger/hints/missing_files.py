"""A file that is not there: kept out by the ignore file, written with other letters, or in another directory."""

import os
import posixpath
from collections.abc import Iterator

from stepper.debugger.copied_from import below_destination
from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.debugger.hints.output_names import commands_not_found, files_not_found
from stepper.debugger.state import StepRecord
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.file_tree import clean
from stepper.engine.step import ContextSource
from stepper.errors import StepperError
from stepper.image.entry import EntryKind
from stepper.text import printable

KIND = "missing file"
_MOST_NAMES = 3
_MOST_PLACES = 2
_NOT_LOOKED_AT = ("/proc/", "/sys/", "/dev/", "/usr/share/", "/usr/lib/", "/lib/")


def hints(facts: Facts) -> Iterator[Hint]:
    """What is known of the first few names that the command looked for in vain."""
    commands = commands_not_found(facts.text)
    names = [name for name in files_not_found(facts.text) if "/" in name or name not in commands]
    for name in names[:_MOST_NAMES]:
        path = facts.absolute(name)
        if facts.entry(path) is None:
            yield from list(_about(path, facts))


def _about(path: str, facts: Facts) -> Iterator[Hint]:
    ignored = list(_kept_out(path, facts))
    if ignored:
        yield from ignored
        return
    other_letters = [each for each in facts.listing if each.lower() == path.lower() and each != path]
    if other_letters:
        text = f"there is no {printable(path)}, but {printable(other_letters[0])}: case counts"
        yield Hint(KIND, text, step=facts.record.id, path=other_letters[0])
        return
    name = posixpath.basename(path)
    elsewhere = [
        each
        for each, entry in facts.listing.items()
        if each.endswith(f"/{name}") and not each.startswith(_NOT_LOOKED_AT) and entry.kind is not EntryKind.DIRECTORY
    ]
    for each in sorted(elsewhere, key=lambda each: (each.count("/"), each))[:_MOST_PLACES]:
        text = f"there is no {printable(path)}, but {printable(each)}"
        yield Hint(KIND, text, step=facts.record.id, path=each)
    if not elsewhere:
        yield from _in_context(path, facts)


def _kept_out(path: str, facts: Facts) -> Iterator[Hint]:
    """The rule of the ignore file by which a COPY of this stage left the file out."""
    for record, place, inside in _places(path, facts):
        if not os.path.lexists(place.folder / inside) or not place.ignore:
            continue
        try:
            rule = IgnoreFile.parse(place.ignore, facts.ignore_name).decide(inside)
        except StepperError:
            continue
        if rule is not None and not rule.reincludes:
            text = (
                f"{printable(inside)} is in the build context, but {printable(facts.ignore_name)}:{rule.line} keeps it "
                f"out: {printable(rule.text)}"
            )
            yield Hint(KIND, text, record.instruction.line)
            return


def _in_context(path: str, facts: Facts) -> Iterator[Hint]:
    """Where a COPY would have taken it from, what is there: nothing, or a name of other letters."""
    for record, place, inside in _places(path, facts):
        parent, name = os.path.split(place.folder / inside)
        line = record.instruction.line
        try:
            names = os.listdir(parent)
        except OSError:
            names = []
        other = next((each for each in names if each.lower() == name.lower() and each != name), None)
        if other is not None:
            yield Hint(KIND, f"the build context has {printable(other)}, not {printable(name)}: case counts", line)
        elif not os.path.lexists(place.folder / inside):
            yield Hint(KIND, f"the build context has no {printable(inside)} that line {line} could copy", line)
        return


def _places(path: str, facts: Facts) -> Iterator[tuple[StepRecord, ContextSource, str]]:
    """Each COPY that could have brought in a path, and which path of its context that would be."""
    for record, place in facts.copies:
        operation = record.step.operation if record.step is not None else None
        if not isinstance(operation, CopyOperation) or record.before is None:
            continue
        rest = below_destination(operation, record.before.config.working_dir, path)
        if rest is None:
            continue
        for source in operation.sources:
            start = clean(source).lstrip("/")
            if os.path.isdir(place.folder / start):
                yield record, place, posixpath.join(start, rest)
            elif posixpath.basename(start) == posixpath.basename(path):
                yield record, place, start
