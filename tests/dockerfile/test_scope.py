"""The scope of build arguments."""

from collections.abc import Mapping

import pytest

from stepper.dockerfile.operations import ArgOperation, EnvOperation, UserOperation
from stepper.dockerfile.parser import parse
from stepper.dockerfile.scope import Scope
from stepper.errors import DockerfileError


def start(head: str = "", build_args: Mapping[str, str] | None = None, tail: str = "FROM scratch\n") -> Scope:
    return Scope.start(parse(head + tail), build_args or {}, platform="linux/arm64", build_platform="linux/amd64")


def arg(name: str, value: str | None) -> ArgOperation:
    return ArgOperation(((name, value),))


def test_global_arguments_see_those_before_them() -> None:
    scope = start("ARG A=1\nARG B=${A}-2 C='$A'\n")
    assert scope.global_args["B"] == "1-2"
    assert scope.global_args["C"] == "$A"


def test_the_command_line_overrides_a_global_default() -> None:
    scope = start("ARG A=1\nARG B=$A\n", {"A": "9"})
    assert scope.global_args["A"] == "9"
    assert scope.global_args["B"] == "9"


def test_a_global_argument_without_a_value_has_none() -> None:
    assert "A" not in start("ARG A\n").global_args
    assert start("ARG A\n", {"A": "x"}).global_args["A"] == "x"


def test_an_argument_that_the_file_does_not_declare_is_not_global() -> None:
    assert "A" not in start("", {"A": "x"}).global_args


def test_a_default_that_cannot_be_expanded_is_an_error_with_its_line() -> None:
    with pytest.raises(DockerfileError) as caught:
        start("ARG A=1\nARG B=${A:?}${C?}\n")
    assert str(caught.value).startswith("Dockerfile:2: ")
    assert "C" in caught.value.message


def test_the_platform_is_predefined() -> None:
    scope = start()
    assert scope.global_args["TARGETPLATFORM"] == "linux/arm64"
    assert scope.global_args["TARGETARCH"] == "arm64"
    assert scope.global_args["BUILDPLATFORM"] == "linux/amd64"
    assert scope.global_args["TARGETVARIANT"] == ""


def test_predefined_arguments_can_be_overridden() -> None:
    assert start("", {"TARGETARCH": "riscv64"}).global_args["TARGETARCH"] == "riscv64"


def test_the_target_stage_is_predefined() -> None:
    dockerfile = parse("FROM scratch AS one\nFROM scratch AS two\n")
    assert Scope.start(dockerfile, {}).global_args["TARGETSTAGE"] == "two"
    assert Scope.start(dockerfile, {}, target="one").global_args["TARGETSTAGE"] == "one"
    assert start().global_args["TARGETSTAGE"] == "default"


def test_a_stage_sees_only_what_it_declares() -> None:
    scope = start("ARG A=1\n").enter_stage({})
    assert "A" not in scope.variables({})
    assert scope.argument("A") == "1"
    assert scope.after(arg("A", "1")).variables({})["A"] == "1"


def test_the_later_of_arg_and_env_wins() -> None:
    scope = start().enter_stage({"X": "image"}).after(arg("X", "arg"))
    assert scope.variables({"X": "image"})["X"] == "arg"
    scope = scope.after(EnvOperation((("X", "env"),)))
    assert scope.variables({"X": "env"})["X"] == "env"
    scope = scope.after(arg("X", "again"))
    assert scope.variables({"X": "env"})["X"] == "again"


def test_an_argument_without_a_value_changes_nothing() -> None:
    scope = start().enter_stage({}).after(arg("X", "1")).after(arg("X", None))
    assert scope.variables({})["X"] == "1"


def test_a_stage_on_a_stage_inherits_its_arguments_behind_the_images_env() -> None:
    parent = start().enter_stage({}).after(arg("A", "arg")).after(arg("E", "arg"))
    child = parent.enter_stage({"E": "env"})
    assert child.variables({"E": "env"}) == {"A": "arg", "E": "env"}


def test_other_operations_leave_the_scope_as_it_is() -> None:
    scope = start().enter_stage({})
    assert scope.after(UserOperation("app")) is scope


def test_proxies_reach_run_alone_and_go_first() -> None:
    scope = start("", {"HTTP_PROXY": "http://p", "no_proxy": "a,b", "ftp_proxy": "", "OTHER": "x"}).enter_stage({})
    environment = {"HTTP_PROXY": "env", "PATH": "/bin"}
    assert scope.variables(environment) == environment
    assert scope.run_environment(environment) == {
        "HTTP_PROXY": "http://p",
        "http_proxy": "http://p",
        "NO_PROXY": "a,b",
        "no_proxy": "a,b",
        "PATH": "/bin",
    }


def test_the_history_counts_the_declared_arguments() -> None:
    scope = start().enter_stage({})
    assert scope.history_arguments({}) == ()
    scope = scope.after(arg("A", "1")).after(arg("B", None)).after(arg("A", "2"))
    assert scope.history_arguments({}) == ("|2", "A=2", "B=")
    assert scope.after(EnvOperation((("A", "env"),))).history_arguments({"A": "env"}) == ("|2", "A=env", "B=")
