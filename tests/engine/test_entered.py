"""What was entered in a shell, by its marks, its records and what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.engine.entered import END, MAIN, MORE, START, Record, Recorder, mark, read_records, uses_alias
from stepper.engine.protocol import EnteredCommand
from stepper.engine.typed_lines import typed_line

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


def ended(number: int, code: int, last: str = "") -> Record:
    return Record(END, number, code, last)


@pytest.mark.parametrize(
    ("line", "code", "command"),
    [
        ("touch x; exit", 0, EnteredCommand("touch x", 0)),
        ("false; exit", 1, EnteredCommand("false", 1)),
        ("make && exit 7", 7, EnteredCommand("make", 0)),
        ("make; exit 7", 7, EnteredCommand("make", None)),
        ("serve & exit", 0, EnteredCommand("serve &", 0)),
        ("test -e x || exit", 1, EnteredCommand("test -e x || exit", 1)),
        ("if test -e x; then exit 3; fi", 3, EnteredCommand("if test -e x; then exit 3; fi", 3)),
    ],
)
def test_what_stands_before_the_exit_in_its_line_is_a_command(line: str, code: int, command: EnteredCommand) -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(f"{line}\r".encode())
    assert recorder.commands([main(1, 0), ended(1, code, f"1 {line}")]) == ([command], True)


@pytest.mark.parametrize("leaving", [b"exit\r", b"exit 7\r", b"\x04", b"ls\x15\x04"])
def test_leaving_a_shell_is_no_command(leaving: bytes) -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"ls\r")
    prompt(recorder, 2)
    recorder.typed(leaving)
    last = "2 exit" if b"exit" in leaving else "1 ls"
    records = [main(1, 0), main(2, 0, "1 ls"), ended(2, 7, last)]
    assert recorder.commands(records) == ([EnteredCommand("ls", 0)], True)


def test_what_is_typed_ahead_in_pieces_is_not_typed_into_the_commands_that_it_waits_for() -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"make\r")
    recorder.typed(b"make ins")
    prompt(recorder, 2)
    recorder.typed(b"tall\rls\r\rpw")
    prompt(recorder, 3)
    recorder.typed(b"d\re")
    prompt(recorder, 4)
    prompt(recorder, 5)
    prompt(recorder, 6)
    recorder.typed(b"xit\r")
    texts = ["make", "make install", "ls", "ls", "pwd", "exit"]
    numbers = [1, 2, 3, 3, 4, 5]
    last = [f"{number} {text}" for number, text in zip(numbers, texts, strict=True)]
    records = [main(1, 0), *(main(number + 2, 0, each) for number, each in enumerate(last[:-1])), ended(6, 0, last[-1])]
    found, is_sure = recorder.commands(records)
    assert found == [EnteredCommand(text, 0) for text in ("make", "make install", "ls", "pwd")]
    assert is_sure


def test_lines_that_are_typed_ahead_into_a_shell_without_a_history_are_commands() -> None:
    recorder = Recorder(KEY)
    prompt(recorder, 1)
    recorder.typed(b"make\rmake install\r")
    prompt(recorder, 2)
    recorder.typed(b"exit\r")
    prompt(recorder, 3)
    found, _ = recorder.commands([main(1, 0), main(2, 0), main(3, 1), ended(3, 1)])
    assert found == [EnteredCommand("make", 0), EnteredCommand("make install", 1)]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param([b"read a\rexit\r", b"exit\r"], id="the same as the next line"),
        pytest.param([b"read -n1 a\ry", b"exit\r"], id="less than a line"),
        pytest.param([b"read -s a\rexit", b"exit\r"], id="what was thrown away"),
    ],
)
def test_what_no_prompt_shows_again_may_have_been_read_by_the_command(typed: list[bytes]) -> None:
    recorder = Recorder(KEY)
    for number, each in enumerate(typed, 1):
        prompt(recorder, number)
        recorder.typed(each)
    text = typed[0].partition(b"\r")[0].decode()
    records = [main(1, 0), main(2, 0, f"1 {text}"), ended(2, 0, "2 exit")]
    assert recorder.commands(records) == ([EnteredCommand(text, 0, typed_into=True)], True)


@given(st.lists(st.sampled_from(["make", "ls -l", ""]), min_size=1, max_size=6), st.data())
def test_however_far_ahead_of_the_prompts_lines_are_typed_they_are_commands(
    lines: list[str], data: st.DataObject
) -> None:
    recorder = Recorder(KEY)
    rest = b"".join(f"{line}\r".encode() for line in lines) + b"exit\r"
    entered, records = 0, [main(1, 0)]
    for number in range(1, len(lines) + 1):
        # All of a line is typed when the prompt after it comes; how much more, the user knows.
        prompt(recorder, number)
        least = len("".join(f"{each}\r" for each in lines[:number]))
        upto = data.draw(st.integers(max(least, entered), len(rest)))
        recorder.typed(rest[entered:upto])
        entered = upto
        last = sum(map(bool, lines[:number]))
        text = next((each for each in reversed(lines[:number]) if each), "")
        records.append(main(number + 1, 0, f"{last} {text}" if last else "0 before"))
    records[0] = main(1, 0, "0 before")
    prompt(recorder, len(lines) + 1)
    recorder.typed(rest[entered:])
    records.append(ended(len(lines) + 1, 0, "99 exit"))
    assert recorder.commands(records) == ([EnteredCommand(line, 0) for line in lines if line], True)


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
