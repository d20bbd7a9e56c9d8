"""From instructions to operations."""

from collections.abc import Mapping

import pytest

from stepper.dockerfile.frontends import Frontend, handed_over
from stepper.dockerfile.mounts import BindMount, TmpfsMount
from stepper.dockerfile.operations import (
    ArgOperation,
    BuildOperation,
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    HealthcheckOperation,
    InlineFile,
    LabelOperation,
    MaintainerOperation,
    OnbuildOperation,
    Operation,
    RunOperation,
    ShellOperation,
    StopSignalOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.parser import parse
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve, unset_variables
from stepper.dockerfile.scope import Scope
from stepper.errors import DockerfileError

ENV = {"v": "value", "n": "8080", "dir": "/srv", "empty": ""}
CONFIG = BareConfig(environment=ENV)


def resolved(
    text: str,
    *,
    config: BareConfig = CONFIG,
    build_args: Mapping[str, str] | None = None,
    head: str = "",
    stages: str = "",
) -> Operation:
    """The operation of an instruction that stands at the end of the last stage, after `FROM scratch`."""
    dockerfile = parse(f"{head}{stages}FROM scratch\n{text}\n")
    stage = dockerfile.stages[-1]
    scope = Scope.start(dockerfile, build_args or {}).enter_stage(config.environment)
    return resolve(stage.instructions[-1], scope, dockerfile=dockerfile, stage=stage.index, config=config)


def error_of(text: str, *, stages: str = "") -> DockerfileError:
    with pytest.raises(DockerfileError) as caught:
        resolved(text, stages=stages)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV a=$v b=${a:-none}", EnvOperation((("a", "value"), ("b", "none")))),
        ("ENV a $v and more", EnvOperation((("a", "value and more"),))),
        ("ENV a=\"x  $v\" b='$v'", EnvOperation((("a", "x  value"), ("b", "$v")))),
        ("ENV $v=1", EnvOperation((("value", "1"),))),
        ('LABEL $v.x="$n"', LabelOperation((("value.x", "8080"),))),
        ("USER $v:$n", UserOperation("value:8080")),
        ("MAINTAINER Me $v", MaintainerOperation("Me $v")),
        ("STOPSIGNAL $n", StopSignalOperation("8080")),
        ("STOPSIGNAL sigrtmin+3", StopSignalOperation("sigrtmin+3")),
        ("VOLUME $dir/a /b", VolumeOperation(("/srv/a", "/b"))),
        ('VOLUME ["$dir", "/with space"]', VolumeOperation(("/srv", "/with space"))),
        ("CMD echo $v", CmdOperation(None, "echo $v")),
        ('CMD ["echo", "$v"]', CmdOperation(("echo", "$v"), None)),
        ("CMD []", CmdOperation((), None)),
        ("ENTRYPOINT exec $v", EntrypointOperation(None, "exec $v")),
        ('ENTRYPOINT ["x"]', EntrypointOperation(("x",), None)),
        ('SHELL ["/bin/$v", "-c"]', ShellOperation(("/bin/$v", "-c"))),
    ],
)
def test_what_expands_and_what_does_not(text: str, expected: Operation) -> None:
    assert resolved(text) == expected


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("EXPOSE 80", ("80/tcp",)),
        ("EXPOSE 80/UDP", ("80/udp",)),
        ("EXPOSE 8000-8002/sctp", ("8000/sctp", "8001/sctp", "8002/sctp")),
        ("EXPOSE $n 80", ("8080/tcp", "80/tcp")),
        ("EXPOSE 90 80", ("80/tcp", "90/tcp")),
        ("EXPOSE 8080:80", ("80/tcp",)),
        ("EXPOSE 127.0.0.1:8080:80", ("80/tcp",)),
        ("EXPOSE [::1]:8080-8090:80", ("80/tcp",)),
        ("EXPOSE $empty", ()),
    ],
)
def test_ports(text: str, ports: tuple[str, ...]) -> None:
    assert resolved(text) == ExposeOperation(ports)


def test_a_variable_of_expose_may_hold_several_ports() -> None:
    config = BareConfig(environment={"ports": "80 443/udp"})
    assert resolved("EXPOSE $ports", config=config) == ExposeOperation(("80/tcp", "443/udp"))


@pytest.mark.parametrize(
    "port", ["99999", "80/http", "/tcp", "80-79", "x", "-1", "1:2:3:80", "1-2:1-3", "80-", "a:80", "80/tcp/udp", "٣"]
)
def test_a_wrong_port_is_an_error_that_quotes_it(port: str) -> None:
    error = error_of(f"EXPOSE {port}")
    assert str(error).startswith(f"Dockerfile:2: invalid port {port!r}")
    assert error.hint is not None


@pytest.mark.parametrize(
    ("current", "written", "path"),
    [
        ("", "/app", "/app"),
        ("", "app", "/app"),
        ("/app", "src", "/app/src"),
        ("/app", "../b/./c/", "/b/c"),
        ("/app", "$dir/x", "/srv/x"),
        ("/app", "$empty", "/app"),
        ("", "$empty", "/"),
        ("app", "b", "/app/b"),
        ("//a//b", "c", "/a/b/c"),
        ("/a", "../../..", "/"),
        ("/a", "/b/../c/", "/b/../c/"),
    ],
)
def test_working_directories_are_joined(current: str, written: str, path: str) -> None:
    config = BareConfig(environment=ENV, working_dir=current)
    assert resolved(f"WORKDIR {written}", config=config) == WorkdirOperation(path)


def test_an_argument_takes_its_default_and_sees_those_before_it() -> None:
    assert resolved("ARG a=1 b=${a}-$v c") == ArgOperation((("a", "1"), ("b", "1-value"), ("c", None)))


def test_an_argument_without_a_default_takes_the_global_value() -> None:
    assert resolved("ARG a b", head="ARG a=g\nARG b\n") == ArgOperation((("a", "g"), ("b", None)))


def test_a_stages_own_default_goes_before_the_global_value() -> None:
    assert resolved("ARG a=own", head="ARG a=g\n") == ArgOperation((("a", "own"),))


def test_the_command_line_goes_before_all_defaults_which_then_do_not_matter() -> None:
    operation = resolved("ARG a=${nothing:?}", head="ARG a=g\n", build_args={"a": "line"})
    assert operation == ArgOperation((("a", "line"),))


def test_a_platform_argument_counts_once_declared() -> None:
    assert resolved("ARG TARGETARCH") == ArgOperation((("TARGETARCH", "amd64"),))
    assert resolved("ENV a=$TARGETARCH") == EnvOperation((("a", ""),))


def test_run_keeps_its_variables_for_the_shell() -> None:
    operation = resolved("RUN echo $v")
    assert operation == RunOperation(None, "echo $v", "/bin/sh -c echo $v")


def test_run_in_exec_form() -> None:
    assert resolved('RUN ["make", "a b"]') == RunOperation(("make", "a b"), None, "make a b")


def test_the_history_of_a_run_shows_arguments_and_shell() -> None:
    dockerfile = parse("FROM scratch\nARG a=1\nRUN make\n")
    scope = Scope.start(dockerfile, {}).enter_stage({}).after(ArgOperation((("a", "1"),)))
    config = BareConfig(shell=("/bin/bash", "-ec"))
    operation = resolve(dockerfile.stages[0].instructions[2], scope, dockerfile=dockerfile, stage=0, config=config)
    assert isinstance(operation, RunOperation)
    assert operation.name == "|1 a=1 /bin/bash -ec make"


@pytest.mark.parametrize(("value", "network"), [("none", "none"), ("host", "host"), ("default", None)])
def test_the_network_of_a_run(value: str, network: str | None) -> None:
    operation = resolved(f"RUN --network={value} --security=sandbox true")
    assert isinstance(operation, RunOperation)
    assert operation.network == network


def test_a_run_that_is_one_heredoc_runs_its_body() -> None:
    operation = resolved("RUN <<-EOF\n\techo a\n\techo $v\nEOF")
    assert isinstance(operation, RunOperation)
    assert operation.script == "echo a\necho $v\n"
    assert operation.script_file is None


def test_a_heredoc_with_an_interpreter_is_a_file_to_execute() -> None:
    operation = resolved("RUN <<script\n#!/usr/bin/env python3\nprint(1)\nscript")
    assert isinstance(operation, RunOperation)
    assert operation.script_file == InlineFile("/dev/pipes/script", "#!/usr/bin/env python3\nprint(1)\n")
    assert operation.name == "/bin/sh -c /dev/pipes/script"


def test_other_heredocs_of_a_run_stay_in_the_script() -> None:
    operation = resolved("RUN cat <<A 3<<-'B' >x\n#!a\nA\n\tb\n\tB")
    assert isinstance(operation, RunOperation)
    assert operation.script == "cat <<A 3<<-'B' >x\n#!a\nA\n\tb\nB"
    assert operation.script_file is None


def test_copy() -> None:
    operation = resolved("COPY --chown=$v:$n --chmod=${mode:-u+x} $v.txt b* $dir/")
    assert operation == CopyOperation(("value.txt", "b*"), "/srv/", chown="value:8080", chmod="u+x")


def test_copy_in_json_form_expands_too() -> None:
    assert resolved('COPY ["a b", "$dir/c d"]') == CopyOperation(("a b",), "/srv/c d")


def test_several_sources_need_no_slash_at_the_destinations_end() -> None:
    # The engine's builder takes it too: each source then goes to the same path.
    assert resolved("COPY a b /c") == CopyOperation(("a", "b"), "/c")


def test_add_unpacks_unless_told_not_to() -> None:
    assert resolved("ADD a.tar /") == CopyOperation(("a.tar",), "/", unpack=True, is_add=True)
    assert resolved("ADD --unpack=false a.tar /") == CopyOperation(("a.tar",), "/", unpack=False, is_add=True)


def test_flags_that_are_switched_off_do_not_matter() -> None:
    assert resolved("COPY --link=false --parents=false a b") == CopyOperation(("a",), "b")
    assert resolved("ADD --link=false a b") == CopyOperation(("a",), "b", unpack=True, is_add=True)


def test_a_heredoc_is_a_file_expanded_unless_it_is_quoted() -> None:
    operation = resolved("COPY x <<a <<'b' <<-c /to/\n$v \"${v}\" \\$v\na\n$v\nb\n\t$n\n\tc")
    assert operation == CopyOperation(
        ("x",),
        "/to/",
        inline_files=(
            InlineFile("a", 'value "value" $v\n'),
            InlineFile("b", "$v\n"),
            InlineFile("c", "8080\n"),
        ),
    )


def test_copy_from_a_stage_by_name_or_number() -> None:
    stages = "FROM scratch AS Build\nFROM scratch\n"
    assert resolved("COPY --from=BUILD a b", stages=stages) == CopyOperation(("a",), "b", from_stage=0)
    assert resolved("COPY --from=1 a b", stages=stages) == CopyOperation(("a",), "b", from_stage=1)


def test_copy_from_an_image() -> None:
    assert resolved("COPY --from=busybox:1.36 a b") == CopyOperation(("a",), "b", from_image="busybox:1.36")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("9", "invalid stage index 9"),
        ("1", "circular dependency"),
        ("$v", "variable expansion is not supported for --from"),
        ("scratch", "it is empty"),
        ("Biuld", "lower case"),
    ],
)
def test_a_from_that_cannot_be_is_an_error(value: str, message: str) -> None:
    assert message in error_of(f"COPY --from={value} a b", stages="FROM scratch AS build\n").message


def test_a_misspelt_stage_is_suggested() -> None:
    assert error_of("COPY --from=Biuld a b", stages="FROM scratch AS build\n").hint == "Did you mean the stage build?"


def test_copying_from_a_later_stage_is_an_error() -> None:
    dockerfile = parse("FROM scratch AS one\nCOPY --from=two a b\nFROM scratch AS two\n")
    with pytest.raises(DockerfileError, match="cannot copy from two: it needs to be defined before one"):
        resolve(dockerfile.stages[0].instructions[1], Scope(), dockerfile=dockerfile, stage=0)


def test_healthchecks() -> None:
    assert resolved("HEALTHCHECK NONE") == HealthcheckOperation(("NONE",))
    assert resolved("HEALTHCHECK --interval=1m30s --timeout=2s --retries=3 CMD curl $v") == HealthcheckOperation(
        ("CMD-SHELL", "curl $v"), interval=90 * 10**9, timeout=2 * 10**9, retries=3
    )
    assert resolved('HEALTHCHECK --start-period=1s --start-interval=5ms cmd ["a", "b"]') == HealthcheckOperation(
        ("CMD", "a", "b"), start_period=10**9, start_interval=5 * 10**6
    )


def test_onbuild_keeps_the_triggers_text() -> None:
    operation = resolved("ONBUILD RUN <<EOF\n$v\nEOF")
    assert isinstance(operation, OnbuildOperation)
    assert operation.text == "RUN <<EOF\n$v\nEOF"
    assert operation.trigger.keyword == "RUN"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("STOPSIGNAL foo", "invalid signal: foo"),
        ("STOPSIGNAL 0", "invalid signal: 0"),
        ("VOLUME $empty", "VOLUME specified can not be an empty string"),
        ("USER ${nobody:?no user}", "nobody: no user"),
        ("ENV a=${v", "not closed"),
        ("HEALTHCHECK --interval=5 CMD a", "missing unit in duration '5'"),
        ("HEALTHCHECK --timeout=1us CMD a", "cannot be less than 1ms"),
        ("HEALTHCHECK --retries=x CMD a", "--retries=x is not a number"),
        ("HEALTHCHECK --retries=-1 CMD a", "cannot be negative"),
        ("HEALTHCHECK CMD []", "Missing command"),
        ("COPY --chmod=999 a b", "invalid --chmod=999"),
        ("COPY --chmod=77777 a b", "invalid --chmod=77777"),
        ("COPY --chmod=rwx a b", "invalid --chmod=rwx"),
        ("COPY https://example.com/a b", "source can't be a URL for COPY"),
        ("COPY git@example.com:a/b c", "source can't be a git ref for COPY"),
        ("ADD --checksum=sha256:aa https://example.com/a b", "invalid checksum digest length"),
        ("ADD --checksum=sha256:aa a b", "checksum requires HTTP(S) or Git sources"),
        ("ADD https://example.com/a.git?x=1 b", 'unexpected query "x"'),
        ("RUN []", "RUN [] has no command"),
    ],
)
def test_a_wrong_value_is_an_error_with_its_line(text: str, message: str) -> None:
    error = error_of(text)
    assert (error.file, error.line) == ("Dockerfile", 2)
    assert message in error.message


def test_devices_are_kept_with_the_frontend_that_knows_them() -> None:
    operation = resolved("RUN --device=vendor/x --device=y make", head="# syntax=docker/dockerfile:1-labs\n")
    assert isinstance(operation, RunOperation)
    assert (operation.devices, operation.frontend) == (("vendor/x", "y"), "docker/dockerfile:1-labs")
    assert operation.name == "/bin/sh -c make"


def test_without_devices_the_frontend_does_not_matter() -> None:
    operation = resolved("RUN make", head="# syntax=docker/dockerfile:1-labs\n")
    assert isinstance(operation, RunOperation)
    assert (operation.devices, operation.frontend) == ((), "")


def test_a_file_of_another_language_is_one_operation() -> None:
    dockerfile = handed_over(b"# syntax=a/b\nx\n", "recipe", Frontend("a/b", 1))
    operation = resolve(dockerfile.stages[0].instructions[0], Scope(), dockerfile=dockerfile, stage=0)
    assert operation == BuildOperation("a/b", b"# syntax=a/b\nx\n")


def test_link_is_kept() -> None:
    assert resolved("COPY --link a b") == CopyOperation(("a",), "b", link=True)


def test_the_patterns_of_exclude_are_kept_as_they_are_written() -> None:
    operation = resolved("COPY --exclude=*.o --exclude=$X --parents a b")
    assert operation == CopyOperation(("a",), "b", parents=True, exclude=("*.o", "$X"))


@pytest.mark.parametrize("pattern", ["[", "!", "a["])
def test_a_pattern_of_exclude_that_cannot_be_read_is_an_error_before_anything_runs(pattern: str) -> None:
    error = error_of(f"COPY --exclude={pattern} a b")
    assert (error.file, error.line) == ("Dockerfile", 2)
    assert "in --exclude" in error.message


def test_the_flags_of_add_go_to_the_operation() -> None:
    plain = resolved("ADD a /x")
    assert isinstance(plain, CopyOperation)
    assert (plain.unpack, plain.unpack_remote, plain.checksum, plain.keep_git_dir) == (True, False, None, None)
    full = resolved(f"ADD --unpack --keep-git-dir=false --checksum=sha256:{'0' * 64} http://h/a /x")
    assert isinstance(full, CopyOperation)
    assert (full.unpack, full.unpack_remote, full.checksum) == (True, True, "sha256:" + "0" * 64)
    assert full.keep_git_dir is False


@pytest.mark.parametrize("source", ["github.com/a/b", "./git@example.com:a", "file://x", "a:b", "C://x"])
def test_what_only_looks_like_a_remote_source_is_a_path(source: str) -> None:
    operation = resolved(f"ADD {source} /x")
    assert isinstance(operation, CopyOperation)
    assert operation.sources == (source,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM busybox", FromOperation(image="busybox")),
        ("FROM scratch", FromOperation()),
        ("FROM one", FromOperation(stage=0)),
        ("FROM busybox:$tag", FromOperation(image="busybox:1.36")),
        ("FROM $where", FromOperation(stage=0)),
        ("FROM three", FromOperation(image="three")),
        ("FROM 0", FromOperation(image="0")),
        ("FROM --platform=$BUILDPLATFORM busybox", FromOperation(image="busybox", platform="linux/amd64")),
        ("FROM --platform=linux/aarch64 busybox", FromOperation(image="busybox", platform="linux/arm64")),
    ],
)
def test_from(text: str, expected: FromOperation) -> None:
    dockerfile = parse(f"ARG tag=1.36 where=one\nFROM scratch AS one\n{text}\nFROM scratch AS three\n")
    scope = Scope.start(dockerfile, {})
    assert resolve(dockerfile.stages[1].instructions[0], scope, dockerfile=dockerfile, stage=1) == expected


def test_of_several_stages_with_a_name_the_last_before_it_counts() -> None:
    dockerfile = parse("FROM scratch AS a\nFROM scratch AS a\nFROM a\nFROM scratch AS a\n")
    scope = Scope.start(dockerfile, {})
    operation = resolve(dockerfile.stages[2].instructions[0], scope, dockerfile=dockerfile, stage=2)
    assert operation == FromOperation(stage=1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM $nothing", "base name ($nothing) should not be blank"),
        ("FROM One", "must be in lower case"),
        ("FROM --platform=foo busybox", "unknown operating system or architecture 'foo'"),
        ("FROM --platform=$nothing busybox", "empty once its arguments are expanded"),
    ],
)
def test_a_from_that_names_nothing_is_an_error(text: str, message: str) -> None:
    dockerfile = parse(f"FROM scratch AS one\n{text}\n")
    with pytest.raises(DockerfileError) as caught:
        resolve(dockerfile.stages[1].instructions[0], Scope.start(dockerfile, {}), dockerfile=dockerfile, stage=1)
    assert caught.value.line == 2
    assert message in caught.value.message


def test_a_stage_in_capitals_is_suggested_in_lower_case() -> None:
    dockerfile = parse("FROM scratch AS Builder\nFROM Builder\n")
    with pytest.raises(DockerfileError) as caught:
        resolve(dockerfile.stages[1].instructions[0], Scope.start(dockerfile, {}), dockerfile=dockerfile, stage=1)
    assert caught.value.hint == "Did you mean the stage builder?"


def test_an_unknown_trigger_is_an_error_where_it_is_run() -> None:
    dockerfile = parse("FROM scratch AS a\nONBUILD RNU x\nFROM a\n")
    trigger = dockerfile.stages[0].instructions[1].trigger
    assert trigger is not None
    with pytest.raises(DockerfileError, match=r"unknown instruction: RNU \(did you mean RUN\?\)"):
        resolve(trigger, Scope.start(dockerfile, {}), dockerfile=dockerfile, stage=1)


def test_the_escape_directive_counts_but_not_in_a_heredoc() -> None:
    dockerfile = parse("# escape=`\nFROM scratch\nCOPY C:\\x`$v <<f /\na\\$v `$v\nf\n")
    scope = Scope.start(dockerfile, {}).enter_stage({})
    operation = resolve(dockerfile.stages[0].instructions[1], scope, dockerfile=dockerfile, stage=0, config=CONFIG)
    assert operation == CopyOperation(("C:\\x$v",), "/", inline_files=(InlineFile("f", "a$v `value\n"),))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ENV a=$x b=${y:-$z} c=$v", {"x", "y", "z"}),
        ("COPY --chown=$x --chmod=$y $z /", {"x", "y", "z"}),
        ("ARG a=$x b", {"x"}),
        ("WORKDIR ${x:?}", {"x"}),
        ("RUN echo $x", set()),
        ("CMD $x", set()),
    ],
)
def test_variables_without_a_value_are_told(text: str, names: set[str]) -> None:
    dockerfile = parse(f"FROM scratch\n{text}\n")
    instruction = dockerfile.stages[0].instructions[1]
    assert unset_variables(instruction, Scope(), dockerfile=dockerfile, config=CONFIG) == names


def test_a_run_has_its_mounts_in_order_and_its_privileges() -> None:
    operation = resolved("RUN --mount=type=tmpfs,target=/a --mount=target=b --security=insecure make")
    assert isinstance(operation, RunOperation)
    assert operation.mounts == (TmpfsMount("/a"), BindMount("/b"))
    assert operation.insecure
    operation = resolved("RUN --security=sandbox make")
    assert isinstance(operation, RunOperation)
    assert not operation.insecure
