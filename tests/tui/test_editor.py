"""Which command opens the editor."""

from pathlib import Path

import pytest

from stepper.errors import StepperError
from stepper.tui.editor import editor_command

FILE = Path("/src/Dockerfile")


def nothing(_name: str) -> None:
    return None


@pytest.mark.parametrize(
    ("editor", "argv"),
    [
        ("vim", ["vim", "+7", "/src/Dockerfile"]),
        ("/usr/bin/nano -w", ["/usr/bin/nano", "-w", "+7", "/src/Dockerfile"]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", "/src/Dockerfile"]),
        ("code --wait", ["code", "--wait", "--goto", "/src/Dockerfile:7"]),
        ("hx", ["hx", "/src/Dockerfile:7"]),
        ("subl -w", ["subl", "-w", "/src/Dockerfile:7"]),
        ("'/opt/my editor/ed it'", ["/opt/my editor/ed it", "/src/Dockerfile"]),
    ],
)
def test_each_editor_gets_the_line_in_its_own_way(editor: str, argv: list[str]) -> None:
    assert editor_command({"EDITOR": editor}, nothing, FILE, 7) == argv


def test_visual_goes_before_editor() -> None:
    assert editor_command({"VISUAL": "vim", "EDITOR": "nano"}, nothing, FILE, 1)[0] == "vim"


def test_without_a_choice_an_editor_that_is_there_is_taken() -> None:
    assert editor_command({}, lambda name: name if name == "nano" else None, FILE, 1) == ["nano", "+1", str(FILE)]


def test_without_any_editor_the_message_says_what_to_do() -> None:
    with pytest.raises(StepperError) as caught:
        editor_command({"EDITOR": " "}, nothing, FILE, 1)
    assert "$EDITOR" in (caught.value.hint or "")


def test_a_command_that_cannot_be_read_names_its_variable() -> None:
    with pytest.raises(StepperError, match=r"\$EDITOR"):
        editor_command({"EDITOR": "vim 'open"}, nothing, FILE, 1)
