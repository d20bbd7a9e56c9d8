"""The build context as the engine sees it: what is included, what the ignore file leaves out and by which rule."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from stepper.debugger.options import BuildOptions
from stepper.debugger.source import read_source
from stepper.dockerfile.ignore import IgnoreFile, Rule
from stepper.engine.context import BuildContext
from stepper.engine.step import ContextSource
from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind


class ContextPath(NamedTuple):
    """Something in the context's folder. `rule` is what decided about it, None where none did.

    A directory counts as included where something in it is.
    """

    path: str
    entry: Entry
    is_included: bool
    rule: Rule | None

    @property
    def is_file(self) -> bool:
        """Whether it counts among the files."""
        return self.entry.kind is not EntryKind.DIRECTORY


class Total(NamedTuple):
    """Files, links and devices, and the bytes of the files."""

    files: int
    size: int


class RuleTotal(NamedTuple):
    """What one rule leaves out."""

    rule: Rule
    total: Total


@frozen
class ContextReport:
    """All of a context's folder, each directory before what is in it.

    `ignore_name` is the path of the ignore file, "" where there is none.
    """

    folder: Path
    ignore_name: str
    paths: tuple[ContextPath, ...]

    @cached_property
    def included(self) -> Total:
        """What a COPY can see."""
        return _total(path for path in self.paths if path.is_included)

    @cached_property
    def ignored(self) -> Total:
        """What the ignore file leaves out."""
        return _total(path for path in self.paths if not path.is_included)

    @cached_property
    def rules(self) -> tuple[RuleTotal, ...]:
        """The rules that ignore something, those first that ignore most."""
        below: dict[Rule, list[ContextPath]] = {}
        for path in self.paths:
            if not path.is_included and path.rule is not None:
                below.setdefault(path.rule, []).append(path)
        totals = (RuleTotal(rule, _total(iter(paths))) for rule, paths in below.items())
        return tuple(sorted(totals, key=lambda each: (-each.total.size, each.rule.line)))


def context_report(options: BuildOptions) -> ContextReport:
    """Look at the whole context of a build, as it is on disk now.

    Raises `UsageError` where the Dockerfile or the ignore file cannot be read, `DockerfileError` for a pattern that is
    none.
    """
    source = read_source(options)
    IgnoreFile.parse(source.ignore, source.ignore_name)
    context = BuildContext(ContextSource(options.context, source.ignore))
    paths = sorted(_below(context), key=lambda each: each.path.split("/"))
    return ContextReport(options.context, source.ignore_name, tuple(paths))


def _below(context: BuildContext) -> Iterator[ContextPath]:
    waiting = [("/", True)]
    while waiting:
        folder, may_be_included = waiting.pop()
        for path, entry, rule in context.all_in(folder):
            is_included = may_be_included and context.entry(path) is not None
            yield ContextPath(path, entry, is_included, rule)
            if entry.kind is EntryKind.DIRECTORY:
                waiting.append((path, is_included))


def _total(paths: Iterator[ContextPath]) -> Total:
    files = size = 0
    for path in paths:
        if path.is_file:
            files += 1
            size += path.entry.size if path.entry.kind is EntryKind.FILE else 0
    return Total(files, size)
