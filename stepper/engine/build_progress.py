"""The progress of a build by BuildKit as a step's output: what it works on, what the commands print, how far it is.

The engine sends `StatusResponse` messages of BuildKit's `api/services/control/control.proto`; the numbers below are
those of its fields.
"""

import time
from dataclasses import dataclass

from stepper.engine.protobuf import Message
from stepper.engine.protocol import Report
from stepper.engine.step import Output, Progress

_STDERR = 2
_REPORT_SECONDS = 0.1


class _Response:
    VERTEXES, STATUSES, LOGS = 1, 2, 3


class _Vertex:
    DIGEST, NAME, CACHED, STARTED, COMPLETED, ERROR = 1, 3, 4, 5, 6, 7


class _Status:
    ID, CURRENT, TOTAL, COMPLETED = 1, 4, 5, 8


class _Log:
    VERTEX, STREAM, TEXT = 1, 3, 4


@dataclass
class _Work:
    """One thing that BuildKit does, a vertex of its graph."""

    name: str
    announced: bool = False
    ended: bool = False


class BuildProgress:
    """Tells the progress of one build to a step's report.

    Each vertex is announced on a line of its own, `=> [2/3] RUN make`, above what it prints; where the build is only
    one instruction of the user's (not `announces`) that is told as progress, and the output is the command's alone.
    """

    def __init__(self, report: Report, *, announces: bool = True) -> None:
        self.failed: str | None = None
        """The vertex that failed first: `[2/3] RUN make`."""
        self.error = ""
        """What BuildKit says of it."""
        self._report = report
        self.announces = announces
        self._works: dict[str, _Work] = {}
        self._speaking: str | None = None
        self._at_line_start = True
        self._told = 0.0

    def add(self, record: bytes) -> None:
        """Take in one record of the engine's answer. Raises `ValueError` where it is none."""
        response = Message(record)
        for vertex in response.messages(_Response.VERTEXES):
            self._vertex(vertex)
        for log in response.messages(_Response.LOGS):
            self._log(log)
        for status in response.messages(_Response.STATUSES):
            self._status(status)

    def _vertex(self, vertex: Message) -> None:
        digest, name = vertex.text(_Vertex.DIGEST), vertex.text(_Vertex.NAME)
        work = self._works.setdefault(digest, _Work(name))
        work.name = name or work.name
        error = vertex.text(_Vertex.ERROR)
        if error and self.failed is None and not work.name.startswith("[internal]"):
            self.failed = work.name
            self.error = error
        if (vertex.has(_Vertex.STARTED) or vertex.number(_Vertex.CACHED)) and not work.announced:
            work.announced = True
            self._speak(digest, cached=bool(vertex.number(_Vertex.CACHED)))
        work.ended = work.ended or vertex.has(_Vertex.COMPLETED)

    def _speak(self, digest: str, *, cached: bool = False) -> None:
        """From now on it is this vertex that prints."""
        self._speaking = digest
        work = self._works.get(digest)
        if work is None:
            return
        if not self.announces:
            self._report(Progress(work.name))
            return
        start = "" if self._at_line_start else "\n"
        self._report(Output(f"{start}=> {'CACHED ' if cached else ''}{work.name}\n".encode()))
        self._at_line_start = True

    def _log(self, log: Message) -> None:
        digest, text = log.text(_Log.VERTEX), log.data(_Log.TEXT)
        if not text:
            return
        if digest != self._speaking:
            self._speak(digest)
        self._report(Output(text, log.number(_Log.STREAM) == _STDERR))
        self._at_line_start = text.endswith(b"\n")

    def _status(self, status: Message) -> None:
        now = time.monotonic()
        if status.has(_Status.COMPLETED) or now - self._told < _REPORT_SECONDS:
            return
        self._told = now
        current, total = status.number(_Status.CURRENT), status.number(_Status.TOTAL)
        self._report(Progress(status.text(_Status.ID), current or None, total or None))
