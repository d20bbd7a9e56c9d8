"""One container that a step runs in: made from a snapshot, kept alive by its worker, committed and removed."""

import contextlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from typing import Any

from stepper.engine.api_errors import engine_errors, explanation, status
from stepper.engine.api_requests import create_container
from stepper.engine.client import EngineClient
from stepper.engine.leftovers import remove_container, was_removed
from stepper.engine.step import DEFAULT_SETTINGS, RunSettings
from stepper.engine.toolbox import Toolbox
from stepper.engine.worker import Worker
from stepper.errors import EngineError
from stepper.frozen import frozen

HOST_NAME = "buildkitsandbox"
"""What BuildKit calls the machine that a RUN sees."""
_CAPABILITIES = ["AUDIT_WRITE", "MKNOD", "NET_RAW"]
"""What a RUN may in BuildKit and in Docker, but not in Podman by default."""
_SHARED_MEMORY = 64 << 20
"""The bytes of a RUN's /dev/shm in BuildKit. Podman's default is a little less."""


@frozen
class Mounted:
    """What the mounts of a step brought into its container: variables for the environment of commands, secret ones
    too, and `places`, in words for people.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    places: tuple[str, ...] = ()


class StepContainer:
    """A running container on a snapshot's image.

    The engine removes it by itself when its worker's input ends, so also when this process dies. `remove` is still to
    be called: only then it is certain.
    """

    def __init__(self, client: EngineClient, container: str, image: str, worker: Worker, created_at: float) -> None:
        self.id = container
        self.image = image
        self.worker = worker
        self.created_at = created_at
        """On the clock of `time.monotonic`, a little before the engine made the container."""
        self.mounted = Mounted()
        """What the mounts of its step brought."""
        self.unmount: Callable[[], Collection[str]] = tuple
        """Takes the mounts down, with the mount points that were made for them; the directories that these were in."""
        self._client = client
        self._held = contextlib.ExitStack()

    @classmethod
    def start(
        cls,
        client: EngineClient,
        *,
        image: str,
        name: str,
        toolbox: Toolbox,
        settings: RunSettings = DEFAULT_SETTINGS,
        host_config: Mapping[str, Any] | None = None,
    ) -> "StepContainer":
        """Create and start a container of `image`. The network is `default`, `none`, `host`
        or `container:ID` for that of another container; None is `default`.

        `host_config` adds to the API's `HostConfig`: its `Mounts` come on top of the toolbox.

        Nothing goes into its configuration that a commit would carry into the image: no environment, no labels, no
        working directory. Raises `EngineError`, with a hint where neither a toolbox nor a shell is to be had.
        """
        config: dict[str, Any] = {
            "Image": image,
            "Entrypoint": [*toolbox.shell, "-s"],
            "Cmd": [],
            "User": "0",
            "WorkingDir": "/",
            "OpenStdin": True,
            "StdinOnce": True,
            "AttachStdin": True,
            "AttachStdout": True,
            "AttachStderr": True,
            "Healthcheck": {"Test": ["NONE"]},
            "HostConfig": {
                "AutoRemove": True,
                "LogConfig": {"Type": "none"},
                "CapAdd": _CAPABILITIES,
                "NetworkMode": settings.network or "default",
                "ExtraHosts": [f"{host.name}:{host.address}" for host in settings.extra_hosts],
                "ShmSize": settings.shm_size or _SHARED_MEMORY,
                "Ulimits": [{"Name": each.name, "Soft": each.soft, "Hard": each.hard} for each in settings.ulimits],
                **(host_config or {}),
                "Mounts": [*toolbox.mounts, *(host_config or {}).get("Mounts", ())],
            },
        }
        if settings.network is None or not settings.network.startswith("container:"):
            config["Hostname"] = HOST_NAME
        created_at = time.monotonic()
        with engine_errors("start a container for the step"), contextlib.ExitStack() as undo:
            container = create_container(client, config, name)
            undo.callback(_remove_if_possible, client, container)
            stream = client.attach(container)
            undo.callback(stream.close)
            try:
                client.request("POST", f"/containers/{container}/start")
            except Exception as error:
                if toolbox.volume is not None or status(error) is None:
                    raise
                raise EngineError(
                    f"the image has no shell to work with: {explanation(error)}",
                    hint="Stepper needs a toolbox image for it: `docker pull busybox:musl`, then try again.",
                ) from error
            undo.pop_all()
        return cls(client, container, image, Worker(stream, busybox=toolbox.busybox), created_at)

    def hold(self, stack: contextlib.ExitStack) -> None:
        """Close a stack when the container is gone: what its mounts need as long as somebody may look into it."""
        self._held.enter_context(stack.pop_all())

    def remove(self) -> None:
        """Kill and remove the container; returns when it is gone. May be called twice, from any thread."""
        self.worker.close()
        with self._held, engine_errors("remove the step's container"):
            if not was_removed(self._client, self.id):
                remove_container(self._client, self.id)


def _remove_if_possible(client: EngineClient, container: str) -> None:
    import docker.errors

    with contextlib.suppress(docker.errors.APIError):
        remove_container(client, container)
