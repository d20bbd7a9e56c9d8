"""Images held against each other: figures, configuration, and the files at the end, their contents included."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stepper.image.analysis import ImageAnalysis
from stepper.image.config_diff import ConfigRow, config_changes
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, layer_of, same_content
from stepper.image.layer_contents import LayerContents
from stepper.image.stack import Stack


@dataclass(frozen=True)
class Compared:
    """One of the images, and what the user calls it."""

    name: str
    analysis: ImageAnalysis

    @property
    def files(self) -> int:
        """How many files are there at the end."""
        return sum(entry.kind is EntryKind.FILE for entry in self.analysis.stack.listing.values())

    @property
    def largest_layer(self) -> int:
        """Bytes of the largest layer."""
        return max((contents.size for contents in self.analysis.contents), default=0)


@dataclass(frozen=True)
class Comparison:
    """Two or more images; `changes` and `settings` are what turns the first into the second."""

    images: tuple[Compared, ...]
    changes: Layer
    settings: tuple[ConfigRow, ...]


def compare_images(images: Sequence[Compared]) -> Comparison:
    """Hold images against each other, at least two."""
    first, second = (image.analysis for image in images[:2])
    changes = differences(
        first.stack.listing,
        second.stack.listing,
        final_digests(first.contents, first.stack),
        final_digests(second.contents, second.stack),
    )
    settings = [row for row in config_changes(first.config, second.config) if row.kind is not None]
    return Comparison(tuple(images), changes, tuple(settings))


def differences(
    before: Listing,
    after: Listing,
    digests_before: Mapping[str, int] | None = None,
    digests_after: Mapping[str, int] | None = None,
) -> Layer:
    """What turns one filesystem into the other. Times of directories do not count.

    A file of the same size whose time is another is a modified one; its content is told to be the same, or another,
    where both digests are known. For those of images see `final_digests`.
    """
    return layer_of(_differences(before, after, digests_before or {}, digests_after or {}))


@dataclass
class Growth:
    """By how many bytes the second of two filesystems has more; a file with several names counts once in each."""

    _before: set[int] = field(default_factory=set)
    _after: set[int] = field(default_factory=set)

    def of(self, change: Change) -> int:
        """What a path adds to it, less than 0 where the first has more."""
        return self._size(change.after, self._after) - self._size(change.before, self._before)

    def _size(self, entry: Entry | None, counted: set[int]) -> int:
        if entry is None or entry.kind is not EntryKind.FILE or entry.inode in counted:
            return 0
        if entry.inode:
            counted.add(entry.inode)
        return entry.size


def growth(found: Layer) -> int:
    """By how many bytes the second of two filesystems has more by all that differs."""
    counted = Growth()
    return sum(counted.of(change) for change in found.changes)


def undecided(layer: Layer) -> tuple[Change, ...]:
    """The modified files of which only their contents could tell whether these are others, or only the time is."""
    return tuple(filter(is_undecided, layer.changes))


def is_undecided(change: Change) -> bool:
    """Whether it is a modified file of which only its content could tell whether that is another, or only the time."""
    return "content or time" in change.differs and _are_files(change)


def final_digests(layers: Sequence[LayerContents], stack: Stack) -> dict[str, int]:
    """The digests of the files that are there at the end, as far as the layers were read with digests."""
    found: dict[str, int] = {}
    for index, contents in enumerate(layers):
        for path in contents.entries:
            if stack.writers.get(path) == index and (digest := contents.digest_of(path)) is not None:
                found[path] = digest
    return found


def _differences(
    before: Listing, after: Listing, digests_before: Mapping[str, int], digests_after: Mapping[str, int]
) -> Iterator[Change]:
    for path, new in after.items():
        old = before.get(path)
        if old is None:
            yield Change(path, ChangeKind.ADDED, None, new)
            continue
        is_file = new.kind is EntryKind.FILE
        same = same_content(old, new, digests_before.get(path), digests_after.get(path))
        if same is False or _looks_other(old, new) or (is_file and not old.is_as_old_as(new)):
            yield Change(path, ChangeKind.MODIFIED, old, new, same)
    for path, old in before.items():
        if path not in after:
            yield Change(path, ChangeKind.DELETED, old, None)


def _looks_other(old: Entry, new: Entry) -> bool:
    others = old.target, old.device, old.xattrs
    return old[:4] != new[:4] or others != (new.target, new.device, new.xattrs)


def _are_files(change: Change) -> bool:
    return all(entry is not None and entry.kind is EntryKind.FILE for entry in (change.before, change.after))
