"""Failures that a RUN went on after."""

import pytest

from stepper.debugger.run_commands import swallowed_failures, title_of
from stepper.dockerfile.shell.split import split
from stepper.engine.step import CommandRun


def _swallowed(script: str, *codes: int | None) -> list[str]:
    """What is pointed out when the commands of a script end so; None for one that is skipped."""
    found = split(script, ("/bin/sh", "-c"))
    runs = tuple(
        CommandRun(number, found.commands[number], found.text(number), code, 0.0, (0, 0))
        for number, code in enumerate(codes)
        if code is not None
    )
    return [run.text for run in swallowed_failures(runs)]


def test_a_failure_in_a_sequence_is_pointed_out() -> None:
    assert _swallowed("make; make install", 2, 0) == ["make"]
    assert _swallowed("a && b\nc", 1, None, 0) == ["a"]


def test_one_that_somebody_thought_of_is_not() -> None:
    assert _swallowed("make || true; b", 2, 0, 0) == []
    assert _swallowed("a; b", 0, 3) == []


@pytest.mark.parametrize("asks", ["[ -e x ] && rm x", "grep -q a b && c", "! a && c", "command -v x && y"])
def test_a_question_that_is_answered_with_no_is_not(asks: str) -> None:
    assert _swallowed(f"{asks}; b", 1, None, 0) == []


def test_a_title_is_one_short_line() -> None:
    assert title_of("a  \\\n   b") == "a b"
    assert len(title_of("x" * 200)) == 60
