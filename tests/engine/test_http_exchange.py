"""Requests over HTTP and what is made of any answer to one."""

import contextlib
from collections.abc import Iterator, Mapping
from itertools import count, repeat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.engine.http_exchange import BrokenAnswerError, Exchange
from tests.engine.answering import WAIT_SECONDS, Answering


class Place:
    """Where those listen whom the tests ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count()

    @contextlib.contextmanager
    def answering(self, answer: bytes, until: bytes = b"") -> Iterator[Answering]:
        engine = Answering(self._folder / f"{next(self._numbers)}.sock")
        engine.answer, engine.until = answer, until
        engine.go.set()
        try:
            yield engine
        finally:
            engine.close()

    def body_of(self, answer: bytes) -> bytes:
        return self.told(answer)[2]

    def told(self, answer: bytes) -> tuple[int, str, bytes]:
        with (
            self.answering(answer) as engine,
            contextlib.closing(Exchange(engine.path, "GET", "/", seconds=WAIT_SECONDS)) as exchange,
        ):
            return *exchange.begin(), b"".join(exchange.body())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("engine"))


@pytest.mark.parametrize(
    ("method", "body", "fields", "told"),
    [
        ("GET", None, {}, set()),
        ("DELETE", None, {}, set()),
        ("POST", None, {}, {b"Content-Length: 0"}),
        ("POST", b"{}\r\n\xff", {"Content-Type": "x"}, {b"Content-Type: x", b"Content-Length: 5"}),
    ],
)
def test_what_is_sent(
    place: Place, method: str, body: bytes | None, fields: Mapping[str, str], told: set[bytes]
) -> None:
    with (
        place.answering(b"HTTP/1.1 204 No Content\r\n\r\n", until=body or b"") as engine,
        contextlib.closing(
            Exchange(engine.path, method, "/a?b=%20", seconds=WAIT_SECONDS, body=body, fields=fields)
        ) as exchange,
    ):
        exchange.begin()
        head, _, rest = engine.request.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        assert first == f"{method} /a?b=%20 HTTP/1.1".encode()
        assert {line for line in lines if line.startswith(b"Content-")} == told
        assert rest == (body or b"")


def test_a_body_of_unknown_length_is_sent_in_chunks(place: Place) -> None:
    body = iter([b"abc", b"", b"\r\n" * 5000])
    with (
        place.answering(b"HTTP/1.1 200 OK\r\n\r\n", until=b"\r\n0\r\n\r\n") as engine,
        contextlib.closing(Exchange(engine.path, "PUT", "/", seconds=WAIT_SECONDS, body=body)) as exchange,
    ):
        assert exchange.begin() == (200, "OK")
        head, _, sent = engine.request.partition(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head.split(b"\r\n")
        assert sent == b"3\r\nabc\r\n2710\r\n" + b"\r\n" * 5000 + b"\r\n0\r\n\r\n"


def test_who_refuses_a_body_is_heard_before_its_end(place: Place) -> None:
    endless = repeat(b"x" * 65536)
    with (
        place.answering(b"HTTP/1.1 413 Too Large\r\n\r\n") as engine,
        contextlib.closing(Exchange(engine.path, "PUT", "/", seconds=WAIT_SECONDS, body=endless)) as exchange,
    ):
        assert exchange.begin() == (413, "Too Large")


def test_what_making_a_body_raises_goes_through(place: Place) -> None:
    def body() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError("of another connection")

    with (
        place.answering(b"") as engine,
        pytest.raises(ConnectionResetError, match="of another connection"),
    ):
        Exchange(engine.path, "PUT", "/", seconds=WAIT_SECONDS, body=body())


@pytest.mark.parametrize("target", ["/a b", "/a\r\nHost: other", "/ä", "/a\x7f"])
def test_a_target_that_would_be_read_as_something_else_is_not_sent(place: Place, target: str) -> None:
    with pytest.raises(ValueError, match="not quoted"):
        Exchange("/nowhere", "GET", target, seconds=WAIT_SECONDS)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", b"abc"),
        (b"HTTP/1.1 200 OK\r\ncontent-length:3\r\n\r\nabcdef", b"abc"),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabcdef", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nabc", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\nabc", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\nabc", b""),
        (b"HTTP/1.0 200 OK\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nx: y\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", b"a"),
    ],
)
def test_where_a_body_ends(place: Place, answer: bytes, body: bytes) -> None:
    assert place.body_of(answer) == body


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"HTTP/1.1 404 Not Found", (404, "Not Found")),
        (b"HTTP/1.1 500", (500, "")),
        (b"HTTP/1.1 100 Continue\r\nx: y\r\n\r\nHTTP/1.1 200 OK", (200, "OK")),
    ],
)
def test_status_and_reason(place: Place, line: bytes, told: tuple[int, str]) -> None:
    assert place.told(line + b"\r\n\r\n")[:2] == told


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "closed without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nab\r\n", "cut off"),
        (b"HTTP/1.1 OK\r\n\r\n", "no answer over HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no answer over HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 101 + b"\r\n", "no answer over HTTP", id="many fields"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", "no answer over HTTP", id="long field"),
    ],
)
def test_what_is_no_whole_answer(place: Place, answer: bytes, reason: str) -> None:
    with pytest.raises(BrokenAnswerError, match=reason):
        place.body_of(answer)


@settings(max_examples=50, deadline=None)
@given(pieces=st.lists(st.binary(min_size=1, max_size=200)))
def test_the_pieces_of_a_body_are_put_together(place: Place, pieces: list[bytes]) -> None:
    sent = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    assert place.body_of(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + sent) == b"".join(pieces)


@settings(max_examples=100, deadline=None)
@given(
    begin=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]),
    rest=st.one_of(st.binary(max_size=60), st.text("01af:;-_+ \r\n", max_size=60).map(str.encode)),
)
def test_any_answer_is_read_or_a_lost_connection(place: Place, begin: bytes, rest: bytes) -> None:
    with contextlib.suppress(BrokenAnswerError):
        assert place.told(begin + rest)[0] > 0
