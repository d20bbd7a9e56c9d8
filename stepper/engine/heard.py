"""Keeps an error of whoever listens apart from those of the engine, amid whose requests its report is called."""

import contextlib
from collections.abc import Iterator

from stepper.engine.protocol import Report
from stepper.engine.step import Output, Progress


class _ListenersError(Exception):
    """Nothing that the SDK raises: it is not taken for a lost connection on its way out."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


@contextlib.contextmanager
def heard(report: Report) -> Iterator[Report]:
    """The report to use during the block. What the given one raises there comes out of the block as it is."""

    def tell(item: Output | Progress) -> None:
        try:
            report(item)
        except Exception as error:
            raise _ListenersError(error) from error

    try:
        yield tell
    except _ListenersError as raised:
        raise raised.error from None
