"""Layers and saved images made by hand, for tests."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple


class Member(NamedTuple):
    """A member of a layer's archive."""

    name: str
    content: bytes = b""
    type: bytes = tarfile.REGTYPE
    link: str = ""
    mode: int = 0o644
    uid: int = 0
    mtime: int = 0
    xattrs: Mapping[str, bytes] = MappingProxyType({})
    device: tuple[int, int] = (0, 0)


def file(name: str, content: bytes = b"", **attributes: Any) -> Member:
    """A file."""
    return Member(name, content, **attributes)


def folder(name: str, mode: int = 0o755, *, mtime: int = 0) -> Member:
    """A directory."""
    return Member(name, type=tarfile.DIRTYPE, mode=mode, mtime=mtime)


def link(name: str, target: str) -> Member:
    """Another name of a file."""
    return Member(name, type=tarfile.LNKTYPE, link=target)


def symlink(name: str, target: str, *, mtime: int = 0) -> Member:
    """A symbolic link."""
    return Member(name, type=tarfile.SYMTYPE, link=target, mtime=mtime)


def tar(*members: Member) -> bytes:
    """An archive of these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            info = tarfile.TarInfo(member.name)
            info.type, info.linkname, info.mode = member.type, member.link, member.mode
            info.uid, info.mtime = member.uid, member.mtime
            info.devmajor, info.devminor = member.device
            info.pax_headers = {
                f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape")
                for name, value in member.xattrs.items()
            }
            info.size = len(member.content)
            archive.addfile(info, io.BytesIO(member.content))
    return buffer.getvalue()


def plain(files: Mapping[str, bytes]) -> bytes:
    """An archive of files by their names."""
    return tar(*(file(name, content) for name, content in files.items()))


def docker_save(
    layers: Sequence[bytes],
    *,
    names: Sequence[str] = ("made:latest",),
    config: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """What `docker save` writes of an image of these layers since version 25, without its OCI half."""
    digests = [hashlib.sha256(layer).hexdigest() for layer in layers]
    whole = {
        "architecture": "amd64",
        "os": "linux",
        "config": dict(config),
        "history": [{"created_by": f"layer {number}"} for number in range(len(layers))],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
    }
    document = json.dumps(whole).encode()
    name = f"blobs/sha256/{hashlib.sha256(document).hexdigest()}"
    paths = [f"blobs/sha256/{digest}" for digest in digests]
    manifest = [{"Config": name, "RepoTags": list(names), "Layers": paths}]
    blobs = dict(zip(paths, layers, strict=True))
    return plain({**blobs, name: document, "manifest.json": json.dumps(manifest).encode()})


def oci_layout(layers: Sequence[bytes], *, name: str | None = None, nested: bool = False) -> bytes:
    """An OCI image layout of an image of these layers, as one archive."""
    files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}

    def blob(content: bytes, media: str) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        files[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(content)}

    described = [blob(layer, "application/vnd.oci.image.layer.v1.tar") for layer in layers]
    config = blob(json.dumps({"os": "linux", "architecture": "arm64", "config": {}}).encode(), "config")
    manifest = blob(json.dumps({"config": config, "layers": described}).encode(), "manifest")
    if name is not None:
        manifest["annotations"] = {"io.containerd.image.name": name}
    index = json.dumps({"manifests": [manifest]}).encode()
    if nested:
        index = json.dumps({"manifests": [blob(index, "index")]}).encode()
    files["index.json"] = index
    return plain(files)
