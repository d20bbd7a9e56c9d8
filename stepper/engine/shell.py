"""An interactive shell in a container, over exec with a terminal."""

import contextlib
import queue
import socket
import threading
from collections.abc import Callable

from stepper.engine.api_errors import engine_errors
from stepper.engine.client import EngineClient
from stepper.engine.entered import Recorder
from stepper.engine.protocol import EndedShell
from stepper.engine.shell_setup import ShellSetup
from stepper.engine.stream import CHUNK
from stepper.errors import StepperError


class Shell:
    """A running shell. A thread of its own brings its output to a local socket, so that it can be waited for, and
    another one sends what is typed: an engine takes no more of that than the shell reads.

    `end` finds out what came of it when it has ended, and `on_close` is called once when the session is over.
    """

    def __init__(
        self,
        client: EngineClient,
        container: str,
        setup: ShellSetup,
        size: tuple[int, int],
        on_close: Callable[[], None],
        end: Callable[[Recorder], EndedShell] | None = None,
    ) -> None:
        self.notes = setup.notes
        """What the user is to know of it, each in one line."""
        self._client = client
        self._on_close: Callable[[], None] | None = on_close
        self._end = end
        self._recorder = Recorder(setup.key)
        self.ended = EndedShell()
        """What was entered in it, once it is closed."""
        rows, columns = size
        with engine_errors("open a shell"):
            self._exec, self._stream = setup.command.start_exec(client, container, terminal=size)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(self._stream.close)
            self.resize(rows, columns)
            self._near, self._far = socket.socketpair()
            on_failure.pop_all()
        self._pump = threading.Thread(target=self._bring_output, name="shell-output", daemon=True)
        self._pump.start()
        self._input: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._sender = threading.Thread(target=self._send_input, name="shell-input", daemon=True)
        self._sender.start()

    @property
    def has_prompted(self) -> bool:
        """Whether it came as far as a prompt."""
        return self._recorder.has_prompted

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
        """Send what the user typed, in the order of the calls; waits for nothing. A shell that has ended needs none."""
        if data:
            self._input.put(data)

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
        with contextlib.ExitStack() as at_the_end:
            at_the_end.callback(on_close)
            at_the_end.callback(self._find_out)
            at_the_end.callback(self._pump.join)
            at_the_end.callback(self._sender.join)
            at_the_end.callback(self._near.close)
            at_the_end.callback(self._stream.close)
            at_the_end.callback(self._input.put, b"")
            return self._exit_code()

    def _find_out(self) -> None:
        # What it did is only told where that can be found out.
        with contextlib.suppress(StepperError):
            if self._end is not None:
                self.ended = self._end(self._recorder)

    def _exit_code(self) -> int | None:
        with engine_errors("ask for the shell's exit code"):
            code = self._client.api.exec_inspect(self._exec).get("ExitCode")
        return None if code is None else int(code)

    def _send_input(self) -> None:
        # A connection that is gone ends the output too, and with it the shell.
        with contextlib.suppress(OSError):
            while data := self._input.get():
                self._recorder.typed(data)
                self._stream.write(data)

    def _bring_output(self) -> None:
        with self._far:
            while data := self._stream.read():
                if not self._show(self._recorder.printed(data)):
                    return
            self._show(self._recorder.rest())

    def _show(self, data: bytes) -> bool:
        """Pass output on; False where nobody wants it any more."""
        try:
            self._far.sendall(data)
        except OSError:
            return False
        return True
