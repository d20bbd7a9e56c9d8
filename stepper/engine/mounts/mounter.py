"""The mounter: one helper container of a session, which mounts things in the containers of steps.

What the engine mounts by itself leaves its mount point in the layer, and a step's container may not mount. So a
helper that may enters the container's mount namespace. It sees the engine's processes, has no network, and runs
nothing but Stepper's own scripts by the toolbox's busybox: a program of an image would have its privileges.
"""

import secrets
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient
from stepper.engine.containers import Containers
from stepper.engine.mounts.failure import MountError
from stepper.engine.step import RunSettings
from stepper.engine.step_container import StepContainer
from stepper.engine.worker import WorkerResult
from stepper.errors import EngineError

_NO_NETWORK = RunSettings(network="none")
_PRIVILEGES: dict[str, Any] = {
    "PidMode": "host",
    "UsernsMode": "host",
    "CapAdd": ["SYS_ADMIN", "SYS_PTRACE", "SYS_CHROOT", "DAC_READ_SEARCH"],
    "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined", "label=disable"],
}


class Mounter:
    """Runs scripts in the mount namespaces of steps' containers. May be used from any thread."""

    def __init__(self, client: EngineClient, containers: Containers) -> None:
        self._client = client
        self._containers = containers
        self._starter = ThreadPoolExecutor(1, "mounter-start")
        self._lock = threading.RLock()
        self._helper: Future[StepContainer] | None = None

    def prepare(self, image: str) -> None:
        """Start the helper in the background, of this image, unless there is one."""
        with self._lock:
            if self._helper is None or (self._helper.done() and self._helper.exception() is not None):
                self._helper = self._starter.submit(
                    self._containers.take, image, _NO_NETWORK, host_config=_PRIVILEGES, needs_toolbox=True
                )

    def run(self, container: StepContainer, script: str) -> WorkerResult:
        """Run a script in the mount namespace of a container; `$b` is the busybox.

        Raises `MountError` where the engine has no such helper, or it may not do that.
        """
        process = self._process_of(container)
        busybox = container.worker.busybox
        # A script holds words of the build: none of them may end it, what follows would have the helper's privileges.
        end = f"END-{secrets.token_hex(16)}"
        text = f"$b nsenter -t {process} -m {busybox} sh -s <<'{end}'\nb={busybox}\n{script}\n{end}"
        try:
            return self._started(container.image).worker.run(text)
        except EngineError:
            # Perhaps somebody removed it.
            self._helper = None
            return self._started(container.image).worker.run(text)

    def settle(self) -> None:
        """Wait for a start that is under way, and forget the helper: its container goes with the session's others."""
        if self._helper is not None:
            wait([self._helper])
            self._helper = None

    def _started(self, image: str) -> StepContainer:
        with self._lock:
            self.prepare(image)
            helper = self._helper
        assert helper is not None
        try:
            return helper.result()
        except EngineError as error:
            raise MountError(
                f"the engine does not start the container that does the mounting: {error.message}",
                hint="RUN --mount needs one that sees the engine's processes and may mount (CAP_SYS_ADMIN).",
            ) from error

    def _process_of(self, container: StepContainer) -> int:
        with engine_errors("look at the step's container"):
            return int(get_json(self._client, f"/containers/{container.id}/json")["State"]["Pid"])
