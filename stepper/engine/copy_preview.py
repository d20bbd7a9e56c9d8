"""Works out what a COPY or ADD does, file by file, without doing it: what `copying` sends, and what it leaves out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stepper.dockerfile import globs
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.operations import CopyOperation, InlineFile
from stepper.dockerfile.sources import parse_sources
from stepper.engine.context import BuildContext
from stepper.engine.copy_digest import Reading
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_plan import Nothing, Planned, Rules, Target, make_directories, plan_copy
from stepper.engine.copy_record import Check, CopiedFile, CopyRecord, KeptOut, KeptOutBy, Origin, go_on
from stepper.engine.copy_sources import Source, selected_sources
from stepper.engine.copying import inline_tree
from stepper.engine.file_tree import FileTree, ListingTree, clean, follow, join
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.step import ContextSource
from stepper.engine.unpacking import is_archive, unpack
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Listing

LARGEST_ARCHIVE = 64 << 20
"""Bytes of an archive up to which its members are looked at: all of it has to be read for that."""

CHECKED_FILES = 256
"""So many files are worked out between two looks at whether to stop."""


class PreviewTarget(Target):
    """A filesystem that is copied into, which remembers what is written where, and over what."""

    def __init__(self, before: Listing, tree: ListingTree, now_ns: int, *, on_top: bool) -> None:
        super().__init__(before, Nothing() if on_top else tree, now_ns, on_top=on_top)
        self._there = before
        self._removed: dict[str, Entry | None] = {}
        self.written: dict[str, Entry | None] = {}
        """What was there before, by the path of everything that was written and is no directory."""

    def put(self, path: str, entry: Entry) -> None:
        """Write an entry."""
        before = self.entry(path) or self._removed.pop(path, None) or self._there.get(path)
        super().put(path, entry)
        if entry.kind is not EntryKind.DIRECTORY:
            self.written.pop(path, None)
            self.written[path] = before

    def remove(self, path: str) -> None:
        """Take away whatever is at a path."""
        self._removed[path] = self.entry(path)
        super().remove(path)


def in_context(operation: CopyOperation, source: ContextSource) -> tuple[list[Reading], list[str]]:
    """The sources that are in a folder of this machine, and those that have to be fetched first."""
    parsed = parse_sources(operation.sources, checksum=operation.checksum, keep_git_dir=operation.keep_git_dir)
    local = tuple(each for each in parsed if isinstance(each, str))
    both = zip(operation.sources, parsed, strict=True)
    remote = [without_credentials(text) for text, each in both if not isinstance(each, str)]
    return [Reading(replace(operation, sources=local), BuildContext(source))] if local else [], remote


def preview(
    operation: CopyOperation,
    source: FileTree | Sequence[Reading],
    target: PreviewTarget,
    *,
    destination: str,
    rules: Rules,
    not_fetched: Iterable[str] = (),
    check: Check = go_on,
) -> CopyRecord:
    """What an operation copies from a tree, or from folders of this machine, to an absolute destination.

    What `check` raises goes through. An error of the user's is in the record, with what is copied before it.
    """
    work = _Preview(target, destination, rules, check)
    try:
        if isinstance(source, Sequence):
            for part in source:
                work.copy_context(part)
        else:
            work.copy_tree(operation, source)
        for file in operation.inline_files:
            work.copy_inline(file)
    except CopyError as error:
        return work.record(not_fetched, error)
    return work.record(not_fetched, None)


class _Preview:
    """Goes through an operation's sources as `copying.copy` does."""

    def __init__(self, target: PreviewTarget, destination: str, rules: Rules, check: Check) -> None:
        self._check = check
        self._target = target
        self._destination = destination
        self._rules = rules
        self._files: list[CopiedFile] = []
        self._kept_out: dict[str, KeptOut] = {}

    def record(self, not_fetched: Iterable[str], error: CopyError | None) -> CopyRecord:
        """All that was found."""
        return CopyRecord(
            tuple(self._files),
            tuple(self._kept_out.values()),
            tuple(not_fetched),
            error.message if error is not None else None,
            error.hint if error is not None else None,
        )

    def copy_context(self, part: Reading) -> None:
        """From a folder of this machine."""
        operation, context = part.operation, part.context
        self._keep_out(_outside_globs(context, operation))
        for source in selected_sources(context, operation):
            place = follow(context, source.path)
            if operation.unpack and is_archive(context, place):
                self._unpack(context, place)
                continue
            self._keep_out(_left_out(context, source))
            self._copy(
                plan_copy(
                    context,
                    source.path,
                    self._target,
                    self._destination,
                    self._rules,
                    source.selection,
                    whole=part.whole,
                )
            )

    def copy_tree(self, operation: CopyOperation, tree: FileTree) -> None:
        """From a snapshot."""
        self._keep_out(_outside_globs(tree, operation))
        for source in selected_sources(tree, operation):
            self._keep_out(_left_out(tree, source))
            self._copy(plan_copy(tree, source.path, self._target, self._destination, self._rules, source.selection))

    def copy_inline(self, file: InlineFile) -> None:
        """A heredoc."""
        tree = inline_tree(file, self._target.now_ns)
        planned = plan_copy(tree, tree.path, self._target, self._destination, self._rules)
        self._copy(planned, Origin.HEREDOC)

    def _copy(self, planned: Iterator[Planned], origin: Origin = Origin.FILE) -> None:
        for file in planned:
            if not len(self._files) % CHECKED_FILES:
                self._check()
            before = self._target.written[file.destination]
            self._files.append(CopiedFile(file.source, file.destination, file.entry, before, origin))

    def _unpack(self, context: BuildContext, place: str) -> None:
        target = self._target
        folder = follow(target, self._destination)
        make_directories(target, folder, owner=self._rules.owner)
        archive = context.entry(place)
        assert archive is not None, "an archive is a file"
        if archive.size > LARGEST_ARCHIVE:
            self._files.append(CopiedFile(place, folder, archive, origin=Origin.ARCHIVE))
            return
        earlier, target.written = target.written, {}
        for _ in unpack(context, place, target, folder, self._rules.owner, lambda _: self._check()):
            pass
        for path, before in target.written.items():
            entry = target.entry(path)
            if entry is not None:
                self._files.append(CopiedFile(place, path, entry, before, Origin.MEMBER))
        target.written = earlier | target.written

    def _keep_out(self, found: Iterable[KeptOut]) -> None:
        for each in found:
            self._kept_out.setdefault(each.path, each)


def _left_out(tree: FileTree, source: Source) -> Iterator[KeptOut]:
    """What the ignore file and `--exclude` leave out below a source; not what is below a directory that is left out."""
    root = follow(tree, source.path)
    exclude = source.selection.exclude
    waiting = [(root, "")]
    while waiting:
        path, relative = waiting.pop()
        entry = tree.entry(path)
        if entry is None or entry.kind is not EntryKind.DIRECTORY:
            continue
        if isinstance(tree, BuildContext):
            yield from _ignored(tree, path)
        below: list[tuple[str, str]] = []
        for name in tree.names(path):
            inner = f"{relative}/{name}" if relative else name
            place = join(path, name)
            found = tree.entry(place)
            if found is None:
                continue
            if exclude is not None and exclude.ignores(inner):
                rule = exclude.decide(inner)
                assert rule is not None, "a rule ignores it"
                above = exclude.decide(relative) if relative else None
                if rule is not above:
                    yield KeptOut(place, found, KeptOutBy.EXCLUDE, rule.text)
                if not _may_come_back(exclude):
                    continue
            if found.kind is EntryKind.DIRECTORY:
                below.append((place, inner))
        waiting += reversed(below)


def _may_come_back(exclude: IgnoreFile) -> bool:
    return any(rule.reincludes for rule in exclude.rules)


def _ignored(context: BuildContext, folder: str) -> Iterator[KeptOut]:
    for path, entry, rule in context.ignored_in(folder):
        yield KeptOut(path, entry, KeptOutBy.IGNORE_FILE, rule.text, rule.line)


def _outside_globs(tree: FileTree, operation: CopyOperation) -> Iterator[KeptOut]:
    """What lies beside the files that the globs among the sources match, and does not match."""
    if operation.parents:
        return
    matched: set[str] = set()
    missed: list[KeptOut] = []
    for text in operation.sources:
        parts = [part for part in clean(text).split("/") if part]
        first = next((index for index, part in enumerate(parts) if globs.has_wildcards(part)), len(parts))
        folder = follow(tree, "/" + "/".join(parts[:first]))
        if first == len(parts):
            matched.add(folder)
            continue
        entry = tree.entry(folder)
        if entry is not None and entry.kind is EntryKind.DIRECTORY:
            missed += _missed(tree, folder, parts[first:], text, matched)
    yield from (each for each in missed if each.path not in matched)


def _missed(tree: FileTree, folder: str, parts: Sequence[str], text: str, matched: set[str]) -> Iterator[KeptOut]:
    if isinstance(tree, BuildContext):
        yield from (each for each in _ignored(tree, folder) if _matches(parts[0], each.path))
    for name in tree.names(folder):
        path = join(folder, name)
        entry = tree.entry(path)
        if entry is None:
            continue
        if not _matches(parts[0], path):
            yield KeptOut(path, entry, KeptOutBy.GLOB, text)
            continue
        matched.add(path)
        if len(parts) > 1 and entry.kind is EntryKind.DIRECTORY:
            yield from _missed(tree, path, parts[1:], text, matched)


def _matches(pattern: str, path: str) -> bool:
    try:
        return globs.match(pattern, path.rpartition("/")[2])
    except ValueError as error:
        raise CopyError(f"{pattern} is no valid pattern: {error}") from error
