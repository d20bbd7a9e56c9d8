"""The stage graph."""

import pytest

from stepper.dockerfile.graph import Dependency, DependencyKind, find_stage, similar_stage, stage_graph
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError

MULTI_STAGE = """\
ARG BASE=busybox
FROM $BASE AS build
RUN make
FROM build AS test
RUN --mount=type=bind,from=tools,target=/t --mount=type=bind,"from=debian",target=/d true
FROM scratch AS tools
FROM scratch
COPY --from=BUILD /app /app
COPY --from=alpine:3 /etc/x /x
COPY --from=2 /t /t
COPY a b
"""


def test_every_use_is_found_with_its_line() -> None:
    graph = stage_graph(parse(MULTI_STAGE), {})
    assert graph.dependencies == (
        (Dependency(DependencyKind.FROM, 2, image="busybox"),),
        (
            Dependency(DependencyKind.FROM, 4, stage=0),
            Dependency(DependencyKind.MOUNT, 5, stage=2),
            Dependency(DependencyKind.MOUNT, 5, image="debian"),
        ),
        (),
        (
            Dependency(DependencyKind.COPY, 8, stage=0),
            Dependency(DependencyKind.COPY, 9, image="alpine:3"),
            Dependency(DependencyKind.COPY, 10, stage=2),
        ),
    )


def test_what_a_target_needs() -> None:
    graph = stage_graph(parse(MULTI_STAGE), {})
    assert graph.needed(3) == {0, 2, 3}
    assert graph.needed(1) == {0, 1, 2}
    assert graph.needed(2) == {2}
    assert graph.users(0) == (1, 3)


def test_an_argument_can_choose_the_stage() -> None:
    dockerfile = parse("ARG KIND=debug\nFROM scratch AS debug\nFROM scratch AS release\nFROM $KIND\n")
    assert stage_graph(dockerfile, {}).needed(2) == {0, 2}
    assert stage_graph(dockerfile, {"KIND": "release"}).needed(2) == {1, 2}


def test_the_platform_can_choose_the_stage() -> None:
    dockerfile = parse("FROM scratch AS for-amd64\nFROM scratch AS for-arm64\nFROM for-$TARGETARCH\n")
    assert stage_graph(dockerfile, {}).needed(2) == {0, 2}
    assert stage_graph(dockerfile, {}, platform="linux/arm64").needed(2) == {1, 2}


def test_a_later_stage_is_an_image_for_from() -> None:
    graph = stage_graph(parse("FROM late\nFROM scratch AS late\n"), {})
    assert graph.dependencies[0] == (Dependency(DependencyKind.FROM, 1, image="late"),)


def test_an_onbuild_is_no_use_of_its_own_stage() -> None:
    graph = stage_graph(parse("FROM scratch AS x\nONBUILD COPY --from=nowhere a b\n"), {})
    assert graph.dependencies == ((),)


def test_stages_are_found_by_name_and_number() -> None:
    dockerfile = parse("FROM scratch AS one\nFROM scratch\nFROM scratch AS One\n")
    assert find_stage(dockerfile, "ONE") == 2
    assert find_stage(dockerfile, "1") == 1
    assert find_stage(dockerfile, "3") is None
    assert find_stage(dockerfile, "-1") is None
    assert find_stage(dockerfile, "two") is None


def test_a_similar_stage_is_found_where_it_is_near() -> None:
    dockerfile = parse("FROM scratch AS builder\nFROM scratch AS prod\n")
    assert similar_stage(dockerfile, "Bulider") == "builder"
    assert similar_stage(dockerfile, "somewhere") is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("FROM scratch AS a\nCOPY --from=a x y\n", 2, "circular dependency: a uses itself"),
        ("FROM scratch\nRUN true\nCOPY --from=0 x y\n", 3, "circular dependency: stage 0 uses itself"),
        (
            "FROM scratch AS a\nCOPY --from=b x y\nFROM a AS b\n",
            2,
            "circular dependency: a uses b, which needs a",
        ),
        ("FROM scratch\nCOPY --from=7 x y\nFROM scratch\n", 2, "invalid stage index 7: the stages are 0 to 1"),
        ("FROM scratch\nCOPY --from=$x x y\nFROM scratch\n", 2, "variable expansion is not supported for --from"),
        ("FROM $none\nFROM scratch\n", 1, "base name ($none) should not be blank"),
        ("FROM scratch\nFROM Foo\nFROM scratch\n", 2, "must be in lower case"),
        ("FROM scratch\nRUN --mount=from=$x,target=/x true\n", 2, "'from' doesn't support variable expansion"),
        ("ARG a=${b:?}\nFROM $a\n", 1, "b: is not allowed to be unset"),
    ],
)
def test_a_wrong_reference_is_an_error_with_its_line_in_any_stage(text: str, line: int, message: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        stage_graph(parse(text), {})
    assert caught.value.line == line
    assert message in caught.value.message


def test_using_a_later_stage_is_no_circle() -> None:
    graph = stage_graph(parse("FROM scratch AS a\nCOPY --from=b x y\nFROM scratch AS b\n"), {})
    assert graph.needed(0) == {0, 1}
