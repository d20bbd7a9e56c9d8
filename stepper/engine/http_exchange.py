"""One request over HTTP/1.1 to whoever listens on a unix socket, and the answer to it (RFC 9112).

`http.client` reads the fields of an answer as those of an e-mail. To load what it needs for that takes as long as to
ask an engine for all steps of a build that is cached.
"""

import contextlib
import socket
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

_LONGEST_LINE = 64 * 1024
_MOST_FIELDS = 100
_PIECE = 64 * 1024
"""Bytes of an answer at a time: still in the processor's cache when they are worked on."""
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class BrokenAnswerError(ConnectionError):
    """What came back is no answer, or not all of it."""


class Exchange:
    """A request that is made now, and its answer, which is read when somebody wants it. Has to be closed.

    `seconds` is how long the other side may be silent, None for any time. A `body` of unknown length is sent in chunks,
    as it is made; what making it raises goes through. An answer to one of `version` 1.0 comes without the sizes of its
    parts, up to the end of the connection: it is quicker to read, and may end too early without an error.

    Making it and its methods raise `OSError`, and `ValueError` for a `target` that is not quoted.
    """

    def __init__(
        self,
        path: str,
        method: str,
        target: str,
        *,
        seconds: float | None,
        body: bytes | Iterable[bytes] | None = None,
        fields: Mapping[str, str] | None = None,
        version: str = "1.1",
    ) -> None:
        if not (target.isascii() and target.isprintable()) or " " in target:
            raise ValueError(f"not quoted: {target!r}")
        told = {"Host": "localhost", **(fields or {})}
        if isinstance(body, bytes) or (body is None and method == "POST"):
            told["Content-Length"] = str(len(body or b""))
        elif body is not None:
            told["Transfer-Encoding"] = "chunked"
        lines = (f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in told.items()), "", "")
        with contextlib.ExitStack() as failing:
            self._socket = failing.enter_context(contextlib.closing(socket.socket(socket.AF_UNIX)))
            self._socket.settimeout(seconds)
            self._socket.connect(path)
            self._send(_message("\r\n".join(lines).encode("ascii"), body))
            self._reader = self._socket.makefile("rb")
            failing.pop_all()

    def begin(self) -> tuple[int, str]:
        """The status of the answer and its reason, once they have come. Asked for once, before the body."""
        status = 0
        while status < HTTPStatus.OK:
            status, reason = self._status()
            self._fields = self._read_fields()
        self._has_body = status not in _WITHOUT_BODY
        return status, reason

    def body(self) -> Iterator[bytes]:
        """The body of the answer as it comes."""
        if not self._has_body:
            return iter(())
        if self._fields.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = self._fields.get("content-length")
        return self._until_the_end() if length is None else self._exactly(_number(length, 10))

    def stop(self) -> None:
        """Have whoever reads it fail at once, from any thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it, also before its end."""
        self._reader.close()
        self._socket.close()

    def _send(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            try:
                self._socket.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                # Who refuses a request need not take in all of it: the answer tells why.
                return

    def _status(self) -> tuple[int, str]:
        protocol, _, rest = self._line().partition(" ")
        status, _, reason = rest.partition(" ")
        if not protocol.startswith("HTTP/1."):
            raise BrokenAnswerError("what came back is no answer over HTTP")
        return _number(status, 10), reason.strip()

    def _read_fields(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(_MOST_FIELDS):
            line = self._line()
            if not line:
                return found
            name, _, value = line.partition(":")
            found[name.lower()] = value.strip()
        raise BrokenAnswerError("the answer has too many fields")

    def _line(self) -> str:
        line = self._reader.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise BrokenAnswerError("the answer is cut off" if line else "the connection was closed without an answer")
        return line.decode("latin-1").rstrip("\r\n")

    def _chunks(self) -> Iterator[bytes]:
        while size := _number(self._line().partition(";")[0], 16):
            yield from self._exactly(size)
            self._line()

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._reader.read1(min(size, _PIECE))
            if not piece:
                raise BrokenAnswerError("the answer is cut off")
            size -= len(piece)
            yield piece

    def _until_the_end(self) -> Iterator[bytes]:
        while piece := self._reader.read1(_PIECE):
            yield piece


def _message(head: bytes, body: bytes | Iterable[bytes] | None) -> Iterator[bytes]:
    if body is None or isinstance(body, bytes):
        yield head + (body or b"")
        return
    yield head
    for piece in filter(None, body):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _number(text: str, base: int) -> int:
    try:
        found = int(text, base)
    except ValueError:
        found = -1
    if found < 0:
        raise BrokenAnswerError("what came back is no answer over HTTP")
    return found
