"""The parts of a Dockerfile's lines that a view colours."""

from hypothesis import assume, given, settings

from stepper.dockerfile.instructions import read_instructions
from stepper.dockerfile.model import Dockerfile, Stage
from stepper.dockerfile.parser import parse
from stepper.dockerfile.spans import SpanKind, spans
from stepper.errors import DockerfileError
from tests.dockerfile.test_parser_differential import dockerfiles


def parts(text: str, *kinds: SpanKind) -> list[tuple[int, str, str]]:
    """Line, text and kind of the spans of these kinds, of all without any."""
    dockerfile = parse(text)
    return [
        (span.line, dockerfile.lines[span.line - 1][span.start : span.end], span.kind.value)
        for span in spans(dockerfile)
        if not kinds or span.kind in kinds
    ]


def test_a_mount_names_a_stage_but_not_by_its_number() -> None:
    text = "FROM scratch AS a\nFROM scratch\nRUN --mount=from=A,target=/a --mount=from=0,target=/b x\n"
    assert parts(text, SpanKind.STAGE_REFERENCE) == [(3, "A", "stage reference")]


def test_a_whole_file() -> None:
    text = (
        "# syntax=docker/dockerfile:1\n"
        "  # a comment\n"
        "FROM --platform=$BUILDPLATFORM golang:1 AS Build\n"
        "RUN --mount=type=bind,from=build,target=/x make $TARGET\n"
        "FROM build\n"
        "COPY --link --from=build /a ${DIR:-/b}\n"
    )
    assert parts(text) == [
        (1, "# syntax=docker/dockerfile:1", "directive"),
        (2, "# a comment", "comment"),
        (3, "FROM", "keyword"),
        (3, "--platform", "flag name"),
        (3, "$BUILDPLATFORM", "flag value"),
        (3, "$BUILDPLATFORM", "variable"),
        (3, "golang:1", "image"),
        (3, "AS", "keyword"),
        (3, "Build", "stage name"),
        (4, "RUN", "keyword"),
        (4, "--mount", "flag name"),
        (4, "type=bind,from=build,target=/x", "flag value"),
        (4, "build", "stage reference"),
        (4, "$TARGET", "variable"),
        (5, "FROM", "keyword"),
        (5, "build", "stage reference"),
        (6, "COPY", "keyword"),
        (6, "--link", "flag name"),
        (6, "--from", "flag name"),
        (6, "build", "flag value"),
        (6, "build", "stage reference"),
        (6, "${DIR:-/b}", "variable"),
    ]


def test_an_instruction_over_several_lines() -> None:
    text = "FROM a AS b\nco\\\npy \\\n  # c\n\n\t--fr\\\nom=b \\\n  x y\n"
    assert parts(text)[4:] == [
        (2, "co", "keyword"),
        (3, "py", "keyword"),
        (4, "# c", "comment"),
        (6, "--fr", "flag name"),
        (7, "om", "flag name"),
        (7, "b", "flag value"),
        (7, "b", "stage reference"),
    ]


def test_the_trigger_of_an_onbuild_has_a_keyword_and_flags() -> None:
    assert parts("FROM a AS b\nONBUILD COPY --from=b x y\n")[4:] == [
        (2, "ONBUILD", "keyword"),
        (2, "COPY", "keyword"),
        (2, "--from", "flag name"),
        (2, "b", "flag value"),
        (2, "b", "stage reference"),
    ]


def test_a_stage_number_is_a_reference_and_an_image_is_none() -> None:
    text = "FROM a\nFROM c\nCOPY --from=0 x y\nCOPY --from=7 x y\nCOPY --from=nginx x y\n"
    assert parts(text, SpanKind.STAGE_REFERENCE) == [(3, "0", "stage reference")]


def test_heredocs_have_marks_and_ends() -> None:
    text = "FROM a\nRUN cat <<-'A B' <<<x 3<<C\n\tx\n\tA B\n<<C\nC\n"
    assert parts(text, SpanKind.HEREDOC_MARK, SpanKind.HEREDOC_END) == [
        (2, "<<-'A B'", "heredoc mark"),
        (2, "3<<C", "heredoc mark"),
        (4, "A B", "heredoc end"),
        (6, "C", "heredoc end"),
    ]


def test_variables_in_the_body_of_a_heredoc_unless_its_name_is_quoted() -> None:
    text = "FROM a\nCOPY <<A <<'B' /c/\n'$x' \\$y\nA\n$z\nB\n"
    assert parts(text, SpanKind.VARIABLE) == [(3, "$x", "variable")]


def test_variables_are_not_escaped_and_not_in_single_quotes() -> None:
    text = "FROM a\nENV b=$c d=\\$e f='$g' h=\"'$i'\" j=${k:+${l}m}\nRUN it's $1 $(x) $?\n"
    assert parts(text, SpanKind.VARIABLE) == [
        (2, "$c", "variable"),
        (2, "$i", "variable"),
        (2, "${k:+${l}m}", "variable"),
        (3, "$1", "variable"),
        (3, "$?", "variable"),
    ]


def test_no_variables_in_a_command_in_json_form() -> None:
    text = 'FROM a\nCMD ["$b"]\nCOPY ["$c", "/d"]\n'
    assert parts(text, SpanKind.VARIABLE) == [(3, "$c", "variable")]


def test_columns_count_characters_and_lines_end_at_newlines_only() -> None:
    text = "\ufeffFROM a\r\nCOPY --chown=é --x\x0c \u2028 b c\r\n".replace("--x", "--link")
    assert parts(text, SpanKind.FLAG_NAME, SpanKind.FLAG_VALUE) == [
        (2, "--chown", "flag name"),
        (2, "é", "flag value"),
        (2, "--link", "flag name"),
    ]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(dockerfiles())
def test_spans_lie_within_their_lines(text: str) -> None:
    text = text.removeprefix("\ufeff")
    try:
        instructions, dialect = read_instructions(text, "Dockerfile")
    except DockerfileError:
        assume(False)
    stage = Stage(0, None, "a", None, instructions)
    dockerfile = Dockerfile("Dockerfile", text, (stage,), (), dialect.directives, dialect.comments, dialect.escape)
    found = spans(dockerfile)
    assert all(0 <= span.start < span.end <= len(dockerfile.lines[span.line - 1]) for span in found)
    keywords = {span.line for span in found if span.kind is SpanKind.KEYWORD}
    assert all(instruction.line in keywords for instruction in instructions)
    ends = [span for span in found if span.kind is SpanKind.HEREDOC_END]
    assert len(ends) == sum(len(instruction.heredocs) for instruction in instructions)
    assert len(ends) == sum(span.kind is SpanKind.HEREDOC_MARK for span in found)
