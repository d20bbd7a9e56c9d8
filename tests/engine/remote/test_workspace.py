"""The private folder for what is fetched."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from stepper.engine.remote.workspace import Workspace, hold, remove_abandoned

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from stepper.engine.remote.workspace import Workspace
workspace = Workspace()
folder = workspace.folder("x")
(folder / "read-only").mkdir(mode=0o500)
print(folder.parent, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary ones."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_only_its_user_can_look_into_it() -> None:
    with Workspace() as workspace:
        folder = workspace.folder("x")
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        assert folder.stat().st_mode & 0o777 == 0o755


def test_nothing_is_made_before_it_is_needed(temporary: Path) -> None:
    with Workspace():
        assert list(temporary.iterdir()) == []


def test_that_of_a_process_that_was_killed_is_removed_and_that_of_a_living_one_is_not(temporary: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(temporary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        remove_abandoned()
        assert folder.is_dir()
        os.kill(process.pid, signal.SIGKILL)
    with Workspace() as workspace:
        own = workspace.folder("x")
        remove_abandoned()
        assert not folder.exists()
        assert own.is_dir()


def test_in_other_places_too_what_nobody_holds_is_removed(tmp_path: Path) -> None:
    for name in ("stepper-ssh-held", "stepper-ssh-left", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".lock").touch()
    with hold(tmp_path / "stepper-ssh-held"):
        remove_abandoned(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"stepper-ssh-held", "other", "temporary"}


def test_folders_of_others_stay(temporary: Path, tmp_path: Path) -> None:
    (temporary / "stepper-without-a-lock").mkdir()
    (temporary / "other").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".lock").touch()
    (temporary / "stepper-link").symlink_to(tmp_path / "elsewhere")
    remove_abandoned()
    assert sorted(path.name for path in temporary.iterdir()) == ["other", "stepper-link", "stepper-without-a-lock"]
    assert (tmp_path / "elsewhere").is_dir()
