"""How long after its command has ended the changes of a RUN are there, with sizes."""

import time
from pathlib import Path

import pytest

from stepper.debugger.events import Event, StepFinished, StepOutput
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import StepRecord
from stepper.engine.connect import open_engine
from stepper.image.layer import ChangeKind
from tests.bench.figures import Figures

pytestmark = [pytest.mark.engine, pytest.mark.bench]

ENDED = b"the command has ended"


def making(count: int, folder: str) -> str:
    """A RUN that makes so many files, a thousand in each folder, and tells when it is done."""
    each = "for n in $(seq 1000); do echo $n > $d/$n; done"
    folders = f"for i in $(seq {count // 1000}); do d={folder}/$i; mkdir -p $d; {each}; done"
    return f"RUN {folders}; echo {ENDED.decode()}"


def after_the_end(folder: Path, dockerfile: str) -> tuple[StepRecord, float]:
    """Build; the record of the last step, and the seconds from its command's end to its changes."""
    (folder / "Dockerfile").write_text(dockerfile)
    ended: list[float] = []
    finished: list[tuple[StepRecord, float]] = []

    def note(event: Event) -> None:
        match event:
            case StepOutput(data=data) if ENDED in data:
                ended.append(time.perf_counter())
            case StepFinished(record):
                finished.append((record, time.perf_counter()))

    session = Session(BuildOptions(folder, folder / "Dockerfile", no_cache=True), open_engine, note)
    session.load()
    session.connect()
    try:
        session.resume()
    finally:
        session.close()
    record, shown = finished[-1]
    return record, shown - ended[-1]


@pytest.mark.parametrize(("before", "budget"), [(0, 0.3), (60_000, 1.5)])
def test_changes_of_three_thousand_paths(tmp_path: Path, before: int, budget: float, figures: Figures) -> None:
    base = [making(before, "/before")] if before else []
    record, taken = after_the_end(tmp_path, "\n".join(["FROM busybox", *base, making(3000, "/made")]) + "\n")
    assert record.layer is not None
    assert record.layer.count(ChangeKind.ADDED) == 3004
    figures.add(f"3,000 changed paths on {before:,} entries, command's end to changes", taken, "s", budget=budget)
