"""What the first frame does without: it is loaded while the frame is on the screen already."""

import subprocess
import sys
from pathlib import Path

CODE = """
import asyncio, sys
from pathlib import Path
from stepper.cli.debug import debug
from stepper.debugger.options import BuildOptions
from stepper.tui.app import StepperApp
from stepper.tui.controller import Controller

async def first_frame():
    Controller.start = lambda self: None
    folder = Path(sys.argv[1])
    app = StepperApp(BuildOptions(context=folder, dockerfile=folder / "Dockerfile"), None, log_path=folder / "log")
    async with app.run_test() as pilot:
        await pilot.pause()
        print(app.screen.source.row_count)

asyncio.run(first_frame())
later = {
    "dockerfile_parse",
    "docker",
    "sqlite3",
    "stepper.debugger.build",
    "stepper.debugger.conditions",
    "stepper.debugger.session",
    "stepper.dockerfile.parser",
    "stepper.dockerfile.shell.split",
}
print(sorted(later & set(sys.modules)))
"""


def test_neither_session_nor_parser_is_loaded_for_the_first_frame(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM busybox\nRUN echo first && echo second\n")
    done = subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2", "[]"]
