"""The scanner of shell scripts: whatever the text, it finds commands that are there, or says why it does not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.shell.commands import Compound, Joint
from stepper.dockerfile.shell.hooks import Hook, with_hooks
from stepper.dockerfile.shell.split import Split, split
from tests.dockerfile.shell.bodies import BASH, BODIES, SH, Body

_PIECES = (
    "a", "echo", " ", " ", "\n", ";", "&&", "||", "|", "&", "(", ")", "{", "}", "'", '"', "`", "$", "$(", "${x", "$((",
    "))", "\\", "\\\n", "#", "if", "then", "fi", "else", "for", "do", "done", "while", "case", "x", "in", "esac", ";;",
    "<<E", "\nE\n", ">", "<", "2>&1", "=", "x=", "[[", "]]", "!", "f()", "é",
)  # fmt: skip
_scripts = st.lists(st.sampled_from(_PIECES), max_size=30).map("".join) | st.text(max_size=40)
_shells = st.sampled_from((SH, BASH))


def _texts(script: str, shell: tuple[str, ...] = SH) -> list[str]:
    found = split(script, shell)
    return [found.text(index) for index in range(len(found.commands))]


@settings(max_examples=400, deadline=None)
@given(_scripts, _shells)
def test_any_text_gives_commands_in_order_or_a_reason(script: str, shell: tuple[str, ...]) -> None:
    found = split(script, shell)

    at = 0
    for command in found.commands:
        assert at <= command.start < command.end <= len(script)
        at = command.end
    assert not (found.commands and found.reason)


@settings(max_examples=200, deadline=None)
@given(_scripts, _shells)
def test_without_its_hooks_a_script_is_what_it_was(script: str, shell: tuple[str, ...]) -> None:
    found = split(script, shell)
    hook = Hook("mark ", gate="/gate")

    hooked = with_hooks(found, hook, at_first=True)

    for index, command in enumerate(found.commands):
        joint = f" {command.joint.value} " if command.joint is not Joint.SEQUENCE else " && (:) 2>/dev/null; "
        hooked = hooked.replace(hook.before(index) + joint, "", 1)
    assert hooked == script


@pytest.mark.parametrize("body", [pytest.param(each, id=each.name) for each in BODIES])
def test_between_the_commands_stands_nothing_but_what_separates_them(body: Body) -> None:
    found = split(body.script, body.shell)
    ends = [0, *(command.end for command in found.commands)]
    starts = [*(command.start for command in found.commands), len(found.script)]
    for end, start in zip(ends, starts, strict=True):
        between = found.script[end:start] if found.commands else ""
        lines = [line.partition("#")[0] for line in between.replace("\\\n", "").split("\n")]
        if "<<" not in found.script:
            assert set("".join(lines)) <= set(" \t;&|"), between


def test_a_command_is_what_is_written_without_comments_and_blanks() -> None:
    assert _texts("  a  b \\\n  c   # d\n;") == []
    assert _texts("  a  b \\\n  c   # d\n e\t;  f") == ["a  b \\\n  c", "e", "f"]


def test_a_list_in_the_background_is_one_command() -> None:
    found = split("a && b || c & d", SH)

    assert _texts("a && b || c & d") == ["a && b || c", "d"]
    assert [command.in_background for command in found.commands] == [True, False]


def test_the_program_of_a_simple_command_is_known() -> None:
    found = split("A=1 make -j; ! grep x f; 'rm' x; $CMD x; a | b", SH)

    assert [command.program for command in found.commands] == ["make", None, "rm", None, None]


@pytest.mark.parametrize(
    ("shell", "reason"),
    [
        (("powershell", "-command"), "powershell is no shell that Stepper can stop"),
        (("cmd", "/S", "/C"), "cmd is no shell that Stepper can stop"),
        (("/usr/bin/python3", "-c"), "python3 is no shell that Stepper can stop"),
        (("/bin/zsh", "-c"), "zsh is no shell that Stepper can stop"),
        (("/bin/sh", "-vc"), "sh is started with '-vc'"),
        (("/bin/bash", "-i", "-c"), "bash is started with '-i'"),
        (("/bin/bash",), "bash is started without -c"),
        (("/bin/sh", "script"), "sh is started with 'script'"),
        (("/bin/bash", "-o", "posix", "-c"), "bash is started with an option that Stepper does not know"),
    ],
)
def test_what_is_no_shell_of_that_kind_is_not_split(shell: tuple[str, ...], reason: str) -> None:
    assert split("a; b", shell) == Split("a; b", reason=reason)


@pytest.mark.parametrize(
    "shell",
    [
        BASH,
        ("bash", "-euxo", "pipefail", "-c"),
        ("/bin/bash", "-e", "-o", "pipefail", "-c"),
        ("/bin/ash", "-eo", "pipefail", "-c"),
        ("/bin/bash", "--login", "-c"),
    ],
)
def test_the_usual_words_of_shell_are_understood(shell: tuple[str, ...]) -> None:
    assert len(split("a; b", shell).commands) == 2


def test_a_very_long_script_is_not_split() -> None:
    assert split("a; " * 30_000 + "b", SH).reason == "it is very long"
    assert split("a; " * 500 + "b", SH).reason == "it has very many commands"
    assert split("{ " * 500 + "a" + "; }" * 500, SH).reason == "it is nested too deeply"


def test_what_holds_other_commands_is_told_with_them() -> None:
    script = (
        "f() { one; }; if a; then b; fi; for x in y; do c $x; done; find | while read l; do d; done; (e && g); { h; };"
        " case x in x) i;; esac; f; j $(k); f() { two; }; f"
    )
    found = split(script, ("/bin/sh", "-c"))

    assert [(each.compound, [script[inner.start : inner.end] for inner in each.inner]) for each in found.commands] == [
        (Compound.DEFINITION, ["one"]),
        (Compound.IF, ["a", "b"]),
        (Compound.LOOP, ["c $x"]),
        (Compound.LOOP, ["find", "read l", "d"]),
        (Compound.SUBSHELL, ["e", "g"]),
        (Compound.GROUP, ["h"]),
        (Compound.CASE, ["i"]),
        (Compound.CALL, ["one"]),
        (None, ["k", "j $(k)"]),
        (Compound.DEFINITION, ["two"]),
        (Compound.CALL, ["two"]),
    ]
