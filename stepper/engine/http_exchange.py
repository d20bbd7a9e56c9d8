"""One request over HTTP/1.1 to whoever listens on a unix socket, and the answer to it."""

import contextlib
import http.client
import socket
from collections.abc import Iterable, Iterator, Mapping

_PIECE = 64 * 1024
"""Bytes of an answer at a time: still in the processor's cache when they are worked on."""


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
        self._response: http.client.HTTPResponse | None = None
        with contextlib.ExitStack() as failing:
            self._socket = failing.enter_context(contextlib.closing(socket.socket(socket.AF_UNIX)))
            self._socket.settimeout(seconds)
            self._socket.connect(path)
            self._connection = _SocketConnection(self._socket, version)
            # Who refuses a request need not take in all of it: the answer tells why.
            with contextlib.suppress(_RefusedError):
                self._connection.request(method, target, body=body, headers=dict(fields or {}))
            failing.pop_all()

    def begin(self) -> tuple[int, str]:
        """The status of the answer and its reason, once they have come. Asked for once, before the body."""
        with _broken_answers():
            self._response = self._connection.getresponse()
        return self._response.status, self._response.reason

    def body(self) -> Iterator[bytes]:
        """The body of the answer as it comes."""
        response = self._response
        if response is None:
            return
        with _broken_answers():
            left = response.length
            while piece := response.read1(_PIECE if left is None else min(_PIECE, left)):
                left = None if left is None else left - len(piece)
                yield piece
            if left:
                raise BrokenAnswerError("the answer is cut off")

    def stop(self) -> None:
        """Have whoever reads it fail at once, from any thread."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it, also before its end."""
        if self._response is not None:
            self._response.close()
        self._connection.close()


class _SocketConnection(http.client.HTTPConnection):
    _http_vsn: int
    _http_vsn_str: str

    def __init__(self, connected: socket.socket, version: str) -> None:
        super().__init__("localhost")
        self.sock = connected
        self._http_vsn = int(version.replace(".", ""))
        self._http_vsn_str = f"HTTP/{version}"

    def send(self, data: object) -> None:
        assert isinstance(data, bytes)
        try:
            super().send(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise _RefusedError from error


class _RefusedError(Exception):
    """Nobody takes in the rest of a request."""


@contextlib.contextmanager
def _broken_answers() -> Iterator[None]:
    try:
        yield
    except http.client.RemoteDisconnected as error:
        raise BrokenAnswerError("the connection was closed without an answer") from error
    except http.client.IncompleteRead as error:
        raise BrokenAnswerError("the answer is cut off") from error
    except http.client.HTTPException as error:
        raise BrokenAnswerError("what came back is no answer over HTTP") from error
