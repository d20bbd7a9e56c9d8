"""Answers that take a thread of the controller's a while: asked for once, and the newest few kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Generic, TypeVar

from stepper.errors import StepperError
from stepper.tui.controller import Job

if TYPE_CHECKING:
    from stepper.debugger.session import Session

T = TypeVar("T")


class NotNowError(Exception):
    """Raised by who works an answer out, to give up: it is asked for again when it is wanted again."""


class KeptAnswers(Generic[T]):
    """At most `most` answers by their keys, worked out where `run` runs jobs: `Controller.look`, or `background`.

    `arrived` is called from there when one has come in.
    """

    def __init__(self, run: Callable[[Job], None], arrived: Callable[[], None], *, most: int) -> None:
        self._run = run
        self._arrived = arrived
        self._most = most
        self._kept: OrderedDict[Hashable, T | StepperError] = OrderedDict()
        self._lock = threading.Lock()
        self._asked: Hashable = None

    def of(self, key: Hashable) -> T | StepperError | None:
        """The answer, or why there is none; None while that is not known."""
        return self._kept.get(key)

    def ask(
        self,
        key: Hashable,
        work: "Callable[[Session], T]",
        *,
        is_outdated: Callable[[T | StepperError], bool] = lambda _: False,
    ) -> None:
        """Have it worked out; `of` knows it after `arrived`. What was asked before and not begun is dropped.

        `is_outdated` tells which answers do not outlive the arrival of another.
        """
        with self._lock:
            if key in self._kept or key == self._asked:
                return
            self._asked = key

        def job(session: "Session") -> None:
            if self._asked != key:
                return
            try:
                found: T | StepperError = work(session)
            except NotNowError:
                self._answered(key)
                return
            except StepperError as error:
                found = error
            for other in [other for other, answer in self._kept.items() if is_outdated(answer)]:
                del self._kept[other]
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            self._answered(key)
            self._arrived()

        self._run(job)

    def _answered(self, key: Hashable) -> None:
        with self._lock:
            # Another may have been asked for meanwhile.
            if self._asked == key:
                self._asked = None
