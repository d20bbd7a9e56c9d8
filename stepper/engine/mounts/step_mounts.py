"""What one RUN mounts: what its container needs for it, how it is mounted there, and what the command is told of it."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount, SecretMount, SshMount, TmpfsMount
from stepper.engine.access import BuildAccess, SshAccess
from stepper.engine.agent_socket import AgentError, agent_socket
from stepper.engine.interruption import Interruption
from stepper.engine.mounts import script
from stepper.engine.mounts.caches import CacheVolumes
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.image_files import ImageFiles, no_toolbox, volume_mount
from stepper.engine.mounts.mounter import Mounter
from stepper.engine.mounts.secret_values import read_secret
from stepper.engine.mounts.sources import Files
from stepper.engine.protocol import Report
from stepper.engine.step import Progress
from stepper.engine.step_container import StepContainer
from stepper.errors import EngineError

AGENT_VARIABLE = "SSH_AUTH_SOCK"
_AGENT_FOLDER = "/run/buildkit"


@dataclass
class StepMounts:
    """The mounts of one step, ready to be made in its container.

    `wanted` is what the engine has to mount there itself, for `HostConfig.Mounts`. `variables` are for the command's
    environment, and so are `secrets`, which are to be seen nowhere else.
    """

    mounter: Mounter
    wanted: list[dict[str, Any]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    lines: list[script.Line] = field(default_factory=list, repr=False)
    _mounts: dict[str, Mount] = field(default_factory=dict)
    _made: script.Made = field(default_factory=script.Made)
    _is_left: bool = False

    @property
    def host_config(self) -> Mapping[str, Any] | None:
        """What the step's container has to be created with; None where any container serves."""
        return {"Mounts": self.wanted} if self.wanted else None

    @property
    def left_in(self) -> set[str]:
        """The directories in which mount points were made and removed again, once they are."""
        return {path.rpartition("/")[0] or "/" for path in self._made.missing} if self._is_left else set()

    def refused(self, error: EngineError) -> EngineError | MountError:
        """What it means that the engine does not start the step's container."""
        if not any(each["Type"] == "bind" for each in self.wanted):
            return error
        return MountError(
            f"the engine does not mount the socket of the SSH agent: {error.message}",
            hint="The engine has to run on this machine, and to see its files.",
        )

    def slot(self, mount: Mapping[str, Any]) -> str:
        """Have the engine mount something in the step's container; where it is mounted."""
        at = script.slot(len(self.wanted))
        self.wanted.append({**mount, "Target": at})
        return at

    def add(self, mount: Mount, line: script.Line) -> None:
        """Note how a mount is made."""
        self.lines.append(line)
        self._mounts[line.target] = mount

    def enter(self, container: StepContainer) -> None:
        """Make the mounts, before the command runs. Raises `MountError`; what is mounted then stays."""
        lines = script.in_order(self.lines)
        if not lines:
            return
        if container.worker.busybox is None:
            raise no_toolbox()
        result = self.mounter.run(container, script.entering(lines))
        self._made, failure = script.made(result.stdout)
        if failure is not None:
            raise self._error(self._mounts[lines[failure.line].target], lines[failure.line].target, failure.reason)
        if result.code != 0:
            reason = result.stderr.decode("utf-8", "replace").strip()
            raise MountError(
                f"the mounts could not be made: {reason}",
                hint="The engine has to let a container with CAP_SYS_ADMIN enter another one.",
            )

    def leave(self, container: StepContainer) -> None:
        """Take the mounts down after the command, with the mount points that were made for them."""
        self._is_left = True
        if self._made.mounted or self._made.missing:
            self.mounter.run(container, script.leaving(self._made))

    @staticmethod
    def _error(mount: Mount, target: str, reason: str | None) -> MountError:
        if reason is not None:
            return MountError(f"could not mount {target}: {reason}", exit_code=1)
        source = mount.source if isinstance(mount, BindMount | CacheMount) else target
        return absent(source, mount)


def absent(source: str, mount: Mount) -> MountError:
    """The source of a mount does not exist."""
    origin = mount.origin if isinstance(mount, BindMount | CacheMount) else None
    place = origin.image if origin is not None else None
    return MountError(f'"{source}": not found', hint=f"There is no such path in {place}." if place else None)


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
        self, image: str, mounts: Sequence[Mount], files: Sequence[Files | None], access: BuildAccess, report: Report
    ) -> Iterator[StepMounts]:
        """What these mounts need: had during the block, in which the command runs. Raises `MountError`.

        `image` is that of the step's container; `files` says for each mount where its files are.
        """
        if mounts:
            self._mounter.prepare(image)
        with contextlib.ExitStack() as had:
            step = StepMounts(self._mounter)
            volumes: dict[str, str] = {}
            images: dict[object, str] = {}
            agents = 0
            for mount, source in zip(mounts, files, strict=True):
                match mount:
                    case BindMount():
                        self._bind(step, mount, source, images)
                    case CacheMount():
                        self._cache(step, mount, source, volumes, had, report)
                    case TmpfsMount():
                        step.add(mount, script.tmpfs(mount.target, size=mount.size))
                    case SecretMount():
                        _secret(step, mount, access)
                    case SshMount():
                        self._agent(step, mount, agents, access.ssh.get(mount.id), had)
                        agents += 1
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

    def _cache(
        self,
        step: StepMounts,
        mount: CacheMount,
        files: Files | None,
        slots: dict[str, str],
        had: contextlib.ExitStack,
        report: Report,
    ) -> None:
        start = files if files is not None and files.image is not None else None
        if start is None and mount.source != "/":
            raise absent(mount.source, mount)
        key = self._caches.name(mount, start)
        if key not in slots:
            text = f"waiting for the cache {mount.id}, which another build uses"
            fill: Callable[[str], None] | None = None
            if start is not None:
                fill = self._filling(mount, start)
            volume = had.enter_context(
                self._caches.using(
                    mount, start, fill, waiting=lambda: report(Progress(text)), check=self._interruption.check
                )
            )
            slots[key] = step.slot(volume_mount(volume))
        line = script.cache(
            mount.target, slots[key], mode=mount.mode, uid=mount.uid, gid=mount.gid, is_read_only=mount.read_only
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
        had: contextlib.ExitStack,
    ) -> None:
        target = mount.target or f"{_AGENT_FOLDER}/ssh_agent.{number}"
        if number == 0:
            step.variables[AGENT_VARIABLE] = target
        if access is None:
            if mount.required:
                raise MountError(f"SSH agent {mount.id}: not given", hint=f"Give it with --ssh {mount.id}.")
            return
        if self._socket is None:
            raise MountError(
                "RUN --mount=type=ssh needs an engine on this machine",
                hint="The engine has to see the socket of the agent.",
            )
        try:
            socket = had.enter_context(
                agent_socket(access, mode=mount.mode, uid=mount.uid, gid=mount.gid, near=self._socket)
            )
        except AgentError as error:
            raise MountError(error.message, hint=error.hint) from error
        at = step.slot({"Type": "bind", "Source": str(socket)})
        step.add(mount, script.socket(target, at, mode=mount.mode, uid=mount.uid, gid=mount.gid))


def _secret(step: StepMounts, mount: SecretMount, access: BuildAccess) -> None:
    value = read_secret(mount, access)
    if mount.env is not None:
        # As in BuildKit a variable is empty when its secret is not given.
        step.secrets[mount.env] = (value or b"").decode("utf-8", "surrogateescape")
    if mount.target is not None and value is not None:
        line = script.secret(mount.target, value, mode=mount.mode, uid=mount.uid, gid=mount.gid)
        step.add(mount, line)
