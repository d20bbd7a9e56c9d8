"""Archives of an image without the contents of its layers, for engines that have those already.

`docker load` looks for a layer by its digest before it reads it. What an engine needs to find there differs by its
image store: a docker-archive with the layers as empty files (Docker's graph drivers, Podman), or an OCI image layout
that names the layers' blobs (containerd). See
https://github.com/opencontainers/image-spec/blob/main/image-layout.md.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from stepper.image.archive import ArchiveReader

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_BLOBS = "blobs/sha256/"
_LARGEST_DOCUMENT = 4 << 20

Descriptor = Mapping[str, Any]
"""What a manifest says of a layer: `mediaType`, `digest` and `size` of its blob."""


class Bundle(NamedTuple):
    """An image's id as its engine will call it, and the archive to load."""

    image: str
    archive: bytes


def docker_archive(document: Mapping[str, Any]) -> Bundle:
    """An image of this OCI configuration whose layers the engine knows by the digests of their contents."""
    config = _json(document)
    name = f"{_hex(config)}.json"
    layers = [f"{digest.removeprefix('sha256:')}.tar" for digest in document["rootfs"]["diff_ids"]]
    manifest = _json([{"Config": name, "RepoTags": None, "Layers": layers}])
    files = {name: config, **dict.fromkeys(layers, b""), "manifest.json": manifest}
    return Bundle(f"sha256:{_hex(config)}", _archive(files))


def oci_layout(document: Mapping[str, Any], layers: Sequence[Descriptor]) -> Bundle:
    """An image of this OCI configuration whose layers' blobs, in the same order, the engine has."""
    config = _json(document)
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": {"mediaType": _CONFIG, "digest": f"sha256:{_hex(config)}", "size": len(config)},
            "layers": list(layers),
        }
    )
    platform = {name: document[name] for name in ("architecture", "os", "variant") if document.get(name)}
    described = {
        "mediaType": _MANIFEST, "digest": f"sha256:{_hex(manifest)}", "size": len(manifest), "platform": platform
    }  # fmt: skip
    files = {
        "oci-layout": _json({"imageLayoutVersion": "1.0.0"}),
        "index.json": _json({"schemaVersion": 2, "mediaType": _INDEX, "manifests": [described]}),
        _BLOBS + _hex(manifest): manifest,
        _BLOBS + _hex(config): config,
    }
    return Bundle(f"sha256:{_hex(manifest)}", _archive(files))


def saved_layers(chunks: Iterable[bytes], diff_ids: Sequence[str]) -> list[Descriptor]:
    """The layers' descriptors in a saved OCI image layout (`docker save`), of the image with these layers.

    Raises `ValueError` when the archive has no such image.
    """
    documents: dict[str, Any] = {}
    reader = ArchiveReader(chunks)
    for member in reader:
        if member.name.startswith(_BLOBS) and member.size <= _LARGEST_DOCUMENT:
            content = b"".join(reader.content())
            if content.startswith(b"{"):
                documents["sha256:" + member.name.removeprefix(_BLOBS)] = _parsed(content)
    for manifest in documents.values():
        if isinstance(manifest, dict) and "layers" in manifest and "config" in manifest:
            config = documents.get(manifest["config"]["digest"])
            if isinstance(config, dict) and config.get("rootfs", {}).get("diff_ids") == list(diff_ids):
                return list(manifest["layers"])
    raise ValueError("the saved image does not have these layers")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
