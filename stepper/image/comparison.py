"""Images held against each other: figures, configuration, and the files at the end, their contents included."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stepper.image.analysis import ImageAnalysis
from stepper.image.config_diff import ConfigRow, config_changes
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, layer_of
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


def state_differences(before: Listing, after: Listing) -> Layer:
    """What turns one state of a build into another, told without reading any file.

    A file of the same size whose time is another counts as modified: its content may be another one. Times of
    directories do not count.
    """
    return layer_of(_state_differences(before, after))


def _state_differences(before: Listing, after: Listing) -> Iterator[Change]:
    known = {change.path: change for change in _differences(before, after, {}, {})}
    yield from known.values()
    for path, new in after.items():
        old = before.get(path)
        if old is None or path in known or new.kind is not EntryKind.FILE:
            continue
        # Layers keep whole seconds, what a container shows may have more.
        if old.mtime_ns // 10**9 != new.mtime_ns // 10**9:
            yield Change(path, ChangeKind.MODIFIED, old, new)


def differences(
    before: Listing, after: Listing, digests_before: Mapping[str, int], digests_after: Mapping[str, int]
) -> Layer:
    """What turns one filesystem into the other. Times do not count: two builds of the same files differ in them.

    Files of one size whose digests are not both known are taken for the same. For the digests see `final_digests`.
    """
    return layer_of(_differences(before, after, digests_before, digests_after))


def final_digests(layers: Sequence[LayerContents], stack: Stack) -> dict[str, int]:
    """The digests of the files that are there at the end, as far as the layers were read with digests."""
    found: dict[str, int] = {}
    for index, contents in enumerate(layers):
        shared = {
            contents.entries[path].inode: digest
            for path, digest in contents.digests.items()
            if contents.entries[path].inode
        }
        for path, entry in contents.entries.items():
            if stack.writers.get(path) == index:
                digest = contents.digests.get(path, shared.get(entry.inode))
                if digest is not None:
                    found[path] = digest
    return found


def _differences(
    before: Listing, after: Listing, digests_before: Mapping[str, int], digests_after: Mapping[str, int]
) -> Iterator[Change]:
    for path, new in after.items():
        old = before.get(path)
        if old is None:
            yield Change(path, ChangeKind.ADDED, None, new)
        elif _looks_other(old, new) or _has_other_content(path, digests_before, digests_after):
            yield Change(path, ChangeKind.MODIFIED, old, new)
    for path, old in before.items():
        if path not in after:
            yield Change(path, ChangeKind.DELETED, old, None)


def _looks_other(old: Entry, new: Entry) -> bool:
    if old[:4] != new[:4] or old.target != new.target or old.device != new.device:
        return True
    return old.kind is EntryKind.FILE and old.size != new.size


def _has_other_content(path: str, before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    return path in before and path in after and before[path] != after[path]
