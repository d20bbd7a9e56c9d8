"""One file of a finished image, found in the layer that brings its content, and read there."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from stepper.image.archive import ArchiveReader, Header
from stepper.image.compression import decompressed
from stepper.image.entry import EntryKind
from stepper.image.layer_contents import LayerContents, inside_root
from stepper.image.saved_image import SavedImageError, archive_damage


class FilePlace(NamedTuple):
    """Where a file's content is: the layer, by index, and its path there."""

    layer: int
    path: str


class SavedFile(NamedTuple):
    """What a layer says of a file, and its first bytes."""

    header: Header
    data: bytes


def file_place(layers: Sequence[LayerContents], path: str, writer: int | None) -> FilePlace | None:
    """Where the content of a file is that a layer, by index, wrote last; None where no layer brings one.

    A name of a file of a layer below leads there, and a further name in the layer to the first.
    """
    index = writer
    while index is not None:
        contents = layers[index]
        path = _first_name(contents, path)
        if path in contents.stored:
            return FilePlace(index, path)
        if path not in contents.borrowed:
            return None
        path = contents.borrowed[path]
        index = next((below for below in range(index - 1, -1, -1) if path in layers[below].entries), None)
    return None


def layer_of_archive(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The bytes of a layer by its name, see `SavedImage.layer_names`, out of an archive. Raises `SavedImageError`."""
    with archive_damage():
        reader = ArchiveReader(decompressed(chunks))
        for member in reader:
            if posixpath.normpath(member.name) == name and member.kind is EntryKind.FILE and not member.hard_link:
                yield from reader.content()
                return
    raise SavedImageError(f"the archive holds no layer {name} any more")


def read_file(layer: Iterable[bytes], path: str, limit: int) -> SavedFile:
    """The content of a file of a layer, up to so many bytes of it. Raises `SavedImageError`."""
    found: SavedFile | None = None
    with archive_damage():
        reader = ArchiveReader(decompressed(layer))
        for header in reader:
            if header.kind is EntryKind.FILE and not header.hard_link and inside_root(header.name) == path:
                # Of several with one name the last counts.
                found = SavedFile(header, _beginning(reader.content(), limit))
    if found is None:
        raise SavedImageError(f"the layer holds no {path} any more")
    return found


def _first_name(contents: LayerContents, path: str) -> str:
    entry = contents.entries.get(path)
    if path in contents.stored or path in contents.borrowed or entry is None or not entry.inode:
        return path
    for known in (contents.stored, contents.borrowed):
        for name in known:
            if contents.entries[name].inode == entry.inode:
                return name
    return path


def _beginning(content: Iterator[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in content:
        data += chunk[: limit - len(data)]
    return bytes(data)
