"""A two-way byte stream to a process in the engine, over a hijacked HTTP connection (attach, exec)."""

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Any, Protocol

CHUNK = 64 * 1024
STDOUT = 1
STDERR = 2
_HEADER = struct.Struct(">BxxxL")


class Readable(Protocol):
    """Where bytes come from."""

    def read(self) -> bytes:
        """The next bytes; b"" at the end."""


class EngineStream:
    """What the SDK's `attach_socket` and `exec_start(socket=True)` give, the same over unix, TCP, TLS and ssh.

    One thread may read while another writes; `close` may come from any thread and ends a waiting read.
    """

    def __init__(self, sdk_socket: Any) -> None:
        self._socket = sdk_socket
        self._response = getattr(sdk_socket, "_response", None)
        # Bytes that came together with the response's headers wait in the HTTP layer's buffered reader: the SDK's
        # own readers go past it and lose them.
        self._reader: Any = self._response.raw._fp.fp if self._response is not None else None
        self._writer = getattr(sdk_socket, "_sock", None) or sdk_socket
        for each in (sdk_socket, self._writer):
            if hasattr(each, "settimeout"):
                each.settimeout(None)

    def read(self) -> bytes:
        """The next bytes, up to 64 KiB; b"" at the end of the stream."""
        try:
            if hasattr(self._reader, "read1"):
                return bytes(self._reader.read1(CHUNK))
            waiting = getattr(self._reader, "_rbuffer", b"")
            if waiting:
                self._reader._rbuffer = b""
                return bytes(waiting)
            return bytes(self._socket.recv(CHUNK))
        except (ValueError, OSError):
            # Closed by another thread, or reset: the end either way, and whoever reads notices what is missing.
            return b""

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError when the connection is gone."""
        self._writer.sendall(data)

    def end_input(self) -> None:
        """Tell the process that no more input comes."""
        with contextlib.suppress(OSError, AttributeError):
            self._writer.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Let go of the connection. May be called twice."""
        with contextlib.suppress(OSError, AttributeError):
            self._writer.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            if self._response is not None:
                self._response.close()
            else:
                self._socket.close()


def frames(stream: Readable) -> Iterator[tuple[int, bytes]]:
    """Split the multiplexed output of a process without a terminal: `(STDOUT or STDERR, bytes)`.

    Docker's format: https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerAttach.
    A frame may come in several pieces, none of them waits for the rest of its frame.
    """
    buffer = bytearray()
    kind = STDOUT
    missing = 0
    while data := stream.read():
        buffer += data
        position = 0
        while True:
            if missing:
                piece = bytes(buffer[position : position + missing])
                if not piece:
                    break
                position += len(piece)
                missing -= len(piece)
                yield kind, piece
            elif len(buffer) - position >= _HEADER.size:
                kind, missing = _HEADER.unpack_from(buffer, position)
                position += _HEADER.size
            else:
                break
        del buffer[:position]
