"""What stands above a shell, at any width of the terminal."""

from hypothesis import given
from hypothesis import strategies as st

from stepper.debugger.inspection import ShellPlace
from stepper.tui.shell_banner import shell_banner

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
NOTES = (
    "mounted: /cache, /run/secrets/f",
    "dash reads no history: `. /dev/.stepper-shell/command` runs the step's command",
)


def lines(columns: int, *notes: str) -> list[str]:
    banner = shell_banner(None, ShellPlace.AFTER, "Dockerfile", notes, columns=columns)
    return banner.replace(BOLD, "").replace(PLAIN, "").split("\r\n")


def test_a_line_breaks_between_words_and_not_within_a_command() -> None:
    assert lines(80, *NOTES) == [
        "at the beginning",
        "mounted: /cache, /run/secrets/f",
        "dash reads no history: `. /dev/.stepper-shell/command` runs the step's command",
        "exit returns to Stepper",
    ]
    assert lines(40, *NOTES)[2:5] == [
        "dash reads no history:",
        "  `. /dev/.stepper-shell/command` runs",
        "  the step's command",
    ]


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=200)), st.integers(1, 200)
)
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(notes: list[str], columns: int) -> None:
    found = lines(columns, *notes)
    assert all(len(line) <= max(columns, 3) for line in found)
    told = "".join(("at the beginning", *notes, "exit returns to Stepper"))
    assert "".join("".join(found).split()) == "".join(told.split())
