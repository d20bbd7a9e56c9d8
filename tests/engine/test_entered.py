"""What was entered in a shell, by its marks, its records and what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.engine.entered import MAIN, MORE, START, Record, Recorder, mark, read_records, typed_line, uses_alias
from stepper.engine.protocol import EnteredCommand

KEY = "k3y"


def prompt(recorder: Recorder, number: int, kind: str = MAIN, text: bytes = b"# ") -> bytes:
    """The shell prompts; what the user sees of it."""
    return recorder.printed(mark(KEY, kind, str(number)).encode() + text)


def main(number: int, code: int, last: str = "") -> Record:
    return Record(MAIN, number, code, last)


def test_marks_are_taken_out_however_the_output_is_cut() -> None:
    whole = (
        b"a\x1b[0m"
        + f"\\[{mark(KEY, MAIN, '1')}\\]".encode()
        + b"# b\x1b]0;title\x07"
        + mark("other", MAIN, "2").encode()
    )
    for cut in range(len(whole)):
        recorder = Recorder(KEY)
        seen = recorder.printed(whole[:cut]) + recorder.printed(whole[cut:]) + recorder.rest()
        assert seen.replace(b"\\[", b"").replace(b"\\]", b"") == (
            b"a\x1b[0m# b\x1b]0;title\x07" + mark("other", MAIN, "2").encode()
        )


@given(st.lists(st.binary(max_size=40)))
def test_output_without_marks_comes_as_it_is(chunks: list[bytes]) -> None:
    recorder = Recorder(KEY)
    assert b"".join(map(recorder.printed, chunks)) + recorder.rest() == b"".join(chunks)


def test_a_line_that_busybox_keeps_once_was_entered_twice_if_something_was_typed() -> None:
    recorder = Recorder(KEY)
    for number, typed in enumerate((b"make\r", b"\x1b[12;3R\x1b[A\r", b"\x1b[13;3R\r"), 1):
        prompt(recorder, number)
        recorder.typed(typed)
    prompt(recorder, 4)
    records = [main(1, 0), main(2, 1, "   0 make"), main(3, 0, "   0 make"), main(4, 0, "   0 make")]
    assert recorder.commands(records) == ([EnteredCommand("make", 1), EnteredCommand("make", 0)], True)


def test_where_nothing_tells_an_empty_line_from_the_same_one_it_is_not_sure() -> None:
    recorder = Recorder(KEY)
    for number in (1, 2, 3):
        prompt(recorder, number)
    assert recorder.commands([main(1, 0), main(2, 0, "1 a"), main(3, 0, "1 a")]) == ([EnteredCommand("a", 0)], False)


def test_lines_typed_ahead_of_the_prompts_for_them_are_not_typed_into_the_command() -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"for i in 1\rdo x\rdone\r")
    prompt(recorder, 2, MORE, b"> ")
    prompt(recorder, 3, MORE, b"> ")
    prompt(recorder, 4)
    recorder.typed(b"exit\r")
    last = ["", "0 for i in 1", "1 do x", "2 done"]
    records = [main(1, 0), Record(MORE, 2, 0, last[1]), Record(MORE, 3, 0, last[2]), main(4, 0, last[3])]
    assert recorder.commands(records) == ([EnteredCommand("for i in 1\ndo x\ndone", 0)], True)


def test_what_is_typed_ahead_of_the_first_prompt_is_typed_into_the_command_that_asks_for_it() -> None:
    recorder = Recorder(KEY)
    recorder.typed(b"read answer\ryes\r")
    prompt(recorder, 1)
    prompt(recorder, 2)
    recorder.typed(b"exit\r")
    records = [main(1, 0), main(2, 0, "1 read answer")]
    assert recorder.commands(records) == ([EnteredCommand("read answer", 0, typed_into=True)], True)


def test_commands_that_are_typed_ahead_of_the_first_prompt_are_commands() -> None:
    recorder = Recorder(KEY)
    recorder.typed(b"make\rmake install\r")
    prompt(recorder, 1)
    prompt(recorder, 2)
    prompt(recorder, 3)
    records = [main(1, 0), main(2, 0, "1 make"), main(3, 0, "2 make install")]
    assert recorder.commands(records) == ([EnteredCommand("make", 0), EnteredCommand("make install", 0)], True)


def test_a_line_is_told_from_what_is_pasted_into_it() -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"\x1b[200~a\rb\x1b[201~")
    recorder.typed(b"\r")
    prompt(recorder, 2)
    recorder.typed(b"exit\r")
    (command,), _ = recorder.commands([main(1, 0), main(2, 0, "1 a\nb")])
    assert command == EnteredCommand("a\nb", 0)


def test_a_prompt_that_is_drawn_again_is_the_same_one() -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"ma\x0c")
    prompt(recorder, 1)
    recorder.typed(b"ke\r")
    prompt(recorder, 2)
    assert recorder.commands([main(1, 0), main(2, 0)]) == ([EnteredCommand("ma\x0cke", 0)], False)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (b"make\r", "make"),
        (b"mx\x7fake\r", "make"),
        ("mü\x7fake\r".encode(), "make"),
        (b"wrong\x15make\r", "make"),
        (b"make all\x17it\r", "make it"),
        (b"half\x03make\r", "make"),
        (b"a\x16\x03b\r", "a\x03b"),
        (b"\x7f\x7fa", "a"),
        (b"  \r", "  "),
    ],
)
def test_a_typed_line_is_what_a_terminal_makes_of_it(typed: bytes, line: str) -> None:
    assert typed_line(typed) == line


def test_records_are_read_with_the_aliases_of_the_beginning() -> None:
    aliased = "alias ll='ls -l'\nalias rm='rm -i'"
    fields = [START, "0", "1", aliased, MAIN, "1", "0", "", MAIN, "2", "127", " 1  x\ny", "half"]
    data = "\0".join(fields).encode()
    records, aliases, is_as_given = read_records(data)
    assert records == [main(1, 0), main(2, 127, " 1  x\ny")]
    assert aliases == {"ll", "rm"}
    assert not is_as_given


@pytest.mark.parametrize("text", ["ll /", "cd /x && ll", "if true; then ll; fi", "a | ll", "(ll)"])
def test_an_alias_counts_at_the_place_of_a_command(text: str) -> None:
    assert uses_alias(text, frozenset({"ll"}))
    assert not uses_alias(text.replace("ll", "echo ll"), frozenset({"ll"}))
