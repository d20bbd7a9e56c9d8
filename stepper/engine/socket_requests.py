"""One HTTP request over a unix socket, with what comes with Python alone."""

import http.client
import socket
from collections.abc import Mapping

from stepper.frozen import frozen


@frozen
class Answer:
    """What came back, whatever its status."""

    status: int
    reason: str
    body: bytes


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path: str, seconds: float) -> None:
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
    connection = _SocketConnection(path, seconds)
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        response = connection.getresponse()
        return Answer(response.status, response.reason, response.read())
    finally:
        connection.close()
