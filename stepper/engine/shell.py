"""An interactive shell in a container, over exec with a terminal."""

import os
import shlex
import socket
import threading
from collections.abc import Callable, Mapping

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.command import Command
from stepper.engine.step_container import StepContainer
from stepper.engine.stream import CHUNK
from stepper.engine.toolbox import MOUNT_POINT
from stepper.image.config import ImageConfig

_SHELLS = ("/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/sh", "/usr/bin/sh", "/bin/ash")
_DEFAULT_TERM = "xterm-256color"


class Shell:
    """A running shell. A thread of its own brings its output to a local socket, so that it can be waited for.

    `on_close` is called once when the session is over.
    """

    def __init__(
        self,
        client: EngineClient,
        container: str,
        command: Command,
        size: tuple[int, int],
        on_close: Callable[[], None],
    ) -> None:
        self._client = client
        self._on_close: Callable[[], None] | None = on_close
        rows, columns = size
        with engine_errors("open a shell"):
            self._exec, self._stream = command.start_exec(client, container, terminal=size)
        self._near, self._far = socket.socketpair()
        self._pump = threading.Thread(target=self._bring_output, name="shell-output", daemon=True)
        self._pump.start()
        self.resize(rows, columns)

    def fileno(self) -> int:
        """The descriptor to wait on for output."""
        return self._near.fileno()

    def read(self) -> bytes:
        """What the shell wrote, up to 64 KiB; b"" once it has ended."""
        try:
            return self._near.recv(CHUNK)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """Send what the user typed."""
        with engine_errors("send input to the shell"):
            self._stream.write(data)

    def resize(self, rows: int, columns: int) -> None:
        """Tell the shell's terminal its new size. A shell that has ended is no error."""
        import docker.errors

        with engine_errors("resize the shell"):
            try:
                self._client.api.exec_resize(self._exec, height=rows, width=columns)
            except docker.errors.APIError:
                return

    def close(self) -> int | None:
        """End the session; the exit code when the shell had ended by itself. May be called twice."""
        if self._on_close is None:
            return None
        on_close, self._on_close = self._on_close, None
        try:
            return self._exit_code()
        finally:
            self._stream.close()
            self._near.close()
            self._pump.join()
            on_close()

    def _exit_code(self) -> int | None:
        with engine_errors("ask for the shell's exit code"):
            code = self._client.api.exec_inspect(self._exec).get("ExitCode")
        return None if code is None else int(code)

    def _bring_output(self) -> None:
        with self._far:
            while data := self._stream.read():
                try:
                    self._far.sendall(data)
                except OSError:
                    return


def open_shell(
    client: EngineClient,
    container: StepContainer,
    config: ImageConfig,
    environment: Mapping[str, str],
    size: tuple[int, int],
    on_close: Callable[[], None],
) -> Shell:
    """Open a shell in a container as the user of a configuration, or as root when the image does not know that user.

    `on_close` is also called when that fails.
    """
    try:
        return Shell(client, container.id, shell_command(container, config, environment), size, on_close)
    except BaseException:
        on_close()
        raise


def shell_command(container: StepContainer, config: ImageConfig, environment: Mapping[str, str]) -> Command:
    """The best shell that a container has, in the environment of a configuration and these variables.

    Without a shell in the image it is that of the toolbox, whose tools then stand behind the image's own on PATH.
    """
    names = shlex.join(_SHELLS)
    script = f'for s in {names}; do [ -x "$s" ] && echo "$s" && break; done'
    found = container.worker.run(script).stdout.decode().strip()
    variables = {**config.environment, **environment, "TERM": os.environ.get("TERM") or _DEFAULT_TERM}
    argv = [found]
    if not found:
        argv = [container.worker.busybox or "/bin/sh", "sh"]
        variables["PATH"] = f"{variables.get('PATH', '')}:{MOUNT_POINT}/bin".lstrip(":")
    folder = config.working_dir or "/"
    exists = container.worker.run(f"[ -d {shlex.quote(folder)} ]").code == 0
    return Command(argv, variables, _known_user(container, config.user), folder if exists else "/")


def _known_user(container: StepContainer, user: str) -> str:
    """The user if the image knows it, else root: a shell is to open also where USER is what is wrong."""
    names = zip(user.split(":"), ("/etc/passwd", "/etc/group"), strict=False)
    checks = [f"$b grep -q ^{shlex.quote(name)}: {file}" for name, file in names if name and not name.isdigit()]
    if container.worker.busybox is None or not checks:
        return user
    return user if container.worker.run(" && ".join(checks)).code == 0 else ""
