"""`stepper layers` against dive on the same images of an engine: first screen, all layers, going to another, memory.

Memory has a floor: Python with a Textual app of one word takes 34 MB, where dive takes 18 for an image of a few files.
"""

import math
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from stepper.engine.connect import Connection
from tests.bench.figures import Figures, peak_memory
from tests.e2e.terminal import Terminal
from tests.reference_build import reference_build
from tests.tui.harness import WIDE

pytestmark = [pytest.mark.engine, pytest.mark.bench, pytest.mark.timeout(1800)]

PATIENCE = 180.0
"""Seconds that either may take for its first screen, or to go to another layer."""
NOTICEABLE = 0.5
"""Where dive takes more seconds than this, Stepper has to be ahead."""
SWITCHES = 3

MANY_FILES = (
    "RUN mkdir -p /srv/many && cd /srv/many && for d in $(seq 300); do mkdir $d; "
    "for f in $(seq 200); do echo $f > $d/$f; done; done"
)
CASES = {
    "a: 10 small layers": [f"RUN echo {number} > /small{number}" for number in range(10)],
    "b: 60,000 files, 4 layers touch them": [
        MANY_FILES,
        "RUN echo more >> /srv/many/1/1",
        "RUN rm /srv/many/2/2",
        "RUN chmod 600 /srv/many/3/*",
        "RUN echo new > /srv/many/new",
    ],
    "c: 1.2 GB": [
        "RUN for n in 1 2 3 4 5 6; do dd if=/dev/zero of=/big$n bs=1M count=100; done",
        "RUN for n in 1 2 3 4 5 6; do dd if=/dev/zero of=/large$n bs=1M count=100; done",
    ],
    "d: 60,000 files, 1,000 of them deleted": [
        MANY_FILES,
        "RUN for d in $(seq 1 5); do for f in $(seq 200); do rm /srv/many/$d/$f; done; done",
    ],
    "e: chown -R over 60,000 files": [MANY_FILES, "RUN chown -R 1000:1000 /srv/many"],
    "f: 60,000 files, 19 layers of one file": [
        MANY_FILES,
        *(f"RUN echo {number} > /srv/many/1/one{number}" for number in range(19)),
    ],
}


class Run(NamedTuple):
    """What one of the two took: seconds to the first useful screen and to all layers, seconds of the slowest going to
    another layer, and the most memory in bytes. Seconds are infinite where there was nothing after `PATIENCE`.
    """

    first: float
    complete: float
    switch: float
    memory: int


@pytest.mark.parametrize("case", CASES)
def test_layers_of_an_image(case: str, tmp_path: Path, engine: Connection, figures: Figures) -> None:
    (tmp_path / "Dockerfile").write_text("\n".join(["FROM busybox", *CASES[case]]) + "\n")
    tag = f"stepper-bench-{case[0]}"
    assert reference_build(engine.client, tmp_path, tag=tag).error is None
    theirs = _dive(tmp_path, tag)
    ours = _stepper(tmp_path, tag, "anew")
    again = _stepper(tmp_path, tag, "anew")
    for what, one, other, unit in (
        ("first useful screen", ours.first, theirs.first, "s"),
        ("all layers", ours.complete, theirs.complete, "s"),
        ("to another layer", ours.switch, theirs.switch, "s"),
        ("memory", ours.memory / 1e6, theirs.memory / 1e6, "MB"),
    ):
        is_whole = math.isfinite(theirs.complete)
        # What a dive that has not come to its end has used tells nothing of what it would have.
        budget = other if theirs.complete > NOTICEABLE and (is_whole or what != "memory") else None
        told = f"dive {other:.3f} {unit}" if math.isfinite(other) else f"dive: nothing after {PATIENCE:g} {unit}"
        told += " until then" if what == "memory" and not is_whole else ""
        figures.add(f"{case}: {what}", one, unit, budget=budget, note=told)
    figures.add(f"{case}: all layers, the second time", again.complete, "s")


def _dive(folder: Path, tag: str) -> Run:
    program = str(Path(sys.executable).with_name("dive"))
    start = time.perf_counter()
    with Terminal(folder, tag, size=WIDE, environment={}, program=(program,)) as terminal:
        try:
            terminal.wait_until(lambda text: "Current Layer Contents" in text and _digest(text) != "", "dive", PATIENCE)
        except AssertionError:
            if not terminal.process.isalive():
                raise
            return Run(math.inf, math.inf, math.inf, peak_memory(terminal))
        first = time.perf_counter() - start
        switches = [
            _switch(terminal, "\x1b[B", partial(_is_other, _digest(terminal.text))) for _ in range(_switches(folder))
        ]
        return Run(first, first, max(switches), peak_memory(terminal))


def _stepper(folder: Path, tag: str, cache: str) -> Run:
    start = time.perf_counter()
    environment = {"XDG_CACHE_HOME": str(folder / cache)}
    with Terminal(folder, "layers", tag, size=WIDE, environment=environment) as terminal:
        terminal.wait_until(lambda text: re.search(r"› *0 ", text) is not None, "the history", PATIENCE)
        first = time.perf_counter() - start
        terminal.wait_until(lambda text: re.search(r"layer 0  [+]", text) is not None, "the layers", PATIENCE)
        complete = time.perf_counter() - start
        switches = [
            _switch(terminal, "n", partial(_has, f"layer {1 + number}  ")) for number in range(_switches(folder))
        ]
        run = Run(first, complete, max(switches), peak_memory(terminal))
        terminal.press("q")
        terminal.wait_for_end()
        return run


def _switch(terminal: Terminal, key: str, arrived: Callable[[str], bool]) -> float:
    # pexpect would wait for 50 ms before each key.
    terminal.process.delaybeforesend = None
    start = time.perf_counter()
    terminal.press(key)
    terminal.wait_until(arrived, "the other layer", PATIENCE)
    return time.perf_counter() - start


def _digest(text: str) -> str:
    """The digest of the layer that dive shows."""
    found = re.search(r"Digest: sha256:([0-9a-f]+)", text)
    return found[1] if found else ""


def _is_other(before: str, text: str) -> bool:
    return _digest(text) not in ("", before)


def _has(part: str, text: str) -> bool:
    return part in text


def _switches(folder: Path) -> int:
    """How often there is another layer to go to."""
    return min(SWITCHES, (folder / "Dockerfile").read_text().count("\n") - 1)
