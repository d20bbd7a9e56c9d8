"""The progress of a transfer on the terminal."""

import io
import sys

import pytest

from stepper.cli.images.shown_transfer import shown_transfer


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_sees_the_line_and_it_is_taken_away(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with shown_transfer("loading x") as transfer:
        assert list(transfer.through([b"a", b"b"])) == [b"a", b"b"]
    assert ("loading x: waiting" in stream.getvalue()) is terminal
    assert stream.getvalue().endswith("\x1b[K") is terminal
