"""Runs a session's work on a thread of its own, so that Ctrl+C and a polite kill reach it while the engine works."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from stepper.debugger.session import Session
from stepper.debugger.state import Mode

_AGAIN_SECONDS = 1.0
_LOOK_SECONDS = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_interruptibly(work: Callable[[], int], session: Session) -> int:
    """The result of `work()`, in which the session runs steps; what it raises is raised here.

    On SIGINT, SIGTERM or SIGHUP what runs is stopped, and again each second until the work ends; the result is 128 plus
    the signal's number then. While the engine is looked for nothing can be stopped: that raises `KeyboardInterrupt`, as
    does a third signal, without waiting any longer.
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
            raise KeyboardInterrupt

    # What the parent set to be ignored (nohup, a job in the background) stays so.
    heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, note) for number in heard}
    try:
        threading.Thread(target=body, name="stepper-run", daemon=True).start()
        while not done.wait(_AGAIN_SECONDS if signals else _LOOK_SECONDS):
            if signals:
                if session.state.mode is Mode.CONNECTING:
                    raise KeyboardInterrupt
                session.interrupt()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if errors:
        raise errors[0]
    return 128 + signals[0] if signals else results[0]
