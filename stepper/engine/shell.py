"""An interactive shell in a container, over exec with a terminal."""

import socket
import threading
from collections.abc import Callable

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.shell_setup import ShellSetup
from stepper.engine.stream import CHUNK


class Shell:
    """A running shell. A thread of its own brings its output to a local socket, so that it can be waited for.

    `on_close` is called once when the session is over.
    """

    def __init__(
        self,
        client: EngineClient,
        container: str,
        setup: ShellSetup,
        size: tuple[int, int],
        on_close: Callable[[], None],
    ) -> None:
        self.notes = setup.notes
        """What the user is to know of it, each in one line."""
        self._client = client
        self._on_close: Callable[[], None] | None = on_close
        rows, columns = size
        with engine_errors("open a shell"):
            self._exec, self._stream = setup.command.start_exec(client, container, terminal=size)
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
