"""Two finished images held against each other: the files at the end, their contents included."""

from collections.abc import Iterator, Mapping, Sequence

from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, Listing, layer_of
from stepper.image.layer_contents import LayerContents
from stepper.image.stack import Stack


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
