"""What one RUN mounts: what its container needs for it, how it is mounted there, and what the command is told of it."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stepper.dockerfile.mounts import BindMount, CacheMount, Mount
from stepper.engine.mounts import hostname, script
from stepper.engine.mounts.failure import MountError
from stepper.engine.mounts.image_files import no_toolbox
from stepper.engine.mounts.mounter import Mounter
from stepper.engine.step_container import Mounted, StepContainer
from stepper.errors import EngineError


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
    agents: contextlib.ExitStack = field(default_factory=contextlib.ExitStack, repr=False)
    """Ends the agents of `type=ssh`; a failed step's container may take it over."""
    _is_left: bool = False
    _hostname: str | None = None

    @property
    def host_config(self) -> Mapping[str, Any] | None:
        """What the step's container has to be created with; None where any container serves."""
        return {"Mounts": self.wanted} if self.wanted else None

    @property
    def made_points(self) -> bool:
        """Whether mount points had to be made in the container."""
        return bool(self._made.missing)

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

    def add_hostname(self, image: str) -> None:
        """Note that the command is to see /etc/hostname as it is in this image."""
        self._hostname = self.slot({"Type": "image", "Source": image})

    def show_hostname(self, container: StepContainer) -> bool:
        """Show the image's own /etc/hostname if that is asked for; whether it is there now, or the image has none.

        Where nothing may be mounted, the engine's file stays. To be called before `enter`.
        """
        if self._hostname is None or container.worker.busybox is None:
            return False
        hide = f"\n{script.HIDE}" if not self.lines else ""
        try:
            return self.mounter.run(container, hostname.showing(self._hostname) + hide).code == 0
        except MountError:
            return False

    def enter(self, container: StepContainer) -> None:
        """Make the mounts, before the command runs. Raises `MountError`; what is mounted then stays."""
        lines = script.in_order(self.lines)
        places = [f"{line.target} ({_kind(self._mounts[line.target])})" for line in lines]
        places += [f"${name} (secret)" for name in self.secrets]
        container.mounted = Mounted(self.variables, self.secrets, tuple(places))
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


def _kind(mount: Mount) -> str:
    """The type of a mount as it is written."""
    return type(mount).__name__.removesuffix("Mount").lower()


def absent(source: str, mount: Mount) -> MountError:
    """The source of a mount does not exist."""
    origin = mount.origin if isinstance(mount, BindMount | CacheMount) else None
    place = origin.image if origin is not None else None
    return MountError(f'"{source}": not found', hint=f"There is no such path in {place}." if place else None)
