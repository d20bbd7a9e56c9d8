"""What every step printed: one store of lines for each run of a step, filled in the thread that runs it."""

import threading
from collections.abc import Callable

from stepper.debugger.events import Event, LogMessage, StepFailed, StepFinished, StepOutput, StepStarted
from stepper.debugger.state import SessionState, StepRecord
from stepper.engine.step import StepId
from stepper.tui.widgets.output_store import OutputStore


class StepOutputs:
    """Finds the output of a record. A run of a step is known by when it started: its number changes with the file."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_start: dict[float, OutputStore] = {}
        self._running: dict[StepId, OutputStore] = {}
        self._waiting: dict[StepId, list[bytes]] = {}

    def take(self, event: Event) -> bool:
        """Note what an event says about output, from any thread; True when the event says nothing else."""
        match event:
            case StepStarted(record):
                self._begin(record)
            case StepOutput(step, data):
                with self._lock:
                    store = self._running.get(step)
                if store is not None:
                    store.append(data)
                return True
            case StepFinished(record) | StepFailed(record):
                with self._lock:
                    ended = self._running.pop(record.id, None)
                if ended is not None:
                    ended.finish()
            case LogMessage(record, _, message):
                self._log(record, f"\x1b[35m◆ {message}\x1b[0m\n".encode(errors="replace"))
            case _:
                pass
        return False

    def of(self, record: StepRecord | None) -> OutputStore | None:
        """What a step printed, None when it has not run."""
        if record is None or record.started is None:
            return None
        with self._lock:
            return self._by_start.get(record.started)

    def keep_only(self, state: Callable[[], SessionState]) -> None:
        """Let go of the output of runs that no step of the session stands for any more.

        The state is asked for here: in one from before, a run that has begun and ended since would be missing.
        """
        with self._lock:
            running = set(map(id, self._running.values()))
            ended = {started for started, store in self._by_start.items() if id(store) not in running}
        wanted = {record.started for record in state().steps}
        with self._lock:
            stores = [self._by_start.pop(started) for started in ended - wanted]
        for store in stores:
            store.close()

    def _log(self, record: StepRecord, line: bytes) -> None:
        """What a logpoint says stands with what its step prints; before that it waits for the step to begin."""
        with self._lock:
            store = self._running.get(record.id) or self._by_start.get(record.started or 0.0)
            if store is None:
                self._waiting.setdefault(record.id, []).append(line)
        if store is not None:
            store.append(line)

    def _begin(self, record: StepRecord) -> None:
        if record.started is None:
            return
        store = OutputStore()
        with self._lock:
            self._by_start[record.started] = store
            self._running[record.id] = store
            waiting = self._waiting.pop(record.id, [])
        for line in waiting:
            store.append(line)
