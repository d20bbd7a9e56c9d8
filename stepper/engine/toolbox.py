"""The toolbox: a volume with one static busybox, mounted read-only into every container of a step.

It is mounted under `/dev`, which is a file system of the container's own: any other mount point would stay behind as an
empty directory in the layer. With it, images without a shell can be listed, entered and kept alive.
"""

import hashlib
import io
import struct
import tarfile
from collections.abc import Callable, Iterable
from typing import Any

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import create_container
from stepper.engine.client import EngineClient
from stepper.engine.interruption import StoppedError
from stepper.engine.leftovers import remove_container
from stepper.errors import EngineError
from stepper.frozen import frozen

MOUNT_POINT = "/dev/.stepper"
VOLUME_PREFIX = "stepper-toolbox-"
DEFAULT_IMAGES = ("busybox:musl", "busybox:uclibc", "busybox")
"""Where the busybox comes from when nothing else is set. The plain `busybox` may be a dynamic one: of no use."""
_PULLED_BY_DEFAULT = "busybox:musl"
_LAYOUT = "1"
_PT_INTERP = 3
_APPLETS = (
    "[ ash awk basename cat chgrp chmod chown clear cmp cp cut date dd df diff dirname du echo egrep env expr false "
    "fgrep file find free grep gunzip gzip head hexdump hostname id kill less ln ls md5sum mkdir mktemp more mount mv "
    "nslookup od ping pidof printenv printf ps pwd readlink realpath rm rmdir sed sh sha256sum sleep sort stat strings "
    "stty tail tar tee test time top touch tr tree true umount uname uniq unzip vi watch wc wget which whoami xargs "
    "xxd yes zcat"
)


@frozen
class Toolbox:
    """How a container is kept alive. `volume` is None where no toolbox could be had: the image's own shell serves."""

    volume: str | None

    @property
    def busybox(self) -> str | None:
        """The path of the busybox inside a container."""
        return f"{MOUNT_POINT}/busybox" if self.volume is not None else None

    @property
    def shell(self) -> tuple[str, ...]:
        """The shell that keeps a container alive."""
        return (f"{MOUNT_POINT}/busybox", "sh") if self.volume is not None else ("/bin/sh",)

    @property
    def mounts(self) -> list[dict[str, Any]]:
        """For `HostConfig.Mounts` of a container."""
        if self.volume is None:
            return []
        return [
            {
                "Type": "volume",
                "Source": self.volume,
                "Target": MOUNT_POINT,
                "ReadOnly": True,
                "VolumeOptions": {"NoCopy": True},
            }
        ]


def find_toolbox(
    client: EngineClient,
    new_name: Callable[[], str],
    *,
    image: str | None = None,
    pull: Callable[[str], None] | None = None,
    rebuild: bool = False,
) -> Toolbox:
    """The toolbox of this engine, made when there is none yet.

    `new_name` names helper containers; `image` is the image that the busybox is taken from, None for the default ones;
    `pull` fetches an image that is missing, and may raise `EngineError`; `rebuild` makes it again, for a volume that is
    not complete. Without any image to take it from the result has no volume.
    """
    images = (image,) if image else DEFAULT_IMAGES
    name = VOLUME_PREFIX + hashlib.sha256("\0".join((_LAYOUT, *images)).encode()).hexdigest()[:12]
    with engine_errors("prepare the toolbox"):
        if not rebuild and _volume_exists(client, name):
            return Toolbox(name)
        found = _busybox_from(client, new_name, images, pull)
    if found is None:
        return Toolbox(None)
    source, binary = found
    try:
        _fill(client, new_name(), name, source, _archive(binary))
    except EngineError:
        # Another Stepper may have filled it at the same time, or pruned it.
        _fill(client, new_name(), name, source, _archive(binary))
    return Toolbox(name)


def is_static(binary: bytes) -> bool:
    """Whether an ELF executable runs without a loader, wherever it is put."""
    if binary[:4] != b"\x7fELF":
        return False
    order = "<" if binary[5] == 1 else ">"
    if binary[4] == 2:
        (offset,) = struct.unpack_from(order + "Q", binary, 32)
        size, count = struct.unpack_from(order + "HH", binary, 54)
    else:
        (offset,) = struct.unpack_from(order + "I", binary, 28)
        size, count = struct.unpack_from(order + "HH", binary, 42)
    kinds = (struct.unpack_from(order + "I", binary, offset + index * size)[0] for index in range(count))
    return _PT_INTERP not in kinds


def _volume_exists(client: EngineClient, name: str) -> bool:
    return client.find(f"/volumes/{name}") is not None


def _busybox_from(
    client: EngineClient,
    new_name: Callable[[], str],
    images: Iterable[str],
    pull: Callable[[str], None] | None,
) -> tuple[str, bytes] | None:
    """The image and the bytes of the first static busybox; images that are here already go first."""
    for image in images:
        binary = _read_busybox(client, new_name(), image)
        if binary is not None:
            return image, binary
    if pull is None:
        return None
    wanted = _PULLED_BY_DEFAULT if tuple(images) == DEFAULT_IMAGES else next(iter(images))
    try:
        pull(wanted)
    except StoppedError:
        raise
    except EngineError:
        return None
    binary = _read_busybox(client, new_name(), wanted)
    return (wanted, binary) if binary is not None else None


def _read_busybox(client: EngineClient, name: str, image: str) -> bytes | None:
    """The static busybox of an image, None when the image is not here or has none."""
    import docker.errors

    try:
        container = create_container(client, {"Image": image, "Cmd": ["sh"]}, name)
    except docker.errors.NotFound:
        return None
    try:
        stream, _ = client.api.get_archive(container, "/bin/busybox")
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            file = archive.extractfile(archive.next() or tarfile.TarInfo())
            binary = file.read() if file is not None else b""
    except (docker.errors.NotFound, KeyError):
        return None
    finally:
        remove_container(client, container)
    return binary if is_static(binary) else None


def _archive(binary: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for applet in _APPLETS.split():
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type = tarfile.SYMTYPE
            link.linkname = "../busybox"
            archive.addfile(link)
        file = tarfile.TarInfo("busybox")
        file.size = len(binary)
        file.mode = 0o755
        archive.addfile(file, io.BytesIO(binary))
    return buffer.getvalue()


def _fill(client: EngineClient, helper: str, volume: str, image: str, archive: bytes) -> None:
    config = {
        "Image": image,
        "Cmd": ["sh"],
        "HostConfig": {"Mounts": [{"Type": "volume", "Source": volume, "Target": "/toolbox"}]},
    }
    with engine_errors("prepare the toolbox"):
        client.api.create_volume(volume)
        container = create_container(client, config, helper)
        try:
            client.api.put_archive(container, "/toolbox", archive)
        finally:
            remove_container(client, container)
