"""What of the line that ended a shell is worth more than that."""

import pytest

from stepper.engine.shell_exit import without_exit


@pytest.mark.parametrize(
    ("line", "commands", "code"),
    [
        ("exit", "", 3),
        ("exit 3", "", 3),
        ("touch x; exit", "touch x", 3),
        ("a && b; exit 3", "a && b", None),
        ("a && exit 3", "a", 0),
        ("a & exit", "a &", 3),
        ("for i in 1\ndo x\ndone; exit # enough", "for i in 1\ndo x\ndone", 3),
    ],
)
def test_the_exit_goes(line: str, commands: str, code: int | None) -> None:
    assert without_exit(line, 3) == (commands, code)


@pytest.mark.parametrize(
    "line",
    ["a", "a || exit", "if a; then exit; fi", "{ a; exit; }", "cat <<E >x; exit\nE", "exit 'half", "exec a", "exits"],
)
def test_a_line_that_may_not_end_with_one_stays(line: str) -> None:
    assert without_exit(line, 3) == (line, 3)
