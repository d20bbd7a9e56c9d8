"""Makes ready what RUN steps mount: the volumes of caches, the files of contexts and images, secrets, agents."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount, SecretMount, SshMount, TmpfsMount
from stepper.engine.access import BuildAccess, SshAccess
from stepper.engine.agent_socket import AgentError, agent_socket
from stepper.engine.copy_modes import ENGINE_UMASK
from stepper.engine.interruption import Interruption
from stepper.engine.mounts import script
from stepper.engine.mounts.caches import CacheVolumes
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.image_files import ImageFiles, volume_mount
from stepper.engine.mounts.mounter import Mounter
from stepper.engine.mounts.secret_values import read_secret
from stepper.engine.mounts.sources import Files
from stepper.engine.mounts.step_mounts import StepMounts, absent
from stepper.engine.protocol import Report
from stepper.engine.step import Progress

AGENT_VARIABLE = "SSH_AUTH_SOCK"
_AGENT_FOLDER = "/run/buildkit"


class Mounting:
    """Makes ready what the RUN steps of one session mount."""

    def __init__(
        self,
        mounter: Mounter,
        caches: CacheVolumes,
        images: ImageFiles,
        interruption: Interruption,
        *,
        socket: Path | None,
    ) -> None:
        """`socket` is where the engine listens on this machine, None for one elsewhere."""
        self._mounter = mounter
        self._caches = caches
        self._images = images
        self._interruption = interruption
        self._socket = socket

    @contextlib.contextmanager
    def ready(
        self,
        image: str,
        mounts: Sequence[Mount],
        files: Sequence[Files | None],
        access: BuildAccess,
        report: Report,
        *,
        hostname: str | None = None,
    ) -> Iterator[StepMounts]:
        """What these mounts need: had during the block, in which the command runs. Raises `MountError`.

        `image` is that of the step's container; `files` says for each mount where its files are. The
        command is to see /etc/hostname as it is in the image `hostname`, where one is given and the engine lets it.
        """
        if not self._images.mounts_images:
            hostname = None
        if mounts or hostname is not None:
            self._mounter.prepare(image)
        with contextlib.ExitStack() as had:
            step = StepMounts(self._mounter)
            had.callback(lambda: step.agents.close())
            volumes: dict[str, str] = {}
            images: dict[object, str] = {}
            agents = 0
            cached = [(each, at) for each, at in zip(mounts, files, strict=True) if isinstance(each, CacheMount)]
            # In one order for all steps: two that wait for each other's caches would wait for ever.
            for cache, start in sorted(cached, key=lambda each: self._caches.name(each[0], _start(each[1]))):
                self._have_cache(step, cache, start, volumes, had, report)
            for mount, source in zip(mounts, files, strict=True):
                match mount:
                    case BindMount():
                        self._bind(step, mount, source, images)
                    case CacheMount():
                        self._cache(step, mount, source, volumes)
                    case TmpfsMount():
                        step.add(mount, script.tmpfs(mount.target, size=mount.size))
                    case SecretMount():
                        _secret(step, mount, access)
                    case SshMount():
                        self._agent(step, mount, agents, access.ssh.get(mount.id))
                        agents += 1
            if hostname is not None:
                step.add_hostname(hostname)
            yield step

    def _bind(self, step: StepMounts, mount: BindMount, files: Files | None, images: dict[object, str]) -> None:
        if files is None or files.image is None:
            if mount.source != "/":
                raise absent(mount.source, mount)
            step.add(mount, script.empty(mount.target, is_read_only=not mount.writable))
            return
        placed = self._images.place(files)
        if placed is None:
            raise absent(mount.source, mount)
        key = placed.mount["Source"]
        if key not in images:
            images[key] = step.slot(placed.mount)
        if mount.writable:
            upper = step.slot(volume_mount(None))
            step.add(mount, script.writable(mount.target, images[key], placed.path, upper))
        else:
            step.add(mount, script.read_only(mount.target, images[key], placed.path))

    def _have_cache(
        self,
        step: StepMounts,
        mount: CacheMount,
        files: Files | None,
        slots: dict[str, str],
        had: contextlib.ExitStack,
        report: Report,
    ) -> None:
        """A volume of a cache for this step alone, or shared, as its `sharing` says."""
        start = _start(files)
        if start is None and mount.source != "/":
            raise absent(mount.source, mount)
        key = self._caches.name(mount, start)
        if key not in slots:
            text = f"waiting for the cache {mount.id}, which another step or build uses"
            fill: Callable[[str], None] | None = None
            if start is not None:
                fill = self._filling(mount, start)
            volume = had.enter_context(
                self._caches.using(
                    mount, start, fill, waiting=lambda: report(Progress(text)), check=self._interruption.check
                )
            )
            slots[key] = step.slot(volume_mount(volume))

    def _cache(self, step: StepMounts, mount: CacheMount, files: Files | None, slots: dict[str, str]) -> None:
        key = self._caches.name(mount, _start(files))
        mode = mount.mode & ~ENGINE_UMASK
        line = script.cache(
            mount.target, slots[key], mode=mode, uid=mount.uid, gid=mount.gid, is_read_only=mount.read_only
        )
        step.add(mount, line)

    def _filling(self, mount: CacheMount, start: Files) -> Callable[[str], None]:
        def fill(volume: str) -> None:
            if not self._images.fill(volume, start, script.CACHE_FOLDER):
                raise absent(mount.source, mount)

        return fill

    def _agent(
        self,
        step: StepMounts,
        mount: SshMount,
        number: int,
        access: SshAccess | None,
    ) -> None:
        target = mount.target or f"{_AGENT_FOLDER}/ssh_agent.{number}"
        if number == 0:
            step.variables[AGENT_VARIABLE] = target
        if access is None:
            if mount.required:
                raise MountError(
                    f'no SSH key "{mount.id}" forwarded from the client', hint=f"Give it with --ssh {mount.id}."
                )
            return
        if self._socket is None:
            raise MountError(
                "RUN --mount=type=ssh needs an engine on this machine",
                hint="The engine has to see the socket of the agent.",
            )
        try:
            socket = step.agents.enter_context(
                agent_socket(access, mode=mount.mode, uid=mount.uid, gid=mount.gid, near=self._socket)
            )
        except AgentError as error:
            raise MountError(error.message, hint=error.hint) from error
        at = step.slot({"Type": "bind", "Source": str(socket)})
        step.add(mount, script.socket(target, at, mode=mount.mode, uid=mount.uid, gid=mount.gid))


def _start(files: Files | None) -> Files | None:
    """What a cache starts with."""
    return files if files is not None and files.image is not None else None


def _secret(step: StepMounts, mount: SecretMount, access: BuildAccess) -> None:
    value = read_secret(mount, access)
    if mount.env is not None:
        # As in BuildKit a variable is empty when its secret is not given.
        step.secrets[mount.env] = (value or b"").decode("utf-8", "surrogateescape")
    if mount.target is not None and value is not None:
        line = script.secret(mount.target, value, mode=mount.mode, uid=mount.uid, gid=mount.gid)
        step.add(mount, line)
