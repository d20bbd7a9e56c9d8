"""A RUN that runs on a thread of its own and stops before each command of its script."""

import threading
from collections.abc import Callable

from stepper.engine.step import CommandRun, Outcome, StandingRun
from stepper.engine.stops import Stops
from stepper.image.layer import EMPTY_LAYER, Layer


class EngineSteppedRun:
    """See `stepper.engine.protocol.SteppedRun`.

    `run` does all of the RUN with its `stops`, commit included; `unpause` lets what is paused go on, and `copy` copies
    the state that it stands in.
    """

    def __init__(
        self,
        run: Callable[[], Outcome],
        stops: Stops,
        unpause: Callable[[], None],
        copy: Callable[[StandingRun], StandingRun],
    ) -> None:
        self._run = run
        self._stops = stops
        self._unpause = unpause
        self._copy = copy
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="stepped-run", daemon=True)
        self._thread.start()
        self._wait()

    @property
    def next(self) -> int | None:
        """The command that the shell waits before; None once the RUN has ended."""
        return self._stops.waits_at

    @property
    def outcome(self) -> Outcome | None:
        """What came of the RUN, once it has ended."""
        if self._stops.waits_at is None and not self._thread.is_alive():
            self._raise_error()
        return self._outcome

    @property
    def commands(self) -> tuple[CommandRun, ...]:
        """The commands that have ended."""
        if self._outcome is not None:
            return self._outcome.commands
        begun = self._stops.commands
        return begun[:-1]

    def advance(self, *, to_end: bool = False) -> None:
        """Run the next command, or all that are left."""
        self._stops.go_on(to_end=to_end)
        self._wait()

    def changes(self) -> Layer:
        """What was changed on disk so far."""
        return (self._outcome.layer or EMPTY_LAYER) if self._outcome is not None else self._stops.changes()

    def standing(self) -> StandingRun:
        """The state in which it waits."""
        return self._stops.standing()

    def copy(self) -> StandingRun:
        """A copy of that state."""
        return self._copy(self._stops.standing())

    def stop(self) -> Outcome:
        """End it as a failure."""
        self._unpause()
        self._stops.kill()
        self._thread.join()
        self._raise_error()
        assert self._outcome is not None, "it has ended"
        return self._outcome

    def _wait(self) -> None:
        self._stops.wait()
        if self._stops.waits_at is None:
            self._thread.join()
            self._raise_error()

    def _raise_error(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    def _work(self) -> None:
        try:
            self._outcome = self._run()
        except BaseException as error:
            # Whoever waits has to hear of it, whatever it is.
            self._error = error
        finally:
            self._stops.end()
