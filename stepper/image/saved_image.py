"""Images out of an archive: what `docker save` writes, old and new, and OCI image layouts.

An archive is read once, from the first byte to the last, and its parts come in any order: what is a layer is told by
how it begins. Of the layers nothing is kept but what `LayerContents` says. See
https://github.com/opencontainers/image-spec/blob/main/image-layout.md, and for `manifest.json` the Docker image
specification v1.2.
"""

import contextlib
import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from stepper.image.archive import ArchiveError, ArchiveReader
from stepper.image.compression import CompressionError, decompressed
from stepper.image.config_shape import misshapen_field
from stepper.image.entry import EntryKind
from stepper.image.layer_contents import LayerContents, read_layer
from stepper.image.read_limits import ReadLimits

_LARGEST_DOCUMENT = 4 << 20
"""Bytes, as registries have it for manifests."""
_ALL_DOCUMENTS = 32 << 20
_MOST_DOCUMENTS = 10_000
_MOST_MEMBERS = 50_000
"""A layer has three of them and a folder in the oldest archives."""
_MOST_LAYERS = 1000
"""Engines take some hundred."""
_MOST_ENTRIES = 4_000_000
_MOST_MANIFESTS = 10_000
_DEEPEST_INDEX = 8
_INDEX = "index.json"
_MANIFEST = "manifest.json"
_NAME = "io.containerd.image.name"
_REFERENCE = "org.opencontainers.image.ref.name"
_ATTESTATION = "vnd.docker.reference.type"


class SavedImageError(ValueError):
    """The archive is damaged, or holds no image."""


@dataclass(frozen=True)
class SavedImage:
    """An image of an archive. `document` is its configuration as JSON; `names` may be empty.

    `layers` are the lowest first, `layer_names` the clean names of the members of the archive that hold them.
    """

    names: tuple[str, ...]
    document: Mapping[str, Any]
    layers: tuple[LayerContents, ...]
    layer_names: tuple[str, ...]

    @property
    def platform(self) -> str:
        """As `linux/amd64`."""
        parts = (self.document.get(name) for name in ("os", "architecture", "variant"))
        return "/".join(str(part) for part in parts if part)


@dataclass
class _Parts:
    """What an archive holds, by the names of its members."""

    documents: dict[str, Any] = field(default_factory=dict)
    layers: dict[str, LayerContents] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    limits: ReadLimits = field(default_factory=ReadLimits)
    documents_left: int = _ALL_DOCUMENTS

    def followed(self, name: str) -> str:
        """The member that a name stands for: old archives have links to layers."""
        for _ in range(_DEEPEST_INDEX):
            if name not in self.links:
                break
            name = self.links[name]
        return name


def read_images(chunks: Iterable[bytes], *, digests: bool = True) -> tuple[SavedImage, ...]:
    """The images of an archive, which may be compressed. Raises `SavedImageError`."""
    with archive_damage():
        return tuple(_images(_parts(decompressed(chunks), digests=digests)))


def read_layout(files: Iterable[tuple[str, int, Iterable[bytes]]], *, digests: bool = True) -> tuple[SavedImage, ...]:
    """The images of an OCI layout or unpacked archive in a folder: its files' names, sizes and contents.

    Raises `SavedImageError`.
    """
    parts = _Parts()
    with archive_damage():
        for name, size, content in files:
            _take(posixpath.normpath(name), size, iter(content), parts, digests=digests)
        return tuple(_images(parts))


@contextlib.contextmanager
def archive_damage() -> Iterator[None]:
    """Whatever damaged bytes lead to is a `SavedImageError`."""
    try:
        yield
    except (ArchiveError, CompressionError) as error:
        raise SavedImageError(str(error)) from error


def _parts(chunks: Iterable[bytes], *, digests: bool) -> _Parts:
    parts = _Parts()
    reader = ArchiveReader(chunks)
    for number, member in enumerate(reader):
        if number == _MOST_MEMBERS:
            raise SavedImageError("the archive holds more members than any image")
        name = posixpath.normpath(member.name)
        if member.kind is EntryKind.SYMLINK:
            parts.links[name] = posixpath.normpath(posixpath.join(posixpath.dirname(name), member.link))
        elif member.hard_link:
            parts.links[name] = posixpath.normpath(member.link)
        elif member.kind is EntryKind.FILE:
            content = reader.content()
            _take(name, member.size, content, parts, digests=digests)
            # A layer may be padded, and the next member stands behind that.
            for _ in content:
                pass
    return parts


def _take(name: str, size: int, content: Iterator[bytes], parts: _Parts, *, digests: bool) -> None:
    """Take one file in: a document, a layer, or something else that does not matter."""
    beginning = next(content, b"")
    whole = chain((beginning,), content)
    if _is_document(beginning):
        if size <= _LARGEST_DOCUMENT and len(parts.documents) < _MOST_DOCUMENTS:
            parts.documents_left -= size
            if parts.documents_left < 0:
                raise SavedImageError("the archive holds more JSON than any image")
            document = _parsed(b"".join(whole))
            if document is not None:
                parts.documents[name] = document
        return
    if not is_layer(name, beginning):
        return
    parts.layers[name] = read_layer(decompressed(whole), digests=digests, limits=parts.limits)


def is_layer(name: str, beginning: bytes) -> bool:
    """Whether a file of an archive or layout holds a layer, by its name and first bytes."""
    return not _is_document(beginning) and posixpath.basename(name) not in ("VERSION", "repositories", "oci-layout")


def _is_document(beginning: bytes) -> bool:
    return beginning[:1] in (b"{", b"[")


def _images(parts: _Parts) -> Iterator[SavedImage]:
    listed = parts.documents.get(_MANIFEST)
    if isinstance(listed, list) and listed:
        for entry in listed:
            layers = [str(name) for name in _list(entry, "Layers")]
            yield _image(parts, _list(entry, "RepoTags"), str(_get(entry, "Config")), layers)
        return
    index = parts.documents.get(_INDEX)
    if not isinstance(index, dict):
        raise SavedImageError("the archive holds no image: it has neither manifest.json nor index.json")
    found = list(_manifests(parts, index, 0, iter(range(_MOST_MANIFESTS))))
    if not found:
        raise SavedImageError("the archive's index names no image that is in it")
    for names, manifest in found:
        layers = [_blob(_get(layer, "digest")) for layer in _list(manifest, "layers")]
        yield _image(parts, names, _blob(_get(_get(manifest, "config"), "digest")), layers)


def _manifests(
    parts: _Parts, index: Mapping[str, Any], depth: int, left: Iterator[int]
) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
    """The manifests that an index names and the archive holds, with their names. An index may name further ones.

    `left` ends where it names too many, or itself.
    """
    for described in _list(index, "manifests"):
        if next(left, None) is None:
            raise SavedImageError("the archive's index names itself, or more images than can be told")
        notes = _get(described, "annotations")
        notes = notes if isinstance(notes, dict) else {}
        if _ATTESTATION in notes:
            continue
        document = parts.documents.get(parts.followed(_blob(_get(described, "digest"))))
        if not isinstance(document, dict):
            continue
        names = [str(notes[key]) for key in (_NAME, _REFERENCE) if key in notes][:1]
        if "manifests" in document and depth < _DEEPEST_INDEX:
            yield from ((found or names, manifest) for found, manifest in _manifests(parts, document, depth + 1, left))
        elif "layers" in document:
            yield names, document


def _image(parts: _Parts, names: Sequence[Any], config: str, layers: Sequence[str]) -> SavedImage:
    document = parts.documents.get(parts.followed(config))
    if not isinstance(document, dict):
        raise SavedImageError(f"the archive holds no configuration {config}, which its manifest names")
    misshapen = misshapen_field(document)
    if misshapen is not None:
        raise SavedImageError(f"{misshapen} in the configuration {config} is not what it has to be")
    if len(layers) > _MOST_LAYERS:
        raise SavedImageError(f"the image has {len(layers)} layers, more than any engine takes")
    found = []
    members = [parts.followed(posixpath.normpath(name)) for name in layers]
    entries = 0
    for name, member in zip(layers, members, strict=True):
        contents = parts.layers.get(member)
        if contents is None:
            raise SavedImageError(f"the archive holds no layer {name}, which its manifest names")
        found.append(contents)
        entries += len(contents.entries)
        if entries > _MOST_ENTRIES:
            raise SavedImageError("the image's layers hold more files than any image")
    return SavedImage(tuple(str(name) for name in names), document, tuple(found), tuple(members))


def _blob(digest: Any) -> str:
    return "blobs/" + str(digest).replace(":", "/")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _get(document: Any, key: str) -> Any:
    return document.get(key) if isinstance(document, dict) else None


def _list(document: Any, key: str) -> list[Any]:
    value = _get(document, key)
    return value if isinstance(value, list) else []
