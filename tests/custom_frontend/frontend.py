"""A frontend for BuildKit with a language of its own: the program in the image of `tests.custom_frontend.image`.

The language has one verb a line: `start IMAGE`, `do COMMAND`, `keep FILE`, `set NAME VALUE`; lines that begin with `#`
are comments. It is turned into a Dockerfile, which BuildKit's own frontend then builds. A Dockerfile (what begins with
FROM) is taken as well, and its `--device` flags are taken off: for the tests there are no devices.

A frontend speaks to BuildKit by gRPC over its standard input and output. It runs where nothing but Python is, so the
little of HTTP/2 and protobuf that this takes is written out here: https://www.rfc-editor.org/rfc/rfc9113, and
BuildKit's `frontend/gateway/pb/gateway.proto` and `solver/pb/ops.proto`.
"""

import hashlib
import os
import re
import struct
import sys
from collections.abc import Iterator

_SERVICE = b"/moby.buildkit.v1.frontend.LLBBridge/"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_END_STREAM, _END_HEADERS, _ACK = 1, 4, 1
_FRAME = 16384
_UNKNOWN = 2
"""A status of gRPC."""
_BYTES = 2
_WORDS = {"start": "FROM {}", "do": "RUN {}", "keep": "COPY {0} /{0}", "set": "ENV {}"}


class BadLineError(Exception):
    """A line that is none of the language."""


# Protobuf


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value & (2**64 - 1))


def data(field: int, value: str | bytes) -> bytes:
    content = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(content)) + content


def pairs(field: int, values: dict[str, str]) -> bytes:
    return b"".join(data(field, data(1, key) + data(2, value)) for key, value in values.items())


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields that hold bytes, by their numbers."""
    position = 0
    while position < len(message):
        key, position = read_varint(message, position)
        size, position = read_varint(message, position)
        if key & 7 == _BYTES:
            yield key >> 3, message[position : position + size]
            position += size


def read_varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


# gRPC over HTTP/2


class Connection:
    """One call after another, each on a stream of its own."""

    def __init__(self) -> None:
        self._next = 1
        self._write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        # As large a window as there is: the answers are small, and no window has to be opened again.
        self._frame(_SETTINGS, 0, 0, struct.pack(">HI", 4, 2**31 - 1))
        self._frame(_WINDOW, 0, 0, struct.pack(">I", 2**31 - 1 - 65535))

    def call(self, method: bytes, message: bytes) -> bytes:
        """The answer of a method; SystemExit where there is none."""
        stream, self._next = self._next, self._next + 2
        headers = {
            b":method": b"POST",
            b":scheme": b"http",
            b":path": _SERVICE + method,
            b":authority": b"localhost",
            b"content-type": b"application/grpc",
            b"te": b"trailers",
        }
        block = b"".join(b"\x00" + text(name) + text(value) for name, value in headers.items())
        self._frame(_HEADERS, _END_HEADERS, stream, block)
        body = b"\x00" + struct.pack(">I", len(message)) + message
        while body:
            piece, body = body[:_FRAME], body[_FRAME:]
            self._frame(_DATA, 0 if body else _END_STREAM, stream, piece)
        return self._answer(stream)

    def _answer(self, stream: int) -> bytes:
        received = b""
        while True:
            kind, flags, of, payload = self._read_frame()
            if kind == _SETTINGS and not flags & _ACK:
                self._frame(_SETTINGS, _ACK, 0, b"")
            elif kind == _PING and not flags & _ACK:
                self._frame(_PING, _ACK, 0, payload)
            elif kind == _GOAWAY or (kind == _RESET and of == stream):
                sys.exit("BuildKit ended the call")
            elif of == stream and kind == _DATA:
                received += payload
            if of == stream and kind in (_DATA, _HEADERS) and flags & _END_STREAM:
                break
        if len(received) < 5:
            sys.exit(f"BuildKit refused the call: {payload!r}")
        return received[5:]

    def _read_frame(self) -> tuple[int, int, int, bytes]:
        head = self._read(9)
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        return kind, flags, stream & (2**31 - 1), self._read(int.from_bytes(head[:3], "big"))

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = os.read(0, size - len(found))
            if not piece:
                sys.exit("BuildKit closed the connection")
            found += piece
        return found

    def _frame(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        self._write(len(payload).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + payload)

    @staticmethod
    def _write(waiting: bytes) -> None:
        while waiting:
            waiting = waiting[os.write(1, waiting) :]


def text(value: bytes) -> bytes:
    """A string of HPACK, as it is; shorter than 127 bytes."""
    return bytes([len(value)]) + value


# Build definitions


def source(url: str) -> bytes:
    """The context that came with the build. BuildKit can load it once: so it has to be asked for as it does itself."""
    return data(3, data(1, url) + pairs(2, {"http.filename": "context"})) + data(11, b"")


def unpacked(archive: bytes) -> bytes:
    """The contents of the archive that the other operation gives."""
    copy = data(1, "/context") + data(2, "/") + number(7, 1) + number(8, 1)
    action = number(1, -1) + number(2, 0) + number(3, 0) + data(4, copy)
    return data(1, data(1, digest(archive))) + data(4, data(2, action))


def one_file(name: str, content: str) -> bytes:
    action = (
        number(1, -1)
        + number(2, -1)
        + number(3, 0)
        + data(5, data(1, "/" + name) + number(2, 0o644) + data(3, content))
    )
    return data(4, data(2, action))


def definition(*operations: bytes) -> bytes:
    last = data(1, data(1, digest(operations[-1])))
    everything = (*operations, last)
    # An operation without metadata is none to BuildKit.
    metadata = [data(2, data(1, digest(operation)) + data(2, b"")) for operation in everything]
    return b"".join([*(data(1, operation) for operation in everything), *metadata])


def digest(operation: bytes) -> str:
    return "sha256:" + hashlib.sha256(operation).hexdigest()


# The language


def to_dockerfile(content: str) -> str:
    lines = content.splitlines()
    if any(line.startswith("FROM ") for line in lines):
        return re.sub(r"^# syntax=.*| --device=\S+", "", content)
    return "".join(f"{translated(number, line)}\n" for number, line in enumerate(lines, 1))


def translated(number: int, line: str) -> str:
    verb, _, rest = line.partition(" ")
    if not line or line.startswith("#"):
        return ""
    if verb not in _WORDS:
        raise BadLineError(f"line {number}: nobody knows how to {verb}")
    return _WORDS[verb].format(rest.replace(" ", "=", 1) if verb == "set" else rest)


def options() -> dict[str, str]:
    found = {}
    for name, value in os.environ.items():
        if name.startswith("BUILDKIT_FRONTEND_OPT_"):
            key, _, rest = value.partition("=")
            found[key] = rest
    return found


def main() -> None:
    given = options()
    connection = Connection()
    archive = source(given["context"])
    context = definition(archive, unpacked(archive))
    answer = connection.call(b"Solve", data(1, context) + number(5, 1) + number(6, 1))
    reference = first(first(first(answer, 3), 3), 1)
    file_name = given.get("filename", "Dockerfile")
    content = first(connection.call(b"ReadFile", data(1, reference) + data(2, file_name)), 1).decode()
    try:
        dockerfile = definition(one_file("Dockerfile", to_dockerfile(content)))
    except BadLineError as error:
        connection.call(b"Return", data(2, number(1, _UNKNOWN) + data(2, str(error))))
        return
    passed = {key: value for key, value in given.items() if key.startswith(("build-arg:", "label:", "add-hosts"))}
    passed.pop("build-arg:BUILDKIT_SYNTAX", None)
    passed |= {key: given[key] for key in ("target", "platform", "no-cache", "force-network-mode") if key in given}
    inputs = data(13, data(1, "context") + data(2, context)) + data(13, data(1, "dockerfile") + data(2, dockerfile))
    request = data(2, "dockerfile.v0") + pairs(3, passed) + number(5, 1) + number(6, 1) + inputs
    connection.call(b"Return", data(1, first(connection.call(b"Solve", request), 3)))


def first(message: bytes, field: int) -> bytes:
    return next(value for found, value in fields(message) if found == field)


if __name__ == "__main__":
    main()
