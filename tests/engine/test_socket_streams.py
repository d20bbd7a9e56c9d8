"""Two-way streams over a unix socket, up to where they begin."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stepper.engine.socket_streams import upgraded

WAIT_SECONDS = 10.0
Answering = Callable[..., socket.socket | None]


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[Answering]:
    """Asks for a stream somebody who answers in these pieces, and sends back what comes then."""
    path = str(tmp_path / "engine.sock")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    threads: list[threading.Thread] = []

    def serve(pieces: tuple[bytes, ...]) -> None:
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(65536).startswith(b"POST /containers/x/attach?stdin=1 HTTP/1.1\r\n")
            for piece in pieces:
                connection.sendall(piece)
            with contextlib.suppress(OSError):
                connection.sendall(connection.recv(65536))

    def ask(*pieces: bytes) -> socket.socket | None:
        threads.append(threading.Thread(target=serve, args=(pieces,), daemon=True))
        threads[-1].start()
        return upgraded(path, "/containers/x/attach?stdin=1", seconds=WAIT_SECONDS)

    yield ask
    listening.close()
    for thread in threads:
        thread.join(WAIT_SECONDS)


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\n",),
        (b"HTTP/1.1 101 UPGRADED\r", b"\nUpgrade: tcp\r\n\r", b"\n"),
    ],
)
def test_what_is_written_goes_there_and_what_comes_back_can_be_read(
    stream: Answering, pieces: tuple[bytes, ...]
) -> None:
    connection = stream(*pieces)
    assert connection is not None
    with connection:
        assert connection.gettimeout() is None
        connection.sendall(b"ping")
        assert connection.recv(4) == b"ping"


def test_what_comes_together_with_the_headers_is_not_lost(stream: Answering) -> None:
    connection = stream(b"HTTP/1.1 101 UPGRADED\r\n\r\nfirst")
    assert connection is not None
    with connection:
        assert connection.recv(5) == b"first"


def test_a_refusal_is_no_stream(stream: Answering) -> None:
    assert stream(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}") is None


def test_a_connection_that_ends_before_the_stream_begins_is_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "engine.sock")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    thread = threading.Thread(target=lambda: listening.accept()[0].close(), daemon=True)
    thread.start()
    with pytest.raises(OSError):
        upgraded(path, "/containers/x/attach", seconds=WAIT_SECONDS)
    thread.join(WAIT_SECONDS)
    listening.close()


def test_somebody_who_does_not_answer_is_not_waited_for_without_end(tmp_path: Path) -> None:
    path = str(tmp_path / "engine.sock")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        with pytest.raises(TimeoutError):
            upgraded(path, "/containers/x/attach", seconds=0.01)
