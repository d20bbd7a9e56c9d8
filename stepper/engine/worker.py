"""The worker: the shell that keeps a step's container alive, and does small jobs in it without an exec."""

import secrets
import shlex
import threading
from typing import NamedTuple

from stepper.engine.stream import STDERR, EngineStream, frames
from stepper.errors import EngineError


class WorkerResult(NamedTuple):
    """What a script printed, and its exit code."""

    stdout: bytes
    stderr: bytes
    code: int


class Worker:
    """Runs shell scripts as root in the first process of a container, a few milliseconds each.

    The scripts are written to the shell's standard input, one at a time; each ends with a mark on both outputs.
    `busybox` is the path of the toolbox's busybox, None where there is only the image's own shell.
    """

    def __init__(self, stream: EngineStream, *, busybox: str | None) -> None:
        self.busybox = busybox
        self._stream = stream
        self._frames = frames(stream)
        self._lock = threading.Lock()
        self._mark = secrets.token_hex(16)

    def run(self, script: str) -> WorkerResult:
        """Run a script and wait for it. `$b` is the busybox; standard input is empty.

        Raises `EngineError` when the container ends before the script does.
        """
        with self._lock:
            return self._run(script)

    def applet(self, *words: str) -> WorkerResult:
        """Run one applet of the busybox with these arguments."""
        return self.run(f"$b {shlex.join(words)}")

    def close(self) -> None:
        """End the shell, and with it the container."""
        self._stream.end_input()
        self._stream.close()

    def _run(self, script: str) -> WorkerResult:
        mark = self._mark
        text = (
            f"b={shlex.quote(self.busybox or '')}\n{{ {script}\n}} </dev/null\n"
            f"printf '{mark}%s\\n' $?; printf '{mark}0\\n' >&2\n"
        )
        try:
            self._stream.write(text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise EngineError("the step's container has ended") from error
        ends = bytes(mark, "ascii")
        output = (bytearray(), bytearray())
        open_outputs = {0, 1}
        for kind, data in self._frames:
            index = 1 if kind == STDERR else 0
            collected = output[index]
            collected += data
            if collected.endswith(b"\n") and ends in collected[-len(ends) - 8 :]:
                open_outputs.discard(index)
                if not open_outputs:
                    break
        else:
            raise EngineError("the step's container has ended")
        stdout, _, code = bytes(output[0]).rpartition(ends)
        stderr, _, _ = bytes(output[1]).rpartition(ends)
        return WorkerResult(stdout, stderr, int(code))
