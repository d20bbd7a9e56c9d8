"""What `check` makes of a Dockerfile beyond the single rules."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.build_checks import RULES, CheckWarning, check
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError, StepperError
from tests.dockerfile.build_checks.corpus import Base
from tests.dockerfile.build_checks.generated import Generator


def found(text: str, *, target: str | None = None, ignore: str = "") -> list[tuple[str, int]]:
    warnings = check(parse(text), target=target, ignore_file=IgnoreFile.parse(ignore))
    return [(warning.rule, warning.line) for warning in warnings]


def test_a_warning_says_all_that_there_is_to_say() -> None:
    (warning,) = check(parse("FROM scratch\nMAINTAINER \\\n me\n"))
    assert warning == CheckWarning(
        "MaintainerDeprecated",
        2,
        3,
        "Maintainer instruction is deprecated in favor of using label",
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
        "https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/",
    )


def test_warnings_come_in_the_order_of_their_lines_and_each_once() -> None:
    text = "FROM scratch as A\nENV A=$X B=$X\nMAINTAINER me\n"
    assert found(text) == [
        ("StageNameCasing", 1),
        ("FromAsCasing", 1),
        ("UndefinedVar", 2),
        ("MaintainerDeprecated", 3),
    ]


def test_rules_have_a_name_and_a_page_of_their_own() -> None:
    assert len(RULES) == 21
    assert len({rule.name for rule in RULES}) == len({rule.url for rule in RULES}) == len(RULES)
    assert [rule.name for rule in RULES if rule.is_experimental] == ["InvalidDefinitionDescription"]


def test_without_a_target_every_stage_is_looked_at() -> None:
    text = "FROM scratch AS a\nENV A=$X\nFROM scratch AS b\nENV A=$X\nFROM a\nENV B=$X\n"
    assert found(text) == [("UndefinedVar", 2), ("UndefinedVar", 4), ("UndefinedVar", 6)]


@pytest.mark.parametrize(("target", "lines"), [("a", [2]), ("1", [4]), ("2", [2, 6]), ("B", [4])])
def test_with_a_target_the_stages_that_it_needs_are(target: str, lines: list[int]) -> None:
    text = "FROM scratch AS a\nENV A=$X\nFROM scratch AS b\nENV A=$X\nFROM a\nENV B=$X\n"
    assert found(text, target=target) == [("UndefinedVar", line) for line in lines]


def test_an_unknown_target_is_an_error() -> None:
    with pytest.raises(DockerfileError, match="did you mean base"):
        found("FROM scratch AS base\n", target="bse")


def test_a_stage_is_looked_at_for_the_platform_that_is_built_for() -> None:
    text = "FROM scratch\nARG TARGETARCH\nWORKDIR ${TARGETARCH#amd64}\n"
    assert [w.message for w in check(parse(text), platform="linux/arm64")] == [
        'Relative workdir "arm64" can have unexpected results if the base image changes'
    ]


def test_a_suggestion_is_made_for_a_misspelt_variable() -> None:
    text = "ARG VERSION\nFROM scratch${VERSIN}\nENV NAME=1\nENV A=$NAEM\n"
    assert [warning.message for warning in check(parse(text))] == [
        "FROM argument 'VERSIN' is not declared (did you mean VERSION?)",
        "Usage of undefined variable '$NAEM' (did you mean $NAME?)",
    ]


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD_FILE", "KEY_VERSION", "PUBLIC_KEY"])
def test_what_tells_where_a_secret_is_is_none(name: str) -> None:
    assert found(f"FROM scratch\nENV {name}=1\n") == []


def test_a_variable_that_the_base_image_may_set_is_not_undefined() -> None:
    assert found("FROM python\nENV A=$PYTHON_VERSION\n") == []


def test_on_an_unknown_base_image_a_misspelling_is_still_told() -> None:
    assert found("FROM python\nARG RELEASE\nARG VERSION=1\nENV A=$VERSOIN\n") == [("UndefinedVar", 4)]


@pytest.mark.parametrize("instruction", ["WORKDIR $HOME", "WORKDIR $MINE", "EXPOSE 80/$KIND", "COPY $HOME /"])
def test_what_hangs_on_an_unknown_base_image_is_not_judged(instruction: str) -> None:
    assert found(f"FROM python\nENV MINE=${{HOME}} KIND=${{X:-TCP}}\n{instruction}\n", ignore="*") == []


def test_a_known_value_is_judged_on_an_unknown_base_image() -> None:
    assert found("FROM python\nENV A=$HOME\nENV A=x\nWORKDIR $A\n") == [("WorkdirRelativePath", 4)]


def test_a_known_base_image_says_what_is_defined() -> None:
    dockerfile = parse("FROM python\nENV A=$PYTHON_VERSION B=$PYTHON_VERSIN\nCMD a\n")
    base = Base({"PYTHON_VERSION": "3"}, ("/bin/bash", "-c"))
    assert [warning.message for warning in check(dockerfile, bases={"python": base}.get)] == [
        "Usage of undefined variable '$PYTHON_VERSIN' (did you mean $PYTHON_VERSION?)"
    ]


def test_the_triggers_of_a_base_image_are_judged_where_they_run() -> None:
    dockerfile = parse("FROM python \\\n AS a\nFROM a\n")
    base = Base(on_build=("WORKDIR app", "FRMO x", "ENV A=$X"))
    warnings = check(dockerfile, bases={"python": base}.get)
    assert [(w.rule, w.line, w.end_line) for w in warnings] == [("WorkdirRelativePath", 1, 2), ("UndefinedVar", 1, 2)]


@pytest.mark.parametrize(
    "instruction",
    ["ENV A=${X:?no}", "ARG A=${X:?no}", "WORKDIR ${X:?no}", "EXPOSE ${X:?no}", "COPY ${X:?no} /", "EXPOSE x/Y"],
)
def test_an_error_of_the_build_leaves_out_only_what_hangs_on_it(instruction: str) -> None:
    text = f"FROM scratch\n{instruction}\nMAINTAINER me\n"
    assert ("MaintainerDeprecated", 3) in found(text)


def test_an_argument_that_cannot_be_expanded_is_an_error_with_its_line() -> None:
    with pytest.raises(DockerfileError) as caught:
        found("ARG A=1\nARG B=${X:?no}\nFROM scratch\n")
    assert caught.value.line == 2


_PIECES = st.sampled_from(
    (" ", "\n", "\\\n", "$A", "${", "}", "#", '"', "'", "<<E", "AS", "FROM ", "ENV ", "ARG ", ":", "=", "/")
)


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=0), st.lists(_PIECES, max_size=3))
@settings(max_examples=300, deadline=None)
def test_whatever_can_be_parsed_can_be_checked(seed: int, place: int, inserted: list[str]) -> None:
    text = Generator(seed).dockerfile()
    place %= len(text)
    text = text[:place] + "".join(inserted) + text[place:]
    try:
        warnings = check(parse(text))
    except StepperError:
        return
    count = len(parse(text).lines)
    assert all(1 <= warning.line <= warning.end_line <= count for warning in warnings)
    assert list(warnings) == sorted(warnings, key=lambda warning: warning.line)
