"""Where the commands of a RUN stand in the Dockerfile."""

from stepper.dockerfile.parser import parse, parse_trigger
from stepper.dockerfile.resolve_run import script_of
from stepper.dockerfile.shell.places import ScriptPlaces, script_places
from stepper.dockerfile.shell.split import split
from tests.dockerfile.shell.bodies import SH


def _found(text: str) -> list[tuple[int, list[str]]]:
    """The first line of each command of the first RUN, and what stands at its places."""
    dockerfile = parse(text)
    run = next(each for each in dockerfile.stages[0].instructions if each.keyword == "RUN")
    places = script_places(dockerfile, run)
    commands = split(script_of(run), SH).commands
    found = []
    for command in commands:
        at = places.places(command.start, command.end)
        found.append((at[0].line, [dockerfile.lines[line - 1][start:end] for line, start, end in at]))
    return found


def test_commands_on_continued_lines_with_comments_between() -> None:
    text = "FROM a\n  RUN --network=none set -x && \\\n    # why\n    make \\\n\n      all; \\\n  rm  -r x\n"

    assert _found(text) == [(2, ["set -x"]), (4, ["make ", "      all"]), (7, ["rm  -r x"])]


def test_commands_of_a_heredoc() -> None:
    assert _found("FROM a\nRUN <<EOF\nset -e\n  make && \\\n make install\nEOF\n") == [
        (3, ["set -e"]),
        (4, ["make"]),
        (5, ["make install"]),
    ]


def test_commands_of_a_heredoc_without_its_tabs() -> None:
    assert _found("FROM a\nRUN <<-EOF\n\ta &&\n\t\tb\n\tEOF\n") == [(3, ["a"]), (4, ["b"])]


def test_a_heredoc_that_a_command_reads_is_part_of_the_command() -> None:
    assert _found("FROM a\nRUN cat <<EOF >f && \\\n  echo b\nx\ny\nEOF\nRUN c") == [
        (2, ["cat <<EOF >f"]),
        (3, ["echo b"]),
    ]


def test_the_last_command_is_not_longer_than_its_line() -> None:
    assert _found("FROM a\nRUN a; \\\n b   \n") == [(2, ["a"]), (3, ["b"])]


def test_a_backtick_continues_lines_where_the_file_says_so() -> None:
    assert _found("# escape=`\nFROM a\nRUN a && `\n  b\n") == [(3, ["a"]), (4, ["b"])]


def test_the_commands_of_a_trigger_stand_where_its_onbuild_is_written() -> None:
    text = "FROM a AS b\nONBUILD RUN x && \\\n  y\nONBUILD RUN <<EOF\nz\nEOF\n\nFROM b\n"
    dockerfile = parse(text)
    chain = script_places(dockerfile, parse_trigger("RUN x &&   y", line=8))
    heredoc = script_places(dockerfile, parse_trigger("RUN <<EOF\nz\nEOF\n", line=8))

    assert [chain.line(0), chain.line(len("x &&   ")), heredoc.line(0)] == [2, 3, 5]


def test_a_trigger_of_the_base_image_has_no_place_in_the_file() -> None:
    dockerfile = parse("FROM a\nRUN b\n")

    assert script_places(dockerfile, parse_trigger("RUN b", line=1)) == ScriptPlaces()
    assert ScriptPlaces().line(0) is None
