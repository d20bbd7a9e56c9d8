"""The worker: the shell that keeps a step's container alive, and does small jobs in it without an exec."""

import secrets
import shlex
import threading
from collections.abc import Callable
from typing import NamedTuple

from stepper.engine.stream import STDERR, EngineStream, frames
from stepper.errors import EngineError

OnOutput = Callable[[bytes, bool], None]
"""Called with every piece of output, and whether it is standard error."""


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
        output = (bytearray(), bytearray())
        code = self.stream(script, lambda data, stderr: output[stderr].extend(data))
        return WorkerResult(bytes(output[0]), bytes(output[1]), code)

    def stream(self, script: str, on_output: OnOutput) -> int:
        """Run a script, pass on its output as it comes, and give its exit code. See `run`."""
        with self._lock:
            mark = self._mark
            text = (
                f"b={shlex.quote(self.busybox or '')}\n{{ {script}\n}} </dev/null\n"
                f"printf '\\001{mark}%s\\n' $?; printf '\\001{mark}0\\n' >&2\n"
            )
            try:
                self._stream.write(text.encode("utf-8", "surrogateescape"))
            except OSError as error:
                raise EngineError("the step's container has ended") from error
            return self._receive(on_output)

    def close(self) -> None:
        """End the shell, and with it the container."""
        self._stream.end_input()
        self._stream.close()

    def _receive(self, on_output: OnOutput) -> int:
        outputs = (MarkedOutput(self._mark), MarkedOutput(self._mark))
        for kind, data in self._frames:
            stderr = kind == STDERR
            passed = outputs[stderr].add(data)
            if passed:
                on_output(passed, stderr)
            if outputs[0].code is not None and outputs[1].code is not None:
                return outputs[0].code
        raise EngineError("the step's container has ended")


class MarkedOutput:
    """One output of a script, up to its mark. `code` is what stands behind the mark, once it was seen."""

    def __init__(self, mark: str) -> None:
        self.code: int | None = None
        self._mark = b"\x01" + mark.encode()
        self._waiting = b""

    def add(self, data: bytes) -> bytes:
        """Take in more output; what of it is certainly not the mark."""
        if not self._waiting and b"\x01" not in data:
            return data
        text = self._waiting + data
        at = text.find(self._mark)
        if at >= 0:
            if text.endswith(b"\n"):
                self.code = int(text[at + len(self._mark) :])
            self._waiting = text[at:]
            return text[:at]
        at = text.rfind(b"\x01")
        if len(text) - at > len(self._mark) or not self._mark.startswith(text[at:]):
            at = len(text)
        self._waiting = text[at:]
        return text[:at]
