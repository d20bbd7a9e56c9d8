"""Which command of a loop, a function or the like failed, as far as the output tells."""

import pytest

from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_stepped_run import ScriptedCommand

TEXT = """\
FROM busybox
RUN set -e; \\
    for f in a.tar b.tar; do \\
      tar xf $f; \\
      cp $f /out || exit 4; \\
      cp $f /second/place; \\
    done && \\
    echo done
"""


def _hint(debug: Debug, text: str, number: int, code: int, output: str) -> str:
    debugged: Debugged = debug(text)
    debugged.engine.on("RUN", commands={number: ScriptedCommand(output, exit_code=code)})
    debugged.session.resume()
    debugged.session.explanations.look_into_failures()
    assert debugged.at(2).hints is not None
    found = [hint for hint in debugged.at(2).hints or () if hint.kind == "inner command"]
    return "\n".join(f"{hint.text} -> {hint.line}" for hint in found)


@pytest.mark.parametrize(
    ("code", "output", "told"),
    [
        (1, "tar: can't open 'a.tar': No such file or directory\n", "`tar xf $f` on line 4"),
        (1, "x\n/bin/sh: tar: not found\n", "`tar xf $f` on line 4"),
        (1, "/bin/sh: 1: tar: not found\n", "`tar xf $f` on line 4"),
        (1, "/bin/bash: line 3: tar: command not found\n", "`tar xf $f` on line 4"),
        (1, "cp: can't create '/second/place': No such file or directory\n", "`cp $f /second/place` on line 6"),
        (4, "nothing that helps\n", "`exit 4` on line 5: it gives the exit code 4"),
    ],
)
def test_the_command_is_named_by_what_was_printed_or_by_the_exit_code(
    debug: Debug, code: int, output: str, told: str
) -> None:
    said = _hint(debug, TEXT, 1, code, output)
    assert said.startswith("in the loop it likely was ")
    assert told in said
    assert said.endswith(f"-> {told.partition('on line ')[2].partition(':')[0]}")


@pytest.mark.parametrize("output", ["", "nothing that helps\n", "cp: it is neither\n"])
def test_where_nothing_tells_that_is_said(debug: Debug, output: str) -> None:
    assert _hint(debug, TEXT, 1, 1, output) == (
        "the loop is run as one command: which of the 4 in it failed is not known -> 3"
    )


def test_the_call_of_a_function_is_named_by_what_stands_in_it(debug: Debug) -> None:
    text = "FROM busybox\nRUN get() { wget $1; \\\n  gunzip x; } && \\\n  get a && get b\n"
    said = _hint(debug, text, 2, 1, "gunzip: x: no such file\n")
    assert said.startswith("in the function it likely was `gunzip x` on line 3: ")


def test_of_a_simple_command_nothing_is_said(debug: Debug) -> None:
    assert _hint(debug, TEXT, 0, 1, "tar: no\n") == ""
