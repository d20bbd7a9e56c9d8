"""A two-way byte stream to whoever listens on a unix socket, which begins as an HTTP request."""

import socket

_HEADERS_END = b"\r\n\r\n"
_LONGEST_HEADERS = 64 * 1024
_STREAMS = (b"101", b"200")
"""With what status an engine goes over to the stream."""


def upgraded(path: str, target: str, *, seconds: float) -> socket.socket | None:
    """The connection over which the stream at `target` goes, none of it read yet; None where it is refused.

    `seconds` is how long the other side may be silent before the stream begins; in it there is no limit. Raises
    `OSError`.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(seconds)
        connection.connect(path)
        lines = (
            f"POST {target} HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: tcp",
            "Content-Length: 0",
        )
        connection.sendall("\r\n".join((*lines, "", "")).encode())
        words = _headers(connection).split(maxsplit=2)
    except BaseException:
        connection.close()
        raise
    if words[1:2] and words[1] in _STREAMS:
        connection.settimeout(None)
        return connection
    connection.close()
    return None


def _headers(connection: socket.socket) -> bytes:
    """All up to the empty line, and no byte of what follows: that is the stream's."""
    found = b""
    while not found.endswith(_HEADERS_END) and len(found) < _LONGEST_HEADERS:
        waiting = connection.recv(_LONGEST_HEADERS, socket.MSG_PEEK)
        if not waiting:
            raise ConnectionResetError("the connection was closed before the stream began")
        end = (found + waiting).find(_HEADERS_END)
        found += connection.recv(len(waiting) if end < 0 else end + len(_HEADERS_END) - len(found))
    return found
