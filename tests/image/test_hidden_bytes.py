"""Bytes that a build wrote and that nobody sees at its end."""

from stepper.image.entry import Entry, EntryKind
from stepper.image.hidden_bytes import BASE, AttributeRewrite, attribute_rewrites, hidden_files
from stepper.image.layer import Change, ChangeKind, Layer, layer_of
from stepper.image.stack import HiddenFile


def entry(size: int, *, mode: int = 0o644, mtime: int = 5, inode: int = 0, links: int = 1) -> Entry:
    return Entry(EntryKind.FILE, mode, 0, 0, size, mtime, inode=inode, links=links)


def layer(*changes: tuple[str, Entry | None, Entry | None]) -> Layer:
    made = []
    for path, before, after in changes:
        kind = ChangeKind.MODIFIED
        if before is None:
            kind = ChangeKind.ADDED
        elif after is None:
            kind = ChangeKind.DELETED
        made.append(Change(path, kind, before, after))
    return layer_of(made)


def test_what_is_written_again_or_deleted_is_hidden_by_the_layer_that_did_it() -> None:
    a, b = entry(10), entry(20, mtime=6)
    layers = [layer(("/a", None, a)), layer(("/a", a, b)), layer(("/a", b, None), ("/bin/sh", entry(7), None))]
    assert hidden_files(layers) == (
        HiddenFile("/a", 10, 0, 1),
        HiddenFile("/a", 20, 1, 2),
        HiddenFile("/bin/sh", 7, BASE, 2),
    )


def test_a_file_with_several_names_is_hidden_with_the_last() -> None:
    a = entry(10, inode=3, links=2)
    layers = [layer(("/a", None, a), ("/b", None, a)), layer(("/a", a, None)), layer(("/b", a, None))]
    assert hidden_files(layers) == (HiddenFile("/b", 10, 0, 2),)


def test_a_file_whose_mode_alone_changed_is_rewritten_for_nothing() -> None:
    before = [("/a", entry(10), entry(10, mode=0o600)), ("/b", entry(10), entry(10, mode=0o600, mtime=9))]
    assert attribute_rewrites([layer(), layer(*before)]) == (AttributeRewrite(1, 1, 10),)
