"""Answers of any length over a unix socket."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stepper.engine.http_exchange import BrokenAnswerError
from stepper.engine.socket_requests import Download, RefusedError
from tests.engine.answering import WAIT_SECONDS, Answering


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Answering]:
    engine = Answering(tmp_path / "engine.sock")
    yield engine
    engine.close()


@pytest.fixture(params=[True, False], ids=["framed", "unframed"])
def framed(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def download(engine: Answering, framed: bool) -> Iterator[Callable[[bytes], bytes]]:
    """Downloads what the engine answers."""
    made = Download(engine.path, "/images/x/get", framed=framed)

    def read(answer: bytes) -> bytes:
        engine.answer = answer
        engine.go.set()
        return b"".join(made.chunks())

    yield read
    made.close()


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """An answer in the pieces that the engine sends."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + end


def test_it_is_asked_for_before_anybody_reads(
    engine: Answering, framed: bool, download: Callable[[bytes], bytes]
) -> None:
    assert engine.asked.wait(WAIT_SECONDS)
    version = b"1.1" if framed else b"1.0"
    assert engine.request.startswith(b"GET /images/x/get HTTP/%b\r\n" % version)
    assert download(b"HTTP/%b 200 OK\r\n\r\nabc" % version) == b"abc"


@pytest.mark.parametrize("framed", [True], indirect=True)
def test_the_pieces_of_an_engine_are_put_together(download: Callable[[bytes], bytes]) -> None:
    assert download(chunked(b"a", b"bcdefg" * 50_000, b"hi")) == b"a" + b"bcdefg" * 50_000 + b"hi"


def test_an_error_is_told_with_what_the_engine_says_of_it(download: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RefusedError) as refused:
        download(b'HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{"message":"x"}')
    assert (refused.value.answer.status, refused.value.answer.body) == (404, b'{"message":"x"}')


@pytest.mark.parametrize("framed", [True], indirect=True)
def test_an_answer_that_is_cut_off_is_not_taken_for_a_whole_one(download: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BrokenAnswerError):
        download(chunked(b"abcd", b"ef", end=b""))


def test_nothing_is_left_open_where_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    class Noted(socket.socket):
        def __init__(self, family: int) -> None:
            super().__init__(family)
            made.append(self)

    monkeypatch.setattr(socket, "socket", Noted)
    with pytest.raises(FileNotFoundError):
        Download(str(tmp_path / "none.sock"), "/images/x/get", framed=True)
    assert [each.fileno() for each in made] == [-1]


def test_one_that_waits_for_its_answer_fails_when_it_is_stopped(engine: Answering, framed: bool) -> None:
    download = Download(engine.path, "/images/x/get", framed=framed)
    assert engine.asked.wait(WAIT_SECONDS)
    threading.Timer(0.05, download.stop).start()
    with pytest.raises(BrokenAnswerError):
        list(download.chunks())
    download.close()
