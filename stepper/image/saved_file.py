"""One file of a finished image, found in the layer that brings its content, and read there."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from stepper.image.archive import ArchiveReader, Header
from stepper.image.compression import decompressed
from stepper.image.entry import EntryKind
from stepper.image.layer_contents import LayerContents, content_digest, inside_root
from stepper.image.saved_image import SavedImageError, archive_damage, is_layer


class FilePlace(NamedTuple):
    """Where a file's content is: the layer, by index, and its path there."""

    layer: int
    path: str


class SavedFile(NamedTuple):
    """What a layer says of a file, and its first bytes."""

    header: Header
    data: bytes


class WantedFile(NamedTuple):
    """A file of a layer by what tells it from those of other layers, of which it is not known what they are called."""

    path: str
    size: int
    digest: int | None


def wanted_file(layers: Sequence[LayerContents], place: FilePlace) -> WantedFile:
    """The file at a place that `file_place` gave."""
    contents = layers[place.layer]
    return WantedFile(place.path, contents.stored[place.path], contents.digests.get(place.path))


def find_files(
    chunks: Iterable[bytes], wanted: Iterable[WantedFile], limit: int
) -> Iterator[tuple[WantedFile, SavedFile]]:
    """Files out of an archive, up to so many bytes of each, as they come by, and no further than to the last of them.

    Raises `SavedImageError`.
    """
    left = set(wanted)
    with archive_damage():
        reader = ArchiveReader(decompressed(chunks))
        for member in reader:
            if not left:
                return
            if member.kind is not EntryKind.FILE or member.hard_link:
                continue
            content = reader.content()
            beginning = next(content, b"")
            if is_layer(member.name, beginning):
                for found, file in _found_in_layer(chain((beginning,), content), left, limit):
                    left.discard(found)
                    yield found, file
                    if not left:
                        return
            for _ in content:
                pass


def _found_in_layer(
    layer: Iterable[bytes], wanted: Iterable[WantedFile], limit: int
) -> Iterator[tuple[WantedFile, SavedFile]]:
    by_path: dict[str, set[WantedFile]] = defaultdict(set)
    for each in wanted:
        by_path[each.path].add(each)
    reader = ArchiveReader(decompressed(layer))
    for header in reader:
        if header.kind is not EntryKind.FILE or header.hard_link:
            continue
        path = inside_root(header.name)
        if path not in by_path or all(each.size != header.size for each in by_path[path]):
            continue
        beginning = _Beginning(reader.content(), limit)
        digest = content_digest(beginning) if header.stored else None
        found = WantedFile(path, header.size, digest)
        if found in by_path[path]:
            yield found, SavedFile(header, bytes(beginning.data))


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
                beginning = _Beginning(reader.content(), limit)
                for _ in beginning:
                    pass
                found = SavedFile(header, bytes(beginning.data))
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


class _Beginning:
    """A content that goes through, of which the first bytes are kept in `data`."""

    def __init__(self, content: Iterable[bytes], limit: int) -> None:
        self._content = content
        self._limit = limit
        self.data = bytearray()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._content:
            self.data += chunk[: self._limit - len(self.data)]
            yield chunk
