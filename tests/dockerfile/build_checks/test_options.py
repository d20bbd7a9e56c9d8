"""Which rules count: the directive, the build argument, the comment above an instruction."""

import pytest

from stepper.dockerfile.build_checks import check, check_options
from stepper.dockerfile.build_checks.options import CheckOptions, parse_options
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError, UsageError


def rules(text: str, **build_args: str) -> list[tuple[str, int]]:
    return [(warning.rule, warning.line) for warning in check(parse(text), build_args=build_args)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", CheckOptions()),
        ("skip=A", CheckOptions(skipped=frozenset({"A"}))),
        (" skip = A , B ", CheckOptions(skipped=frozenset({"A", "B"}))),
        ("error=true", CheckOptions(returns_error=True)),
        ("error=0", CheckOptions()),
        ("error=F;experimental=C", CheckOptions(experimental=frozenset({"C"}))),
        ("skip=A;error=T;experimental=C", CheckOptions(frozenset({"A"}), False, frozenset({"C"}), False, True)),
    ],
)
def test_options_are_read(text: str, expected: CheckOptions) -> None:
    assert parse_options(text) == expected


def test_all_means_every_rule_of_its_kind() -> None:
    skipping = parse_options("skip=all")
    assert not skipping.wants("A", is_experimental=False)
    trying = parse_options("experimental=all")
    assert trying.wants("A", is_experimental=True)
    assert trying.wants("A", is_experimental=False)


@pytest.mark.parametrize("text", ["skip", "skip=A;", "nonsense=1", "error=yes", "error=", "Skip=A", "a;b;c;d"])
def test_wrong_options_are_an_error_at_the_directive(text: str) -> None:
    dockerfile = parse(f"# escape=\\\n# check={text}\nFROM scratch\n")
    with pytest.raises(DockerfileError, match="failed to parse check options") as caught:
        check_options(dockerfile, {})
    assert caught.value.line == 2
    assert caught.value.hint
    with pytest.raises(DockerfileError):
        check(dockerfile)


def test_a_wrong_build_argument_is_an_error_of_the_command_line() -> None:
    with pytest.raises(UsageError, match="BUILDKIT_DOCKERFILE_CHECK"):
        check_options(parse("FROM scratch\n"), {"BUILDKIT_DOCKERFILE_CHECK": "nonsense=1"})


def test_the_build_argument_replaces_the_directive_whole() -> None:
    dockerfile = parse("# check=skip=FromAsCasing;error=true\nFROM scratch as a\n")
    options = check_options(dockerfile, {"BUILDKIT_DOCKERFILE_CHECK": "skip=A, B"})
    assert options == CheckOptions(skipped=frozenset({"A", "B"}))
    assert check_options(dockerfile, {}).returns_error
    assert not check_options(dockerfile, {"BUILDKIT_DOCKERFILE_CHECK": ""}).returns_error


def test_the_directive_may_stand_below_an_interpreter_line() -> None:
    assert rules("#!/usr/bin/env docker\n# check=skip=all\nFROM scratch as a\n") == []


def test_a_directive_that_is_there_twice_below_an_interpreter_line_counts_once() -> None:
    assert rules("#!x\n# check=skip=FromAsCasing\n# check=skip=all\nFROM scratch as A\n") == [("StageNameCasing", 4)]


def test_a_comment_above_an_instruction_skips_rules_for_it() -> None:
    text = "FROM scratch\n# why not\n# check=skip=JSONArgsRecommended\nENTRYPOINT a\nCMD b\n"
    assert rules(text) == [("JSONArgsRecommended", 5)]


def test_a_comment_above_a_from_skips_what_is_said_of_that_line_alone() -> None:
    text = "FROM scratch AS scratch\n# check=skip=all\nFROM --platform=linux/amd64 ${X:-scratch} as Scratch\n"
    assert rules(text) == [("ReservedStageName", 1), ("DuplicateStageName", 3), ("ReservedStageName", 3)]


def test_a_comment_above_an_instruction_adds_experimental_rules() -> None:
    text = "# A of all\n# check=experimental=all\nARG A\n# another\nARG B\nFROM scratch\n"
    assert rules(text) == [("InvalidDefinitionDescription", 3)]


@pytest.mark.parametrize(
    "comment", ["#  check = skip=all", "# CHECK=skip=all and why", "# check=skip=MaintainerDeprecated"]
)
def test_a_comment_is_read_as_the_directive_is(comment: str) -> None:
    assert rules(f"FROM scratch\n{comment}\nMAINTAINER me\n") == []


@pytest.mark.parametrize(
    "comment", ["## check=skip=all", "# check: skip=all", "# check=skip", "# escape=x", "  # check=skip=all", "#"]
)
def test_another_comment_changes_nothing(comment: str) -> None:
    assert rules(f"FROM scratch\n{comment}\nMAINTAINER me\n") == [("MaintainerDeprecated", 3)]


def test_an_empty_comment_ends_what_a_comment_above_it_says() -> None:
    assert rules("FROM scratch\n# check=skip=all\n#\nMAINTAINER me\n") == [("MaintainerDeprecated", 4)]


def test_the_comment_of_the_later_instruction_counts_for_a_repeated_one() -> None:
    text = 'FROM scratch\nCMD ["a"]\n# check=skip=MultipleInstructionsDisallowed\nCMD ["b"]\nCMD ["c"]\n'
    assert rules(text) == [("MultipleInstructionsDisallowed", 4)]


def test_a_comment_above_a_from_says_nothing_about_the_triggers_of_its_base() -> None:
    text = "FROM scratch AS a\nONBUILD ENV A=$X\n# check=skip=all\nFROM a as b\n"
    assert rules(text) == [("UndefinedVar", 4)]
