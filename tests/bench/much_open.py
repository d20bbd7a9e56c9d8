"""The app over a scripted step that makes many files and prints much, for a benchmark to look at it in a terminal.

`python -m tests.bench.much_open FOLDER`, with an empty folder for the Dockerfile.
"""

import sys
from pathlib import Path

from stepper.image.layer import Change
from stepper.tui.app import StepperApp
from tests.scripted_engine import ScriptedEngine, added
from tests.tui.harness import Bench

FILES = 100_000
LINES = 100_000
DOCKERFILE = "FROM busybox\nRUN much\nRUN next\n"


def many_files(count: int) -> list[Change]:
    """That many new files, 20 in a folder."""
    names = (f"/usr/lib/pkg{number // 200}/dist/mod{number // 20 % 10}/file{number}.js" for number in range(count))
    return [added(name, 1000) for name in names]


def much_output(lines: int) -> list[str]:
    """In chunks as an engine sends them."""
    line = "\x1b[32m%d\x1b[0m go: downloading github.com/go-sql-driver/mysql v1.8.1\n"
    return ["".join(line % number for number in range(start, start + 100)) for start in range(0, lines, 100)]


def app(folder: Path) -> StepperApp:
    """The app, whose second step makes `FILES` files and prints `LINES` lines."""
    engine = ScriptedEngine()
    engine.image("busybox", size=2_000_000, files={})
    engine.on("RUN much", output=much_output(LINES), changes=many_files(FILES), seconds=1.0)
    return Bench(folder, engine).app(DOCKERFILE)


if __name__ == "__main__":
    app(Path(sys.argv[1])).run()
