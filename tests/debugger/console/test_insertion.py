"""Instructions put into the bytes of a Dockerfile: every other byte stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.debugger.console.insertion import with_instructions
from stepper.dockerfile.parser import parse
from stepper.errors import UsageError

TEXT = b"FROM a\nRUN one\n\n# why two\n  # and how\nRUN two\n"


def inserted(data: bytes, line: int | None, *texts: str, stage: int = 0) -> bytes:
    """With instructions before the one at a line, or at the end of a stage."""
    dockerfile = parse(data, "Dockerfile")
    found = [each for each in dockerfile.stages[stage].instructions if each.line == line]
    return with_instructions(data, "Dockerfile", texts, before=found[0] if line else None, stage=stage)


def test_it_stands_before_the_instruction_and_the_comments_right_above_it() -> None:
    assert inserted(TEXT, 6, "RUN new") == b"FROM a\nRUN one\n\nRUN new\n# why two\n  # and how\nRUN two\n"
    assert inserted(TEXT, 2, "RUN x", "ENV A=1") == TEXT.replace(b"RUN one", b"RUN x\nENV A=1\nRUN one")


def test_at_the_end_of_a_stage_it_stands_behind_its_last_instruction() -> None:
    data = b"FROM a\nRUN one \\\n  more\n\n# next\nFROM b\nRUN two"
    assert inserted(data, None, "RUN new") == data.replace(b"  more\n", b"  more\nRUN new\n")
    assert inserted(data, None, "RUN new", stage=1) == data + b"\nRUN new"


def test_the_line_ending_is_that_of_the_line_before() -> None:
    data = b"FROM a\r\nRUN one\r\nRUN two\n"
    assert inserted(data, 3, "RUN new") == b"FROM a\r\nRUN one\r\nRUN new\r\nRUN two\n"
    assert inserted(data, None, "RUN new") == data + b"RUN new\n"


def test_a_heredoc_before_it_stays_whole() -> None:
    data = b"FROM a\nRUN <<E\n# no comment\nE\nRUN two\n"
    assert inserted(data, 5, "RUN new") == data.replace(b"E\nRUN two", b"E\nRUN new\nRUN two")


@pytest.mark.parametrize("text", ["RUN goes on \\", "RUN cat <<E", "RUN a\nRUN b"])
def test_what_would_not_be_exactly_that_instruction_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be kept"):
        inserted(TEXT, 6, text)


LINES = st.sampled_from(
    [b"RUN x", b"# c", b"", b"RUN a \\\n  b", b"ENV A=1", b"  # d", b"RUN <<E\n#\nE", b"COPY a b", b"\t"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.data())
def test_taking_the_line_out_again_gives_the_same_bytes(
    lines: list[bytes], ending: bytes, ends: bool, data: st.DataObject
) -> None:
    text = ending.join(line.replace(b"\n", ending) for line in (b"FROM a", *lines)) + (ending if ends else b"")
    instructions = parse(text, "Dockerfile").stages[0].instructions
    before = data.draw(st.sampled_from([None, *instructions[1:]]))
    new = with_instructions(text, "Dockerfile", ["RUN kept"], before=before, stage=0)
    assert new.count(b"RUN kept") == 1
    assert new.replace(b"RUN kept" + ending, b"", 1) == text or new.replace(ending + b"RUN kept", b"", 1) == text
