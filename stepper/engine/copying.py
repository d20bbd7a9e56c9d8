"""COPY, ADD and WORKDIR: the files of a step brought into a container on the snapshot before it."""

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from stepper.dockerfile.globs import has_wildcards
from stepper.dockerfile.operations import CopyOperation, InlineFile
from stepper.engine.archive_writer import from_archive, from_context, from_inline
from stepper.engine.copy_digest import Reading
from stepper.engine.copy_error import CopyError
from stepper.engine.copy_flags import ReadFile, find_owner
from stepper.engine.copy_modes import Chmod
from stepper.engine.copy_plan import Nothing, Planned, Rules, Target, absolute, make_directories, plan_copy
from stepper.engine.copy_sources import selected_sources
from stepper.engine.file_tree import ListingTree, clean, follow, parent
from stepper.engine.hidden_files import HIDDEN, MOUNT_POINTS, HiddenFile
from stepper.engine.own_files import SETTINGS
from stepper.engine.protocol import Report
from stepper.engine.still_container import StillContainer
from stepper.engine.unlisted_files import UnlistedFiles
from stepper.engine.unpacking import is_archive, unpack
from stepper.engine.upload import Upload
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Layer, Listing

_SECOND = 1_000_000_000
_INLINE_MODE = 0o644


class SnapshotFiles(NamedTuple):
    """The files of a snapshot: what there is, and the container to read them from or to write them into.

    `unlisted` tells of the files that are not in the listing; only what is copied from needs it.
    """

    listing: Listing
    container: StillContainer
    unlisted: Callable[[], UnlistedFiles]

    def tree(self) -> ListingTree:
        """To look things up in."""
        return ListingTree(self.listing, self.container.read_link)

    def whole_tree(self, unlisted: UnlistedFiles) -> ListingTree:
        """The same with what a listing leaves out; it has the files that containers hide where they are not known."""
        listing = {**unlisted.mount_points, **self.listing}
        if unlisted.settings is not None:
            listing[SETTINGS] = unlisted.settings
        known = {path: file.entry for path, file in (unlisted.hidden or {}).items()}
        for path in HIDDEN if unlisted.hidden is not None else ():
            # An engine puts no file over a link, but over what that leads to.
            if path not in known and _is_file(listing.get(path)):
                del listing[path]
        # Podman's archives have no owners: what a step told of its file goes first.
        return ListingTree({**known, **listing}, self.container.read_link)

    def accounts(self, *, linked: bool = False) -> ReadFile:
        """What reads the files in which the names of users and groups are looked up.

        It raises `CopyError` where BuildKit cannot look either: with `--link`, and in an image without any files.
        """
        tree = self.tree()

        def read(path: str) -> bytes | None:
            if linked or self.listing.keys() <= {"/"}:
                why = "--link reads nothing of the image" if linked else "the image has no files yet"
                raise CopyError(f"a name cannot be looked up in {path}: {why}", hint="Write the ids as numbers.")
            place = follow(tree, path)
            entry = tree.entry(place)
            if entry is not None and entry.kind is EntryKind.DIRECTORY:
                raise CopyError(f"a name cannot be looked up in {path}: it is a directory")
            return self.container.read_file(place) if entry is not None else None

        return read


def copy(
    operation: CopyOperation,
    source: SnapshotFiles | Sequence[Reading],
    into: SnapshotFiles,
    *,
    working_dir: str,
    can_link: bool,
    report: Report,
    check: Callable[[], None],
) -> Layer:
    """Run a COPY or ADD in a container on the snapshot before it, which is then to be committed; the layer.

    `source` is the snapshot that is copied from, or the folders of this machine with what is copied from each.
    `can_link` tells an engine whose BuildKit puts what `--link` copies on top of what is there; as in BuildKit that is
    not done with `--chmod`. `check` is called often while files are sent, and may raise to stop. Raises `CopyError`
    where BuildKit fails too; the container is then of no use any more.
    """
    on_top = operation.link and can_link and not operation.chmod
    owner = find_owner(operation.chown, into.accounts(linked=on_top)) if operation.chown else None
    rules = Rules(owner, Chmod(operation.chmod) if operation.chmod else None)
    destination = absolute(operation.destination, working_dir)
    upload = _upload(into, report, check, on_top=on_top)
    if isinstance(source, SnapshotFiles):
        _copy_snapshot(operation, source, upload, destination, rules)
    else:
        for part in source:
            _copy_context(part, upload, destination, rules)
    for file in operation.inline_files:
        _copy_inline(file, upload, destination, rules)
    upload.flush()
    return upload.target.layer()


def has_directory(path: str, listing: Listing) -> bool:
    """Whether a WORKDIR's directory certainly exists, so that there is nothing to do."""
    entry = listing.get(clean(path))
    return entry is not None and entry.kind is EntryKind.DIRECTORY


def make_working_directory(
    path: str, user: str, into: SnapshotFiles, *, report: Report, source_date: int | None = None
) -> Layer:
    """Run a WORKDIR: make the directory as far as it is missing. As in BuildKit it belongs to the user that USER names.

    `source_date` is the time that it gets, in seconds, None for now; the directories above it are always made now.

    Raises `CopyError` when the path leads through a file.
    """
    upload = _upload(into, report, lambda: None)
    place = follow(upload.target, path)
    missing = upload.target.entry(place) is None
    owner = find_owner(user, into.accounts()) if user and missing else None
    made_ns = None if source_date is None else source_date * _SECOND
    make_directories(upload.target, place, owner=owner, made_ns=made_ns)
    upload.flush()
    return upload.target.layer()


def _upload(into: SnapshotFiles, report: Report, check: Callable[[], None], *, on_top: bool = False) -> Upload:
    target = Target(into.listing, Nothing() if on_top else into.tree(), time.time_ns(), on_top=on_top)
    return Upload(into.container, target, report=report, check=check)


def _copy_context(part: Reading, upload: Upload, destination: str, rules: Rules) -> None:
    operation, context = part.operation, part.context
    for path, selection in selected_sources(context, operation):
        place = follow(context, path)
        if operation.unpack and is_archive(context, place):
            folder = follow(upload.target, destination)
            make_directories(upload.target, folder, owner=rules.owner)
            upload.send(folder, unpack(context, place, upload.target, folder, rules.owner, upload.sent))
            continue
        planned = list(plan_copy(context, path, upload.target, destination, rules, selection, whole=part.whole))
        upload.add(planned, from_context(context, planned, upload.target, upload.sent))


def _copy_snapshot(
    operation: CopyOperation, files: SnapshotFiles, upload: Upload, destination: str, rules: Rules
) -> None:
    tree, hidden = source_tree(operation, files)
    for path, selection in selected_sources(tree, operation):
        planned = list(plan_copy(tree, path, upload.target, destination, rules, selection))
        sent: dict[str, Planned] = {}
        for file in planned:
            content = _content_not_sent(tree, file.source, hidden)
            if content is None:
                sent[file.source] = file
            else:
                upload.add([file], from_inline(content, [file]))
        if sent:
            upload.add(sent.values(), from_archive(files.container.get_archive, sent, upload.target, upload.sent))


def _content_not_sent(tree: ListingTree, path: str, hidden: Mapping[str, HiddenFile]) -> bytes | None:
    """The content of a file that the engine puts into no archive; None for all others."""
    if path in hidden:
        return hidden[path].content
    entry = tree.entry(path)
    return b"" if entry is not None and entry.kind is EntryKind.SOCKET else None


def source_tree(operation: CopyOperation, files: SnapshotFiles) -> tuple[ListingTree, Mapping[str, HiddenFile]]:
    """What can be copied, and the files among it that the source's container does not show.

    To know these takes a moment: it is only done for sources that may hold them.
    """
    tree = files.tree()
    if not any(_may_hold_hidden(tree, source) for source in operation.sources):
        return tree, {}
    unlisted = files.unlisted()
    tree = files.whole_tree(unlisted)
    return tree, {path: file for path, file in (unlisted.hidden or {}).items() if _is_file(tree.entry(path))}


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.kind is EntryKind.FILE


def _may_hold_hidden(tree: ListingTree, source: str) -> bool:
    parts = takewhile(lambda part: not has_wildcards(part), clean(source).split("/"))
    return follow(tree, "/".join(parts)) in ("/", SETTINGS, *MOUNT_POINTS, *HIDDEN)


def _copy_inline(file: InlineFile, upload: Upload, destination: str, rules: Rules) -> None:
    tree = inline_tree(file, upload.target.now_ns)
    planned = list(plan_copy(tree, tree.path, upload.target, destination, rules))
    upload.add(planned, from_inline(_content(file), planned))


def _content(file: InlineFile) -> bytes:
    return file.content.encode("utf-8", "surrogateescape")


def inline_tree(file: InlineFile, now_ns: int) -> "InlineTree":
    """A heredoc as a tree that it is copied from. Raises `CopyError` for a name that is none."""
    if parent(clean(file.path)) != "/":
        raise CopyError(f"a heredoc's name cannot have a directory in it: {file.path}")
    return InlineTree(file.path, len(_content(file)), now_ns)


class InlineTree:
    """A heredoc as a tree of one file."""

    def __init__(self, name: str, size: int, now_ns: int) -> None:
        self.path = clean(name)
        self._file = Entry(EntryKind.FILE, _INLINE_MODE, 0, 0, size, now_ns)

    def entry(self, path: str) -> Entry | None:
        """The file."""
        return self._file if path == self.path else None

    def names(self, path: str) -> Sequence[str]:
        """The file's name."""
        return (self.path[1:],) if path == "/" else ()
