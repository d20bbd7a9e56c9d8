"""What can be known to be wrong before anything runs."""

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import ArgOperation, CopyOperation, Operation
from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check
from stepper.errors import DockerfileError


def problems(text: str, build_args: Mapping[str, str] | None = None, target: str | None = None) -> list[str]:
    return [str(error) for error in check(parse(text), build_args or {}, target)]


def test_a_good_file_has_no_errors() -> None:
    text = (
        "# syntax=docker/dockerfile:1\nARG T=1\nFROM busybox:$T AS a\nENV X=1\nUSER $X$Y\nFROM a\nCOPY --from=a x y\n"
    )
    assert problems(text) == []


def test_all_errors_come_at_once_in_the_order_of_their_lines() -> None:
    text = "FROM scratch\nSTOPSIGNAL foo\nEXPOSE x\nENV A=1\nRUN --mount=type=tmpfs,target=/ true\nCOPY http://a/b /\n"
    assert [problem.partition(": ")[0] for problem in problems(text)] == [
        "Dockerfile:2",
        "Dockerfile:3",
        "Dockerfile:5",
        "Dockerfile:6",
    ]


def test_a_stage_that_is_not_needed_is_only_read() -> None:
    text = "FROM scratch\nSTOPSIGNAL foo\nHEALTHCHECK --interval=1 CMD x\nFROM scratch\n"
    assert problems(text) == [
        "Dockerfile:3: --interval: missing unit in duration '1', for example '1s'",
    ]
    assert len(problems(text, target="0")) == 2


def test_values_are_followed_through_the_stages() -> None:
    text = "FROM scratch AS a\nARG P=x\nENV S=foo\nFROM a\nEXPOSE $P\nSTOPSIGNAL $S\nUSER ${Q:?none}\n"
    found = problems(text)
    assert len(found) == 3
    assert problems(text, {"P": "80"}) == found[1:]


def test_what_a_base_image_may_set_is_not_judged() -> None:
    text = "FROM busybox\nEXPOSE $PORT\nUSER ${WHO:?}\nENV S=$SIG\nSTOPSIGNAL $S\nARG D=$S\nVOLUME $D\n"
    assert problems(text) == []


def test_a_malformed_word_is_an_error_whatever_the_base_sets() -> None:
    assert problems("FROM busybox\nENV A=x\nLABEL a=${A\n") == [
        "Dockerfile:3: cannot expand '${A': '${A' is not closed: missing '}'",
    ]


def test_a_value_that_was_unknown_is_known_once_it_is_set() -> None:
    text = "FROM busybox\nENV S=$SIG\nENV S=foo\nSTOPSIGNAL $S\n"
    assert problems(text) == ["Dockerfile:4: invalid signal: foo"]


def test_triggers_count_where_they_are_run() -> None:
    text = "FROM scratch AS a\nONBUILD STOPSIGNAL foo\nFROM a\n"
    assert problems(text) == ["Dockerfile:3: invalid signal: foo"]
    assert problems(text, target="a") == []


def test_a_circle_is_reported() -> None:
    assert problems("FROM scratch AS a\nCOPY --from=a x y\n") == ["Dockerfile:2: circular dependency: a uses itself"]


def test_copying_from_a_later_stage_is_reported_where_it_is_needed() -> None:
    text = "FROM scratch AS a\nCOPY --from=b x y\nFROM scratch AS b\n"
    assert problems(text) == []
    assert problems(text, target="a") == ["Dockerfile:2: cannot copy from b: it needs to be defined before a"]


def test_an_unknown_target_is_an_error_with_the_stages() -> None:
    (error,) = check(parse("FROM scratch AS builder\nFROM scratch\n"), {}, "bulider")
    assert str(error) == "Dockerfile: target stage 'bulider' could not be found (did you mean builder?)"
    assert error.hint == "The stages are: builder, 1."


KEYWORDS = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR"
)
LINES = st.tuples(
    st.sampled_from(KEYWORDS.split(" ")),
    st.text(alphabet=st.sampled_from("ab$${}:-/=<1,.[]\"'\\ \u00e9"), max_size=14),
).map(" ".join)


@given(st.lists(LINES, max_size=5))
@settings(max_examples=300)
def test_any_file_that_parses_is_checked_with_messages_alone(lines: list[str]) -> None:
    try:
        dockerfile = parse("\n".join(["ARG a=1", "FROM scratch AS a", *lines]))
    except DockerfileError:
        return
    for error in check(dockerfile, {"b": "x y"}):
        assert error.message
        assert error.line is not None


def test_what_somebody_else_knows_to_be_wrong_is_told_with_the_rest() -> None:
    looked: list[Operation] = []

    def look(instruction: Instruction, operation: Operation) -> None:
        looked.append(operation)
        if isinstance(operation, CopyOperation):
            raise DockerfileError("not there", file="Dockerfile", line=instruction.line)

    text = "FROM busybox AS unused\nCOPY a /\nFROM busybox\nARG D=d\nCOPY $D /\nCOPY $UNKNOWN /\nSTOPSIGNAL foo\n"
    found = check(parse(text), {}, look=look)
    assert [error.line for error in found] == [5, 7]
    assert looked == [ArgOperation((("D", "d"),)), CopyOperation(("d",), "/")]
