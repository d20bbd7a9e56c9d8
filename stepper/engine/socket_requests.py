"""HTTP requests over a unix socket, with what comes with Python alone."""

import contextlib
import http.client
import socket
from collections.abc import Iterable, Iterator, Mapping

from stepper.frozen import frozen

_PIECE = 64 * 1024
"""Bytes of a long answer at a time: still in the processor's cache when they are worked on."""


@frozen
class Answer:
    """What came back, whatever its status."""

    status: int
    reason: str
    body: bytes


class _SocketConnection(http.client.HTTPConnection):
    _http_vsn: int
    _http_vsn_str: str

    def __init__(self, path: str, seconds: float | None) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def request(
    path: str, method: str, target: str, *, body: bytes | None, headers: Mapping[str, str], seconds: float
) -> Answer:
    """Ask whoever listens on the socket at `path`; `seconds` is how long it may be silent.

    Raises `OSError`, or `http.client.HTTPException` for an answer that is none.
    """
    with contextlib.closing(_SocketConnection(path, seconds)) as connection:
        connection.request(method, target, body=body, headers=dict(headers))
        return _answer(connection)


def get_at_once(path: str, targets: Iterable[str], *, seconds: float) -> list[Answer]:
    """Ask for several things of which none waits for another. Raises as `request` does."""
    with contextlib.ExitStack() as stack:
        asked = []
        for target in targets:
            connection = stack.enter_context(contextlib.closing(_SocketConnection(path, seconds)))
            connection.request("GET", target)
            asked.append(connection)
        return [_answer(connection) for connection in asked]


class Download:
    """An answer of any length: asked for when this is made, and read when somebody wants it.

    Has to be closed. Making it and its methods raise as `request` does; the engine may be silent for any time. Without
    `framed` the answer takes a third of the time to read, and may end too early without an error: for who can tell by
    what it holds.
    """

    def __init__(self, path: str, target: str, *, framed: bool) -> None:
        self._connection = _SocketConnection(path, None)
        if not framed:
            # HTTP/1.0 knows no chunks with their sizes: the answer ends with the connection.
            self._connection._http_vsn = 10
            self._connection._http_vsn_str = "HTTP/1.0"
        try:
            self._connection.request("GET", target)
        except BaseException:
            self._connection.close()
            raise

    def chunks(self) -> Iterator[bytes]:
        """The answer as it comes; raises `RefusedError` where it tells an error instead."""
        with contextlib.closing(self._connection.getresponse()) as response:
            if response.status >= 400:
                raise RefusedError(Answer(response.status, response.reason, response.read()))
            while chunk := response.read1(_PIECE):
                yield chunk

    def close(self) -> None:
        """Let go of it, also before its end."""
        self._connection.close()


class RefusedError(Exception):
    """What was to be downloaded is an error; the answer tells which."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.reason}")
        self.answer = answer


def _answer(connection: http.client.HTTPConnection) -> Answer:
    response = connection.getresponse()
    return Answer(response.status, response.reason, response.read())
