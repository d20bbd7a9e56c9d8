"""How files of an image get into a step's container: the engine mounts the image, or a volume that is filled with them.

A volume is filled in a container of the image by the toolbox's `cp`, which keeps all but extended attributes.
"""

import secrets
import shlex
import threading
from typing import Any, NamedTuple

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.containers import Containers
from stepper.engine.engine_info import PODMAN
from stepper.engine.hidden_files import MOUNT_POINTS
from stepper.engine.interruption import Interruption
from stepper.engine.leftovers import SessionNames, remove_volume
from stepper.engine.mounts import script
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.sources import Files
from stepper.errors import EngineError

_FOLDER = "files"
_FIRST_API_WITH_IMAGES = (1, 48)
_ABSENT = 3


class Placed(NamedTuple):
    """What the engine is to mount (for `HostConfig.Mounts`, without its target), and where in it the files are."""

    mount: dict[str, Any]
    path: str


class ImageFiles:
    """Brings files of images into containers of one engine, for one session."""

    def __init__(
        self,
        client: EngineClient,
        containers: Containers,
        names: SessionNames,
        interruption: Interruption,
        *,
        mounts_images: bool,
    ) -> None:
        self._client = client
        self._containers = containers
        self._names = names
        self._interruption = interruption
        self.mounts_images = mounts_images
        """See `mounts_images_in`."""
        self._lock = threading.Lock()
        self._volumes: dict[Files, str] = {}
        self._made: list[str] = []

    def place(self, files: Files) -> Placed | None:
        """Have files of an image mounted; None when there are none.

        Where the engine mounts images that is only seen later.
        """
        assert files.image is not None, "scratch has no files"
        if self.mounts_images:
            return Placed({"Type": "image", "Source": files.image}, files.path)
        with self._lock:
            volume = self._volumes.get(files)
            if volume is None:
                volume = self._names.new()
                with engine_errors("make a volume"):
                    self._client.api.create_volume(volume)
                self._made.append(volume)
                if not self.fill(volume, files, _FOLDER):
                    return None
                self._volumes[files] = volume
        return Placed(volume_mount(volume), f"/{_FOLDER}")

    def fill(self, volume: str, files: Files, folder: str) -> bool:
        """Copy files into a directory of a volume, unless it has that directory already; False when there are none.

        Raises `MountError` where there is nothing to copy with.
        """
        assert files.image is not None, "scratch has no files"
        at, root = script.slot(0), ""
        mounts = [{**volume_mount(volume), "Target": at}]
        if self.mounts_images:
            # In a container of the image some files of the engine's are in the way of the image's own.
            root = script.slot(1)
            mounts.append({"Type": "image", "Source": files.image, "Target": root})
        container = self._containers.take(files.image, host_config={"Mounts": mounts})
        try:
            if container.worker.busybox is None:
                raise no_toolbox()
            with self._interruption.stopping(lambda: self._containers.discard(container)):
                filling = container.worker.run(_filling(at, folder, root, files.path))
        except EngineError:
            self._interruption.check()
            raise
        finally:
            self._containers.discard(container)
        if filling.code not in (0, _ABSENT):
            raise EngineError(f"could not fill a volume: {filling.stderr.decode('utf-8', 'replace').strip()}")
        return filling.code == 0

    def close(self) -> None:
        """Remove the volumes. For when the containers are gone."""
        for volume in self._made:
            remove_volume(self._client, volume)
        self._made.clear()
        self._volumes.clear()


def mounts_images_in(client: EngineClient, product: str) -> bool:
    """Whether an engine mounts images; for its product see `EngineInfo`."""
    return (
        product == PODMAN
        or tuple(int(part) for part in client.version["ApiVersion"].split(".")) >= _FIRST_API_WITH_IMAGES
    )


def volume_mount(volume: str | None) -> dict[str, Any]:
    """For `HostConfig.Mounts`: a volume as it is; None for a new one that goes with the container."""
    return {"Type": "volume", "VolumeOptions": {"NoCopy": True}} | ({"Source": volume} if volume is not None else {})


def no_toolbox() -> MountError:
    """There is nothing to mount with."""
    return MountError(
        "RUN --mount needs Stepper's toolbox, and there is none",
        hint="Get a toolbox image: `docker pull busybox:musl`, then try again.",
    )


def _filling(at: str, folder: str, root: str, source: str) -> str:
    """The script that copies; to a name of its own first, so that what is there is always complete."""
    made, new = shlex.quote(f"{at}/{folder}"), f"{at}/.new-{secrets.token_hex(4)}"
    # Another build may have been quicker with the same.
    placed = f"{{ $b mv -T {new} {made} 2>/dev/null || {{ $b rm -rf {new}; [ -e {made} ]; }}; }}"
    whole = f"$b cp -a {root} {new}" if root else _copying_container(new)
    return (
        f"[ -e {made} ] || (\n{script.RESOLVE}\nresolve '{root}' {shlex.quote(source)}\n"
        f'[ -e "{root}${{r:-/}}" ] || exit {_ABSENT}\n'
        f'if [ -n "$r" ]; then $b cp -a "{root}$r" {new}; else {whole}; fi && {placed})'
    )


def _copying_container(new: str) -> str:
    """Copies a container's whole file system, but not what the engine mounts in every container."""
    skipped = " ".join(f"! -path {path}" for path in (*MOUNT_POINTS, "/.dockerenv"))
    made = " ".join(f"{new}{path}" for path in MOUNT_POINTS)
    return f"$b mkdir {new} {made} && $b find / -xdev -mindepth 1 -maxdepth 1 {skipped} -exec $b cp -a {{}} {new} \\;"
