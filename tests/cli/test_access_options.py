"""`--secret`, `--ssh` and `--allow`, and what docker takes from the environment."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.cli.access_options import build_access
from stepper.cli.arguments import parse_arguments
from stepper.cli.build_options import build_options
from stepper.debugger.options import BuildOptions
from stepper.engine.access import NO_ACCESS, BuildAccess, Secret, SshAccess
from stepper.engine.remote.workspace import Workspace
from stepper.errors import UsageError
from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
NEEDS_TOKEN = "FROM busybox\nRUN true\nRUN --mount=type=secret,id=token,required \\\n    cat /run/secrets/token\n"


def access(*arguments: str, environment: dict[str, str] | None = None) -> BuildAccess:
    return build_access(parse_arguments(("run", *arguments)), environment or {})


def options(*arguments: str, environment: dict[str, str] | None = None) -> BuildOptions:
    with Workspace() as workspace:
        return build_options(parse_arguments(("run", *arguments)), environment or {}, workspace)


@pytest.fixture
def agent(project: Path) -> Iterator[str]:
    """The socket of an agent, by its name in the project's folder."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("agent")
        yield "agent"


def test_nothing_is_given_unless_asked_for() -> None:
    assert access(environment={"TOKEN": "x", "SSH_AUTH_SOCK": "/x"}) == NO_ACCESS
    assert access("--secret", "", "--ssh", "", "--allow", "") == NO_ACCESS


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        ("id=token,src=file", Secret(file=Path("file"))),
        ("ID=token,Source=file,type=file", Secret(file=Path("file"))),
        ("id=token,env=VARIABLE", Secret(variable="VARIABLE")),
        ("id=token,type=env,env=VARIABLE", Secret(variable="VARIABLE")),
        ("id=token,type=env,src=VARIABLE", Secret(variable="VARIABLE")),
        ("id=token,env=VARIABLE,src=file", Secret(variable="VARIABLE")),
        ('"id=token","src=with,comma"', Secret(file=Path("with,comma"))),
        ("id=token", Secret(variable="token")),
        ("id=token,type=env", Secret(variable="token")),
    ],
)
def test_a_secret_is_a_file_or_a_variable(project: Path, written: str, secret: Secret) -> None:
    (project / "file").write_text("x")
    (project / "with,comma").write_text("x")
    assert access("--secret", written, environment={"token": "x"}).secrets == {"token": secret}


def test_a_secret_without_both_is_the_file_of_its_name_where_no_variable_has_it(project: Path) -> None:
    (project / "token").write_text("x")
    assert access("--secret", "id=token").secrets == {"token": Secret(file=Path("token"))}


def test_of_several_secrets_with_one_id_the_last_counts(project: Path) -> None:
    given_ = access("--secret", "id=a,env=A", "--secret", "id=b,env=B", "--secret", "id=a,env=C")
    assert given_.secrets == {"a": Secret(variable="C"), "b": Secret(variable="B")}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("src=file", "secret missing ID"),
        ("id=", "secret missing ID"),
        ("token", "invalid field 'token' must be a key=value pair"),
        ("id=token,sorce=x", "unexpected key 'sorce' (did you mean source?)"),
        ("id=token,type=folder", 'unsupported secret type "folder"'),
        ("id=token,src=nothing", "failed to stat nothing: No such file or directory"),
        ("id=token,src=.", ". is a folder"),
        ("id=token,src=big", "it is too big; the most is 500 kB"),
        ('id=token,"src=x', 'failed to parse csv secret: parse error on line 1, column 11: extraneous or missing "'),
    ],
)
def test_a_wrong_secret_is_an_error_with_its_form(project: Path, written: str, message: str) -> None:
    (project / "big").write_bytes(b"x" * (500 * 1024 + 1))
    with pytest.raises(UsageError) as raised:
        access("--secret", written)
    assert raised.value.message.startswith(f"--secret {written}: {message}")


@pytest.mark.parametrize(
    ("written", "name"), [("default", "default"), ("work", "work"), ("default=", "default"), ("=", "default")]
)
def test_ssh_without_a_path_is_the_users_agent(agent: str, project: Path, written: str, name: str) -> None:
    given_ = access("--ssh", written, environment={"SSH_AUTH_SOCK": agent})
    assert given_.ssh == {name: SshAccess(socket=project / "agent")}


def test_ssh_takes_a_socket_or_keys(agent: str, project: Path) -> None:
    (project / "one").write_text(KEY)
    (project / "two").write_text(KEY)
    given_ = access("--ssh", f"a={agent}", "--ssh", "b=one,two")
    assert given_.ssh == {
        "a": SshAccess(socket=project / "agent"),
        "b": SshAccess(keys=(project / "one", project / "two")),
    }


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (("default",), "--ssh default: there is no SSH agent: SSH_AUTH_SOCK is not set"),
        (("a=nothing",), "--ssh a=nothing: nothing cannot be read: No such file or directory"),
        (("a=text",), "--ssh a=text: text is no private key"),
        (("a=key,agent",), "--ssh a=key,agent: invalid combination of keys and sockets"),
        (("a=agent,agent",), "--ssh a=agent,agent: only single socket allowed"),
        (("a=key", "a=key"), '--ssh a=key: duplicate agent ID "a"'),
        (("a=locked",), "--ssh a=locked: the key locked has a passphrase"),
    ],
)
def test_a_wrong_agent_is_an_error(agent: str, project: Path, written: tuple[str, ...], message: str) -> None:
    (project / "key").write_text(KEY)
    (project / "text").write_text("hello")
    (project / "locked").write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n")
    with pytest.raises(UsageError) as raised:
        access(*(part for each in written for part in ("--ssh", each)))
    assert raised.value.message == message


def test_privileges_are_allowed_by_name() -> None:
    assert access("--allow", "security.insecure").insecure
    assert access("--allow", "network.host") == BuildAccess(host_network=True)
    assert access("--allow", "device", "--allow", "device=x") == NO_ACCESS
    with pytest.raises(UsageError, match=r"unknown entitlement network\.hots \(did you mean network\.host\?\)"):
        access("--allow", "network.hots")


@given(st.text(alphabet='ab=,"/srciden yt', max_size=14))
def test_any_secret_is_taken_or_is_an_error(written: str) -> None:
    try:
        secrets = access("--secret=" + written).secrets
    except UsageError:
        return
    assert all(name and (secret.file is None) != (secret.variable is None) for name, secret in secrets.items())


def test_a_required_secret_that_is_not_given_is_an_error_before_anything_runs(
    stepper: Command, project: Path, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text(NEEDS_TOKEN)
    result = stepper("run", ".")
    assert result.code == 2
    assert "Dockerfile:3: secret token: not found\n" in result.err
    assert "^" in result.err
    assert "Give it with --secret id=token,src=FILE or --secret id=token,env=VARIABLE." in result.err
    assert engine.ran == []


def test_a_step_from_the_cache_needs_no_secret(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text(NEEDS_TOKEN)
    (project / "file").write_text("swordfish")
    assert stepper("run", ".", "--secret", "id=token,src=file").code == 0
    ran = list(engine.ran)
    assert stepper("run", ".").code == 0
    assert engine.ran == ran
    refused = stepper("run", ".", "--no-cache")
    assert (refused.code, refused.err.splitlines()[0]) == (2, "Dockerfile:3: secret token: not found")
    (project / "Dockerfile").write_text(NEEDS_TOKEN.replace("RUN true", "RUN false || true"))
    assert stepper("run", ".").code == 2
    assert engine.ran == ran


def test_a_secrets_value_is_in_no_report(
    stepper: Command, project: Path, monkeypatch: pytest.MonkeyPatch, engine: ScriptedEngine
) -> None:
    (project / "Dockerfile").write_text(NEEDS_TOKEN)
    (project / "file").write_text("swordfish")
    monkeypatch.setenv("TOKEN", "swordfish")
    for given_ in ("id=token,src=file", "id=token,env=TOKEN"):
        for form in ((), ("--json",)):
            result = stepper("run", ".", "--no-cache", "--secret", given_, *form)
            assert result.code == 0, result.err
            assert "swordfish" not in result.out + result.err
    assert [step.access.secrets["token"] for step in engine.executed if step.operation.mounts] == [  # type: ignore[union-attr]  # RUN
        Secret(file=Path("file")),
        Secret(file=Path("file")),
        Secret(variable="TOKEN"),
        Secret(variable="TOKEN"),
    ]


@pytest.mark.parametrize(
    ("run", "message", "allowed"),
    [
        ("RUN --network=host x", "network.host is not allowed", ("--allow", "network.host")),
        ("RUN --network=host x", "network.host is not allowed", ("--network", "host")),
        ("RUN --mount=type=ssh,required x", 'no SSH key "default" forwarded from the client', ("--ssh", "default=key")),
    ],
)
def test_what_a_run_asks_for_has_to_be_given(
    stepper: Command, project: Path, run: str, message: str, allowed: tuple[str, ...]
) -> None:
    (project / "Dockerfile").write_text(f"FROM busybox\n{run}\n")
    (project / "key").write_text(KEY)
    refused = stepper("run", ".")
    assert (refused.code, refused.err.splitlines()[0]) == (2, f"Dockerfile:2: {message}")
    assert stepper("run", ".", *allowed).code == 0


def test_a_stage_that_is_not_needed_asks_for_nothing(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nRUN --network=host x\nFROM busybox\n")
    assert stepper("run", ".").code == 0


def test_the_time_of_a_reproducible_build_is_a_build_argument(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    assert options(environment={"SOURCE_DATE_EPOCH": "1"}).build_args == {"SOURCE_DATE_EPOCH": "1"}
    given_ = options("--build-arg", "SOURCE_DATE_EPOCH=2", environment={"SOURCE_DATE_EPOCH": "1"})
    assert given_.build_args == {"SOURCE_DATE_EPOCH": "2"}
    assert stepper("run", ".", "--build-arg", "SOURCE_DATE_EPOCH=2").err == ""


@pytest.mark.parametrize("written", ["abc", "1.5", "1_0", " 1", "999999999999", "9" * 30])
def test_a_time_that_is_none_is_an_error(project: Path, written: str) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH=.* is no time"):
        options("--build-arg", f"SOURCE_DATE_EPOCH={written}")
    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH=.* is no time"):
        options(environment={"SOURCE_DATE_EPOCH": written})
