"""`stepper check`: what it prints, and its exit codes."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

_CLEAN = "FROM scratch\n"
_ONE = "FROM scratch\nCMD run it\n"
_ERROR = "FROM scratch\nCMD a\nFRMO x\n"


@pytest.fixture
def dockerfile(project: Path) -> Path:
    return project / "Dockerfile"


def test_warnings_come_with_their_place_rule_and_source(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch as Base\n\nENV A=1 \\\n\tB=$X\n")
    result = stepper("check")
    assert result.code == 0
    assert result.err == ""
    assert result.out.splitlines() == [
        "Dockerfile:1: StageNameCasing: Stage name 'Base' should be lowercase",
        "Dockerfile:1: FromAsCasing: 'as' and 'FROM' keywords' casing do not match",
        "  1 │ FROM scratch as Base",
        "",
        "Dockerfile:3: UndefinedVar: Usage of undefined variable '$X'",
        "  3 │ ENV A=1 \\",
        "  4 │     B=$X",
        "",
        "3 warnings, explained at https://docs.docker.com/reference/build-checks/",
    ]


def test_a_long_instruction_is_cut(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nENV A=$X \\\n" + "B=1 \\\n" * 8 + "C=1\n")
    lines = stepper("check").out.splitlines()
    assert lines[6:8] == ["  7 │ B=1 \\", "    │ and 4 more lines"]


def test_a_clean_dockerfile_says_so(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text(_CLEAN)
    result = stepper("check", "--error")
    assert (result.code, result.out, result.err) == (0, "No warnings.\n", "")


def test_warnings_are_an_error_where_that_is_asked_for(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text(_ONE)
    assert stepper("check").code == 0
    assert stepper("check", "--error").code == 1
    dockerfile.write_text("# check=error=true\n" + _ONE)
    assert stepper("check").code == 1
    assert stepper("check", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=all").code == 0


def test_errors_of_the_dockerfile_go_to_standard_error(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text(_ERROR)
    result = stepper("check")
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("Dockerfile:3: unknown instruction: FRMO (did you mean FROM?)\n")


def test_warnings_are_told_beside_errors(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nCMD a\nSTOPSIGNAL NONSENSE\n")
    result = stepper("check")
    assert result.code == 2
    assert result.out.startswith("Dockerfile:2: JSONArgsRecommended")
    assert result.err.startswith("Dockerfile:3: invalid signal: NONSENSE\n")


def test_only_an_error_is_not_called_clean(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch AS a\nCOPY --from=a / /\n")
    result = stepper("check", "--target", "a")
    assert result.code == 2
    assert result.out == ""
    assert "circular dependency" in result.err


@pytest.mark.parametrize("option", [("--target", "nope"), ("--build-arg", "BUILDKIT_DOCKERFILE_CHECK=nope")])
def test_a_wrong_option_is_an_error(stepper: Command, dockerfile: Path, option: tuple[str, str]) -> None:
    dockerfile.write_text(_CLEAN)
    result = stepper("check", *option)
    assert result.code == 2
    assert result.err


def test_a_wrong_directive_is_told_at_its_line(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("# check=nope\nFROM scratch\n")
    result = stepper("check")
    assert result.code == 2
    assert result.err.startswith('Dockerfile:1: failed to parse check options: invalid check option "nope"\n')


def test_only_the_target_is_looked_at(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch AS a\nENV A=$X\nFROM scratch AS b\nENV B=$X\n")
    assert stepper("check", "--target", "b").out.startswith("Dockerfile:4: ")
    assert "Dockerfile:2: " in stepper("check").out


def test_the_ignore_file_of_the_context_counts_and_the_dockerfiles_own_goes_first(
    stepper: Command, project: Path
) -> None:
    (project / "app").mkdir()
    (project / "app" / "my.Dockerfile").write_text("FROM scratch\nCOPY one two /\n")
    (project / "app" / ".dockerignore").write_text("one\n")
    arguments = ("check", "app", "-f", "app/my.Dockerfile")
    assert 'app/my.Dockerfile:2: CopyIgnoredFile: Attempting to Copy file "one"' in stepper(*arguments).out
    (project / "app" / "my.Dockerfile.dockerignore").write_text("two\n")
    assert 'Attempting to Copy file "two"' in stepper(*arguments).out


def test_json_is_one_object_a_line(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nCMD \\\n  é\n")
    result = stepper("check", "--json", "--error")
    assert result.code == 1
    assert result.out.isascii()
    warning, end = map(json.loads, result.out.splitlines())
    assert warning == {
        "event": "check.warning",
        "rule": "JSONArgsRecommended",
        "file": "Dockerfile",
        "line": 2,
        "end_line": 3,
        "message": "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals",
        "description": "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS "
        "signals",
        "url": "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
    }
    assert end == {"event": "check.finished", "file": "Dockerfile", "warnings": 1}


def test_what_a_terminal_obeys_is_taken_out(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nENV A=$X\x1b]0;title\x07\x9b31m\nWORKDIR a\x1b[2Jb\n")
    out = stepper("check").out
    assert "\x1b" not in out
    assert "\x9b" not in out
    assert "UndefinedVar" in out
    assert "WorkdirRelativePath" in out


def test_no_engine_is_looked_for(stepper: Command, dockerfile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_engine(host: str | None = None) -> None:
        raise AssertionError("the checks need no engine")

    monkeypatch.setattr("stepper.engine.connect.open_engine", no_engine)
    dockerfile.write_text(_ONE)
    assert stepper("check").code == 0


def test_every_error_has_its_source_line_and_a_caret(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nSTOPSIGNAL  FOO\n\tEXPOSE \\\n  99999\n")
    expected = [
        "Dockerfile:2: invalid signal: FOO",
        "  2 │ STOPSIGNAL  FOO",
        "    │             ^^^",
        "  Write a name such as SIGTERM, or its number.",
        "Dockerfile:3: invalid port '99999': '99999' is not from 0 to 65535",
        "  4 │   99999",
        "    │   ^^^^^",
        "  Write a port as 80, 80/udp or 8000-8002; the protocols are tcp, udp and sctp.",
    ]
    assert stepper("check").err.splitlines() == expected
    assert stepper("run").err.splitlines() == expected


def test_a_file_that_cannot_be_parsed_has_its_source_line_too(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("\tFRMO\x1b[2J ü\n")
    for command in ("check", "run"):
        assert stepper(command).err.splitlines()[1:3] == ["  1 │     FRMO ü", "    │     ^^^^"]


def test_an_error_in_the_ignore_file_shows_its_line(stepper: Command, dockerfile: Path, project: Path) -> None:
    dockerfile.write_text(_CLEAN)
    (project / ".dockerignore").write_text("a\n[b\n")
    for command in ("check", "run"):
        assert stepper(command).err.splitlines()[:2] == [".dockerignore:2: invalid pattern '[b'", "  2 │ [b"]


def test_every_instruction_that_cannot_be_read_is_told(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM scratch\nRNU x\nCOPY --form=x a b\n")
    for command in ("check", "run"):
        result = stepper(command)
        assert result.code == 2
        assert [line for line in result.err.splitlines() if line.startswith("Dockerfile:")] == [
            "Dockerfile:2: unknown instruction: RNU (did you mean RUN?)",
            "Dockerfile:3: unknown flag: --form (did you mean --from?)",
        ]
