"""What is kept of the last run of each step of a Dockerfile."""

import sqlite3
import threading
from pathlib import Path

import pytest

from stepper.debugger.why.history import Key, LastRun, RunHistory
from stepper.debugger.why.inputs import Inputs

KEY, RUN = Key("0", "RUN make"), LastRun("image", 2.0, False, Inputs({}, None, {}, {}), "key")


def test_who_asks_while_another_thread_reads_it_gets_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunHistory(tmp_path, "build").store({KEY: RUN})
    history = RunHistory(tmp_path, "build")
    opens, may_open = threading.Event(), threading.Event()
    opened = history._open

    def slowly() -> sqlite3.Connection:
        opens.set()
        assert may_open.wait(20)
        return opened()

    monkeypatch.setattr(history, "_open", slowly)
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(history.runs() == {KEY: RUN})) for _ in range(2)]
    threads[0].start()
    assert opens.wait(20)
    threads[1].start()
    threads[1].join(0.1)  # It has the time to answer too early.
    may_open.set()
    for thread in threads:
        thread.join(20)
    assert found == [True, True]
