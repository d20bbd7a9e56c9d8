"""Runs work on a thread of its own, so that Ctrl+C and a polite kill reach it while it waits for the engine."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

_AGAIN_SECONDS = 1.0
_LOOK_SECONDS = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GaveUpError(Exception):
    """The user gave up waiting for the work to stop."""


def run_interruptibly(work: Callable[[], int], interrupt: Callable[[], None]) -> int:
    """The result of `work()`; what it raises is raised here.

    On SIGINT, SIGTERM or SIGHUP `interrupt()` is called, and again each second until the work ends; the result is 128
    plus the signal's number then. A third signal raises `GaveUpError` without waiting any longer, and so may
    `interrupt`.
    """
    results: list[int] = []
    errors: list[BaseException] = []
    done = threading.Event()
    signals: list[int] = []

    def body() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            done.set()

    def note(number: int, _: FrameType | None) -> None:
        signals.append(number)
        if len(signals) > 2:
            raise GaveUpError

    # What the parent set to be ignored (nohup, a job in the background) stays so.
    heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, note) for number in heard}
    try:
        threading.Thread(target=body, name="stepper-run", daemon=True).start()
        while not done.wait(_AGAIN_SECONDS if signals else _LOOK_SECONDS):
            if signals:
                interrupt()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if errors:
        raise errors[0]
    return 128 + signals[0] if signals else results[0]
