"""HTTP requests over a unix socket, with what comes with Python alone."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

from stepper.engine.http_exchange import Exchange
from stepper.frozen import frozen


@frozen
class Answer:
    """What came back, whatever its status."""

    status: int
    reason: str
    body: bytes


def request(
    path: str,
    method: str,
    target: str,
    *,
    body: bytes | Iterable[bytes] | None,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    """Ask whoever listens on the socket at `path`; `seconds` is how long it may be silent.

    Raises `OSError`, also for an answer that is none. What making a body raises goes through.
    """
    with contextlib.closing(Exchange(path, method, target, body=body, fields=headers, seconds=seconds)) as exchange:
        return _answer(exchange)


def get_at_once(path: str, targets: Iterable[str], *, seconds: float) -> list[Answer]:
    """Ask for several things of which none waits for another. Raises as `request` does."""
    with contextlib.ExitStack() as stack:
        asked = [
            stack.enter_context(contextlib.closing(Exchange(path, "GET", target, seconds=seconds)))
            for target in targets
        ]
        return [_answer(exchange) for exchange in asked]


class Download:
    """An answer of any length: asked for when this is made, and read when somebody wants it.

    Has to be closed. Making it and its methods raise as `request` does; the engine may be silent for any time. Without
    `framed` the answer takes a third of the time to read, and may end too early without an error: for who can tell by
    what it holds.
    """

    def __init__(self, path: str, target: str, *, framed: bool) -> None:
        # HTTP/1.0 knows no chunks with their sizes: the answer ends with the connection.
        self._exchange = Exchange(path, "GET", target, seconds=None, version="1.1" if framed else "1.0")

    def chunks(self) -> Iterator[bytes]:
        """The answer as it comes; raises `RefusedError` where it tells an error instead."""
        status, reason = self._exchange.begin()
        if status >= HTTPStatus.BAD_REQUEST:
            raise RefusedError(Answer(status, reason, b"".join(self._exchange.body())))
        yield from self._exchange.body()

    def stop(self) -> None:
        """Have whoever reads it fail at once, from any thread."""
        self._exchange.stop()

    def close(self) -> None:
        """Let go of it, also before its end."""
        self._exchange.close()


class RefusedError(Exception):
    """What was to be downloaded is an error; the answer tells which."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.status} {answer.reason}")
        self.answer = answer


def _answer(exchange: Exchange) -> Answer:
    status, reason = exchange.begin()
    return Answer(status, reason, b"".join(exchange.body()))
