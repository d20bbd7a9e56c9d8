"""Commands of a shell as one RUN."""

import pytest

from stepper.debugger.console.shell_commands import instruction, offered
from stepper.engine.protocol import EnteredCommand

SH = ("/bin/sh", "-c")


def run(*texts: str, bash: bool = False, shell: tuple[str, ...] = SH, flags: tuple[str, ...] = ()) -> str:
    return instruction(texts, flags=flags, shell=shell, is_bash=bash)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["touch /a"], "RUN touch /a"),
        (["a || b"], "RUN a || b"),
        (["cd /x", "make"], "RUN cd /x && make"),
        (["cd /x", "make || true", "a; b;", "x | y"], "RUN cd /x && { make || true; } && { a; b; } && x | y"),
        (["V=1", "export W=$V", "echo $W"], "RUN V=1 && export W=$V && echo $W"),
        (["echo ';' '&&'", "true"], "RUN echo ';' '&&' && true"),
    ],
)
def test_commands_of_one_line_are_joined_and_each_stays_what_it_is(texts: list[str], expected: str) -> None:
    assert run(*texts) == expected


@pytest.mark.parametrize("text", ["serve &", "echo a # why", "for i in 1\ndo a\ndone", "cat <<E >f\nx\nE", "if ("])
def test_what_cannot_stand_in_a_list_makes_a_heredoc_that_ends_at_a_failure(text: str) -> None:
    assert run("cd /x", text) == f"RUN <<EOF\nset -e\ncd /x\n{text}\nEOF"


def test_a_long_list_is_a_heredoc_too_whose_mark_is_none_of_its_lines() -> None:
    assert run("a" * 60, "b" * 60, "cat <<EOF\nx\nEOF").startswith("RUN <<EOF2\nset -e\n")
    assert "\n" not in run("a" * 160)


def test_flags_stand_before_the_commands() -> None:
    assert run("a", flags=("--mount=type=cache,target=/c",)) == "RUN --mount=type=cache,target=/c a"


@pytest.mark.parametrize(
    "text", ["touch /{a,b}", "source x", "[[ a = a ]]", "echo -e x", "make &>log", "echo ${a//b/c}"]
)
def test_what_only_bash_reads_so_is_run_by_bash(text: str) -> None:
    assert run(text, bash=True) == f"RUN <<EOF\n#!/bin/bash\nset -e\n{text}\nEOF"
    assert run(text, bash=True, shell=("/bin/bash", "-c")) == f"RUN {text}"


def test_what_every_shell_reads_so_needs_no_bash() -> None:
    assert (
        run("apt-get install -y gcc", "echo ${A:-x} >/f", bash=True) == "RUN apt-get install -y gcc && echo ${A:-x} >/f"
    )


def test_what_failed_was_answered_or_holds_a_secret_is_not_kept_by_itself() -> None:
    commands = [
        EnteredCommand("ok", 0),
        EnteredCommand("bad", 3),
        EnteredCommand("apt install x", 0, typed_into=True),
        EnteredCommand("ll", 0, has_alias=True),
        EnteredCommand("echo ***", 0, has_secret=True),
        EnteredCommand("make", 0),
    ]
    found = offered(commands, ("make",))
    assert [(each.remark, each.is_refused) for each in found] == [
        ("", False),
        ("exit code 3", False),
        ("was typed into: a RUN has no keyboard", False),
        ("is an alias of the shell", False),
        ("names a secret", True),
        ("is the step's own", False),
    ]
