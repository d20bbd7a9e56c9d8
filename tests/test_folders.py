"""Stepper's folders on the user's disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.errors import UsageError
from stepper.folders import cache_folder, state_folder

FOLDERS = pytest.mark.parametrize(
    ("folder", "variable"), [(cache_folder, "XDG_CACHE_HOME"), (state_folder, "XDG_STATE_HOME")]
)


@FOLDERS
def test_a_folder_is_made(
    folder: Callable[[], Path], variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "new"))
    assert folder() == tmp_path / "new" / "stepper"
    assert folder().is_dir()


@FOLDERS
def test_a_folder_that_cannot_be_made_is_an_error_that_says_what_to_do(
    folder: Callable[[], Path], variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    with pytest.raises(UsageError, match="file/stepper cannot be used: ") as caught:
        folder()
    assert caught.value.hint is not None
    assert variable in caught.value.hint
