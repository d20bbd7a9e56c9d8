"""Images as the engine saves them: the whole configuration, the history and the layers, and how two of them differ.

This sees what neither inspect nor the flattened files tell: fields that nobody thinks of, who made which layer, and
where one layer ends and the next begins.
"""

import contextlib
import itertools
import json
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stepper.engine.client import EngineClient
from stepper.engine.configuration import HISTORY_COMMENT
from tests.parity.flat import FlatFile, LayerFiles, changed_paths, flattened, read_layer

_COMPARED_ELSEWHERE = frozenset(("created", "history", "rootfs"))
_MOUNT_POINTS = frozenset(("dev", "proc", "sys"))
_OF_OLD_ENGINES = frozenset(("Hostname", "Domainname", "Image"))
"""What engines before 25 write into an image of the container that it was made of."""


@dataclass(frozen=True)
class SavedImage:
    """An image in the archive of `docker save`."""

    archive: tarfile.TarFile
    document: Mapping[str, Any]
    """The OCI image configuration."""
    layers: Mapping[str, str]
    """By their digests (the `diff_ids`), bottom first: the name in the archive."""

    @property
    def history(self) -> list[Mapping[str, Any]]:
        """The history, oldest first."""
        return list(self.document.get("history") or ())

    def layer(self, digest: str) -> LayerFiles:
        """What a layer holds."""
        if digest not in _KNOWN_LAYERS:
            content = self.archive.extractfile(self.layers[digest])
            assert content is not None, "a layer is a file"
            _KNOWN_LAYERS[digest] = read_layer(content)
        return _KNOWN_LAYERS[digest]

    def changed_paths(self) -> list[frozenset[str]]:
        """What each layer that changes something changes."""
        return [paths for paths in changed_paths(self.layer(digest) for digest in self.layers) if paths]

    def files(self) -> dict[str, FlatFile]:
        """All files of the image."""
        return flattened(self.layer(digest) for digest in self.layers)


_KNOWN_LAYERS: dict[str, LayerFiles] = {}
"""Layers by their digests: those of base images are in nearly every image."""


@contextlib.contextmanager
def saved_image(client: EngineClient, image: str) -> Iterator[SavedImage]:
    """Save an image, and read it as long as the context lasts."""
    with tempfile.TemporaryFile() as file:
        for chunk in client.api.get_image(image):
            file.write(chunk)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            manifest = _json(archive, "manifest.json")[0]
            document = _json(archive, manifest["Config"])
            digests = document["rootfs"].get("diff_ids") or []
            yield SavedImage(archive, document, dict(zip(digests, manifest["Layers"] or [], strict=True)))


def saved_differences(ours: SavedImage, reference: SavedImage, *, same_engine: bool, same_time: bool) -> list[str]:
    """How an image differs from the reference in its history, its time and its layers.

    With `same_engine` they stand on base images that have one history; with `same_time` the times of their making have
    to be the same too.
    """
    histories = [image.history if same_engine else _of_the_build(image.history) for image in (ours, reference)]
    return [
        *_history_differences(*histories, same_time=same_time),
        *(_created_differences(ours, reference) if same_time else ()),
        *_layer_differences(ours, reference),
    ]


def document_differences(ours: Mapping[str, Any], reference: Mapping[str, Any]) -> list[str]:
    """How an image's configuration differs from the reference's."""
    here, there = _flattened(ours), _flattened(reference)
    return [
        f"document {key}: {here.get(key)!r}, BuildKit has {there.get(key)!r}"
        for key in sorted({*here, *there})
        if here.get(key) != there.get(key)
    ]


def _flattened(document: Mapping[str, Any]) -> dict[str, Any]:
    """All fields, without those that say nothing."""
    fields = {key: value for key, value in document.items() if key not in {*_COMPARED_ELSEWHERE, "config"}}
    fields |= {f"config.{key}": value for key, value in (document.get("config") or {}).items()}
    return {key: value for key, value in fields.items() if value and key.removeprefix("config.") not in _OF_OLD_ENGINES}


def _of_the_build(history: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list(itertools.dropwhile(lambda entry: entry.get("comment") != HISTORY_COMMENT, history))


def _history_differences(
    ours: list[Mapping[str, Any]], reference: list[Mapping[str, Any]], *, same_time: bool
) -> list[str]:
    if len(ours) != len(reference):
        lines = [entry.get("created_by") for entry in ours]
        return [f"history: {lines}, BuildKit has {[entry.get('created_by') for entry in reference]}"]
    fields = ("created_by", "comment", "empty_layer", "author", *(("created",) if same_time else ()))
    return [
        f"history {number} {field}: {here.get(field)!r}, BuildKit has {there.get(field)!r}"
        for number, (here, there) in enumerate(zip(ours, reference, strict=True))
        for field in fields
        if _plain(here.get(field)) != _plain(there.get(field))
    ]


def _plain(value: Any) -> Any:
    """A value as it is compared: what is empty is not set, and times are by the second, as engines tell a history."""
    return re.sub(r"\.\d+Z$", "Z", value) if isinstance(value, str) and value else value or None


def _created_differences(ours: SavedImage, reference: SavedImage) -> list[str]:
    here, there = ours.document.get("created"), reference.document.get("created")
    return [] if here == there else [f"created: {here}, BuildKit has {there}"]


def _layer_differences(ours: SavedImage, reference: SavedImage) -> list[str]:
    """Which layers change other paths, apart from the mount points of every container.

    An image may be without these, as the official busybox is without `/proc`: then they are in the layer of the first
    RUN, also of one that changes nothing else, which makes no layer in Stepper.
    """
    mine, theirs = (
        [paths - _MOUNT_POINTS for paths in image.changed_paths() if paths - _MOUNT_POINTS]
        for image in (ours, reference)
    )
    if len(mine) != len(theirs):
        return [f"layers with changes: {len(mine)}, BuildKit has {len(theirs)}"]
    lines = []
    for number, (a, b) in enumerate(zip(mine, theirs, strict=True)):
        lines += [f"layer {number} /{path}: not in BuildKit's" for path in sorted(a - b)]
        lines += [f"layer {number} /{path}: missing" for path in sorted(b - a)]
    return lines


def _json(archive: tarfile.TarFile, name: str) -> Any:
    file = archive.extractfile(name)
    assert file is not None, f"{name} is a file"
    return json.load(file)
