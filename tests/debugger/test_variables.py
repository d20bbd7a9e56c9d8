"""The variables at a step: values, where they come from, why there is none, what the line gives."""

import pytest

from stepper.debugger.variables import Kind, Variable, Variables
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine


def at(debugged: Debugged, line: int) -> Variables:
    found = debugged.session.explanations.variables(debugged.step(line))
    assert found is not None
    return found


def seen(debugged: Debugged, line: int, name: str) -> Variable:
    return next(variable for variable in at(debugged, line).seen if variable.name == name)


def unseen(debugged: Debugged, line: int, name: str) -> Variable:
    return next(variable for variable in at(debugged, line).unseen if variable.name == name)


@pytest.mark.parametrize(
    ("arguments", "value", "origin"),
    [({}, "1.2", "default of the ARG on line 2"), ({"VERSION": "1.3"}, "1.3", "--build-arg")],
)
def test_an_argument_tells_who_gave_its_value(debug: Debug, arguments: dict[str, str], value: str, origin: str) -> None:
    found = seen(debug("FROM busybox\nARG VERSION=1.2\nRUN make\n", build_args=arguments), 3, "VERSION")
    assert (found.kind, found.value, found.origin, found.line) == (Kind.ARGUMENT, value, origin, 2)


def test_an_argument_of_the_environment_says_so(debug: Debug) -> None:
    debugged = debug("FROM busybox\nARG TAG\nRUN make\n", build_args={"TAG": "x"}, args_given_by={"TAG": "environment"})
    assert seen(debugged, 3, "TAG").origin == "environment"


def test_an_argument_before_the_first_from_is_taken_with_its_default(debug: Debug) -> None:
    found = seen(debug("ARG VERSION=9\nFROM busybox\nARG VERSION\nRUN make\n"), 4, "VERSION")
    assert (found.value, found.origin) == ("9", "default of the ARG on line 1, taken on line 3")


@pytest.mark.parametrize("text", ["FROM busybox\nARG V=1\nARG V\n", "FROM busybox AS b\nARG V=1\nFROM b\nARG V\n"])
def test_an_argument_that_is_declared_again_without_a_default_keeps_its_value(debug: Debug, text: str) -> None:
    found = seen(debug(f"{text}RUN make\n"), text.count("\n") + 1, "V")
    assert (found.value, found.origin, found.line) == ("1", "default of the ARG on line 2", 2)


def test_env_overrides_an_argument_whatever_was_given(debug: Debug) -> None:
    debugged = debug("FROM busybox\nARG MODE=a\nENV MODE=b\nRUN make\n", build_args={"MODE": "c"})
    found = seen(debugged, 4, "MODE")
    assert (found.kind, found.value, found.origin) == (Kind.ENVIRONMENT, "b", "ENV on line 3")
    assert found.note == "overrides the ARG on line 2 and its --build-arg"
    assert found.note_line == 2


def test_an_argument_after_env_counts_here_and_the_image_keeps_the_other(debug: Debug) -> None:
    found = seen(debug("FROM busybox\nENV MODE=b\nARG MODE=a\nRUN make\n"), 4, "MODE")
    assert (found.kind, found.value) == (Kind.ARGUMENT, "a")
    assert found.note == "the image keeps 'b' of line 2"


def test_what_the_base_image_sets_is_known_once_from_has_run(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("python", config=ImageConfig(env=(("PYTHON_VERSION", "3.12"),)))
    debugged = debug("FROM python\nRUN make\n")
    assert at(debugged, 2).is_open
    debugged.session.step_over()
    assert not at(debugged, 2).is_open
    assert seen(debugged, 2, "PYTHON_VERSION").origin == "base image of line 1"


@pytest.mark.parametrize(
    ("text", "line", "reason", "reason_line"),
    [
        (
            "ARG V=1\nFROM busybox\nRUN echo $V\n",
            3,
            "the ARG on line 1 stands before the first FROM: it is seen in this stage after `ARG V`",
            1,
        ),
        ("FROM busybox\nRUN echo $V\nARG V=1\n", 2, "its ARG comes later, on line 3", 3),
        (
            "FROM busybox\nARG V\nRUN echo $V\n",
            3,
            "the ARG on line 2 has no default, and no --build-arg gives it one",
            2,
        ),
        (
            "FROM busybox AS a\nARG V=1\nFROM busybox\nRUN echo $V\n",
            4,
            "only a declares it, on line 2: an ARG counts in its own stage",
            2,
        ),
        ("FROM scratch\nWORKDIR /$V\n", 2, "nothing sets it", None),
    ],
)
def test_an_empty_variable_tells_why(debug: Debug, text: str, line: int, reason: str, reason_line: int | None) -> None:
    found = unseen(debug(text), line, "V")
    assert (found.note, found.note_line) == (reason, reason_line)


def test_an_argument_that_no_arg_takes_is_told(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN make\n", build_args={"VERSOIN": "1", "HTTP_PROXY": "http://proxy"})
    assert unseen(debugged, 2, "VERSOIN").note == "given, but no ARG declares it"
    assert [variable.name for variable in at(debugged, 2).unseen] == ["VERSOIN"]
    assert seen(debugged, 2, "http_proxy").kind is Kind.PREDEFINED


def test_only_the_proxies_that_a_build_knows_need_no_arg(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN make\n", build_args={"rsync_proxy": "a", "all_proxy": "b", "BUILDKIT_X": "c"})
    assert [variable.name for variable in at(debugged, 2).unseen] == ["rsync_proxy"]


def test_predefined_arguments_are_there_at_from_and_where_they_are_declared(debug: Debug) -> None:
    debugged = debug("FROM --platform=$BUILDPLATFORM busybox\nARG TARGETARCH\nRUN make\n")
    assert seen(debugged, 1, "BUILDPLATFORM").value == "linux/amd64"
    found = seen(debugged, 3, "TARGETARCH")
    assert (found.kind, found.value, found.origin) == (Kind.PREDEFINED, "amd64", "predefined, taken on line 2")


def test_each_use_on_the_line_is_told_with_what_it_gives(debug: Debug) -> None:
    debugged = debug("FROM busybox\nARG A=1\nCOPY app-$A-${B:-none}.txt '$A' /app/\n")
    found = at(debugged, 3)
    assert [(use.text, use.value) for use in found.uses] == [("$A", "1"), ("${B:-none}", "none")]
    assert found.expanded == "COPY app-1-none.txt '$A' /app/"
    assert not found.by_shell


def test_a_use_that_is_refused_gives_nothing(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN true\nWORKDIR /x\n")
    debugged.write("FROM busybox\nRUN true\nWORKDIR /${X:?give it}\n")
    debugged.session.reload()
    (use,) = at(debugged, 3).uses
    assert (use.text, use.value) == ("${X:?give it}", None)


def test_what_run_uses_is_the_shells_to_expand(debug: Debug) -> None:
    found = at(debug("FROM busybox\nENV A=1\nRUN echo $A $(date) $HOME\n"), 3)
    assert [(use.text, use.value) for use in found.uses] == [("$A", "1"), ("$HOME", "")]
    assert found.by_shell
    assert found.expanded == ""


def test_a_stage_that_builds_on_another_inherits_its_variables(debug: Debug) -> None:
    debugged = debug("FROM busybox AS base\nARG A=1\nENV B=2\nFROM base\nRUN make\n")
    assert seen(debugged, 5, "A").line == 2
    assert seen(debugged, 5, "B").origin == "ENV on line 3"


def test_secrets_are_never_shown(debug: Debug) -> None:
    debugged = debug(
        "FROM busybox\nARG API_TOKEN\nRUN --mount=type=secret,id=key,env=KEY curl $KEY $API_TOKEN\n",
        build_args={"API_TOKEN": "hunter2"},
    )
    found = at(debugged, 3)
    assert "hunter2" not in repr(found)
    assert seen(debugged, 3, "KEY").origin == "secret key"
    assert seen(debugged, 3, "API_TOKEN").is_hidden
