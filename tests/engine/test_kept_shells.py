"""What is entered in a shell is known when it has ended, and becomes the outcome of a RUN: on a real engine."""

import re
import select
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from stepper.dockerfile.mounts import BindMount, CacheMount, SecretMount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import EndedShell, ShellSession
from stepper.engine.step import ContextSource, Outcome, Snapshot, Step
from tests.engine.conftest import base, execute, marks, run, silent, step, succeed
from tests.engine.mounts.conftest import run_with, unique
from tests.engine.test_shell import SIZE, open_shell, read_until

pytestmark = pytest.mark.engine

BASH, DASH, ASH = "bash", "dash", "ash"
DEBIAN = "debian:stable-slim"


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


def on_shell(stepper: DockerEngine, shell: str) -> Snapshot:
    """A snapshot whose shell that is."""
    if shell == ASH:
        return base(stepper)
    on = base(stepper, DEBIAN)
    return on if shell == BASH else succeed(execute(stepper, on, "rm -f /bin/bash /usr/bin/bash", use_cache=True))


def to_prompt(shell: ShellSession, after: str) -> str:
    """Read until the shell prompts, behind a text that it prints first."""
    found = ""
    while not re.search(rf"{after}.*[#>] (\x1b\[(6n|K))?$", found, re.DOTALL):
        assert select.select([shell], [], [], 30)[0], found
        data = shell.read()
        assert data, found
        found += data.decode()
    return found


def enter(shell: ShellSession, lines: Sequence[str]) -> EndedShell:
    """Enter lines as a user does who waits for the prompt, leave, and what is known then."""
    to_prompt(shell, "")
    for line in lines:
        shell.write(f"{line}\r".encode())
        to_prompt(shell, "\n")
    return leave(shell)


def leave(shell: ShellSession, by: bytes = b"exit\r") -> EndedShell:
    """Leave a shell, and what is known then."""
    shell.write(by)
    while shell.read():
        pass
    shell.close()
    return shell.ended


def told(ended: EndedShell) -> list[tuple[str, int | None]]:
    return [(command.text, command.exit_code) for command in ended.commands]


def kept(stepper: DockerEngine, ended: EndedShell, of: Step, on: Snapshot) -> Outcome:
    """The outcome of a RUN that a shell did, which has to come without being run."""
    assert stepper.adopt_shell(ended, of, on) == ""
    outcome = stepper.execute(of, on, report=silent)
    assert outcome.cached
    return outcome


@pytest.mark.parametrize("shell", [BASH, DASH, ASH])
def test_what_was_entered_is_told_in_order_with_its_exit_codes(stepper: DockerEngine, shell: str) -> None:
    on = on_shell(stepper, shell)
    lines = ["cd /tmp", "false", "", "  ", "echo a >>f", "echo a >>f", "for i in 1 2", "do echo $i", "done", "(exit 7)"]
    ended = enter(open_shell(stepper, on, on), lines)
    assert told(ended) == [
        ("cd /tmp", 0),
        ("false", 1),
        ("echo a >>f", 0),
        ("echo a >>f", 0),
        ("for i in 1 2\ndo echo $i\ndone", 0),
        ("(exit 7)", 7),
    ]
    assert ended.is_bash == (shell == BASH)
    assert ended.why_not == ("not all that was entered is known for sure" if shell == DASH else "")
    stepper.release_shell(ended)


def test_the_command_that_waits_in_the_history_is_none_that_was_entered(stepper: DockerEngine) -> None:
    on = base(stepper, DEBIAN)
    ended = enter(open_shell(stepper, on, on, run("make it")), [])
    assert ended == EndedShell()


@pytest.mark.parametrize("shell", [BASH, ASH])
def test_what_a_shell_did_is_the_snapshot_of_a_run_of_its_commands(stepper: DockerEngine, shell: str) -> None:
    on = on_shell(stepper, shell)
    ended = enter(open_shell(stepper, on, on), ["mkdir /made", "cd /made && date +%N >here"])
    outcome = kept(stepper, ended, run("mkdir /made && cd /made && date +%N >here"), on)
    assert marks(outcome.layer) == {"/": "~", "/made": "+", "/made/here": "+"}
    after = succeed(outcome)
    assert [path for path in stepper.listing(after) if path not in stepper.listing(on)] == ["/made", "/made/here"]
    # It is of this session: nobody else takes it for what the RUN gives.
    assert stepper._cache.find(outcome.key) is None


@pytest.mark.parametrize("shell", [(), ("/bin/sh", "-c"), ("/busybox", "sh", "-c")])
def test_in_an_image_without_a_shell_no_run_can_be_run_unless_it_says_by_what(
    stepper: DockerEngine, shell: tuple[str, ...]
) -> None:
    on = succeed(execute(stepper, base(stepper), "cp /bin/busybox /busybox; /busybox rm -rf /bin"))
    on = Snapshot(on.image, replace(on.config, shell=shell))
    ended = enter(open_shell(stepper, on, on), ["touch /x"])
    assert told(ended) == [("touch /x", 0)]
    is_run_by_busybox = shell[:1] == ("/busybox",)
    assert ended.no_run == ("" if is_run_by_busybox else "the image has no shell for a RUN")
    stepper.release_shell(ended)


def test_a_socket_that_a_shell_left_is_in_no_layer(stepper: DockerEngine) -> None:
    on = base(stepper, DEBIAN)
    line = "perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un(\"/socket\"))' && touch /made"
    outcome = kept(stepper, enter(open_shell(stepper, on, on), [line]), run(line), on)
    assert marks(outcome.layer) == {"/": "~", "/made": "+"}
    assert "/socket" not in stepper.listing(succeed(outcome))


def test_what_is_answered_into_a_command_is_told(stepper: DockerEngine) -> None:
    on = base(stepper)
    shell = open_shell(stepper, on, on)
    to_prompt(shell, "")
    shell.write(b"echo asks; read answer\r")
    # Before the command runs, the terminal still belongs to the line editor.
    read_until(shell, "\nasks")
    shell.write(b"yes\r")
    to_prompt(shell, "yes")
    shell.write(b"sleep 1\recho ahead\r")
    to_prompt(shell, "\nahead")
    ended = leave(shell)
    assert [(each.text, each.typed_into) for each in ended.commands] == [
        ("echo asks; read answer", True),
        ("sleep 1", False),
        ("echo ahead", False),
    ]
    stepper.release_shell(ended)


@pytest.mark.parametrize("shell", [BASH, DASH, ASH])
def test_commands_in_the_line_that_left_the_shell_are_told(stepper: DockerEngine, shell: str) -> None:
    on = on_shell(stepper, shell)
    entered = open_shell(stepper, on, on)
    to_prompt(entered, "")
    entered.write(b"false\r")
    to_prompt(entered, "\n")
    ended = leave(entered, b"touch /made; exit\r")
    assert told(ended) == [("false", 1), ("touch /made", 0)]
    stepper.release_shell(ended)


@pytest.mark.parametrize("shell", [BASH, DASH, ASH])
@pytest.mark.parametrize("leaving", [b"exit 7\r", b"\x04"])
def test_a_shell_in_which_nothing_was_entered_but_the_exit(stepper: DockerEngine, shell: str, leaving: bytes) -> None:
    on = on_shell(stepper, shell)
    entered = open_shell(stepper, on, on)
    to_prompt(entered, "")
    assert leave(entered, leaving) == EndedShell()
    assert entered.has_prompted


def test_a_shell_that_ended_before_its_prompt_could_not_be_used(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper, DEBIAN), "echo exit 7 >/root/.bashrc"))
    shell = open_shell(stepper, on, on)
    while shell.read():
        pass
    assert shell.close() == 7
    assert not shell.has_prompted


@pytest.mark.parametrize("shell", [BASH, ASH])
def test_what_was_typed_ahead_does_not_keep_a_run_from_being_what_the_shell_did(
    stepper: DockerEngine, shell: str
) -> None:
    on = on_shell(stepper, shell)
    entered = open_shell(stepper, on, on)
    to_prompt(entered, "")
    entered.write(b"echo goes; sleep 1\r")
    # Before the command runs, the terminal still belongs to the line editor.
    read_until(entered, "goes\r\n")
    entered.write(b"sleep 0.2\rtouch ")
    read_until(entered, "# touch ")
    entered.write(b"/x\r")
    to_prompt(entered, "\n")
    ended = leave(entered)
    assert [(each.text, each.typed_into) for each in ended.commands] == [
        ("echo goes; sleep 1", False),
        ("sleep 0.2", False),
        ("touch /x", False),
    ]
    assert ended.why_not == ""
    stepper.release_shell(ended)


def test_a_run_that_would_have_had_other_variables_or_another_state_is_not_what_the_shell_did(
    stepper: DockerEngine,
) -> None:
    on = base(stepper)
    other = succeed(execute(stepper, on, "touch /other"))
    for of, at, why in (
        (run("touch /x", environment={"A": "1"}), on, "its variables were not those of a RUN here"),
        (step(RunOperation(None, "touch /x", "", network="none")), on, "its mounts or its network"),
        (run("touch /x"), other, "the state before it is another one"),
        (run("ls"), on, "it changed nothing on disk"),
    ):
        ended = enter(open_shell(stepper, on, on), ["ls /"])
        assert why in stepper.adopt_shell(ended, of, at)
        assert stepper._containers.find(ended.container or "") is None


def test_a_startup_file_that_changes_the_environment_is_told(stepper: DockerEngine) -> None:
    on = base(stepper, DEBIAN)
    on = succeed(execute(stepper, on, "echo 'export A=1; alias ll=ls' >>/root/.bashrc"))
    ended = enter(open_shell(stepper, on, on), ["ll /", "lla"])
    assert ended.why_not == "its startup files changed the environment"
    assert [each.has_alias for each in ended.commands] == [True, False]
    stepper.release_shell(ended)


def test_secrets_and_mounts_of_a_shell_are_in_neither_the_commands_nor_the_layer(
    stepper: DockerEngine, client: EngineClient, tmp_path: Path
) -> None:
    value = "hunter2-of-the-test"
    (tmp_path / "secret").write_text(f"user\ntoken={value}-too\n{value}\n")
    (tmp_path / "token").write_text("hunter3")
    access = BuildAccess(secrets={"f": Secret(file=tmp_path / "secret"), "t": Secret(file=tmp_path / "token")})
    mounts = (SecretMount("f", "/run/secrets/f"), SecretMount("t", None, "TOKEN"), CacheMount("/cache", unique("kept")))
    on = base(stepper)
    of = run_with("x", *mounts, access=access)
    shell = stepper.open_shell(on, step=of, config=on.config, size=SIZE)
    ended = enter(
        shell, [f"test {value} = $TOKEN", "test hunter3", "test user", "wc -c </run/secrets/f >/length; touch /cache/x"]
    )
    assert [(each.text, each.has_secret) for each in ended.commands] == [
        ("test *** = $TOKEN", True),
        ("test ***", True),
        ("test user", False),
        ("wc -c </run/secrets/f >/length; touch /cache/x", False),
    ]
    same = replace(of, operation=RunOperation(None, "the same", "", mounts=mounts))
    outcome = kept(stepper, ended, same, on)
    assert marks(outcome.layer) == {"/": "~", "/length": "+"}
    assert value not in client.request("GET", f"/images/{succeed(outcome).image}/json").decode()
    assert [path for path in stepper.listing(succeed(outcome)) if path.startswith(("/run", "/cache"))] == []


def test_a_shell_whose_mounts_are_gone_or_others_by_now_is_not_what_a_run_does(
    stepper: DockerEngine, tmp_path: Path
) -> None:
    context = tmp_path / "context"
    context.mkdir()
    (context / "f").write_text("of the context")
    on = base(stepper)
    other = succeed(execute(stepper, on, "mkdir /context; touch /context/f"))
    of_context = run_with("cp /x/f /f", BindMount("/x"), sources=(ContextSource(context),))
    of_image = run_with("cp /x/f /f", BindMount("/x", "/context"), sources=(other,))
    changed = succeed(execute(stepper, other, "echo changed >/context/f"))
    for opened, of, why in (
        (of_image, replace(of_image, mount_sources=(changed,)), "what it mounted is another by now"),
        (of_context, of_context, "not found in the build context"),
    ):
        ended = enter(stepper.open_shell(on, step=opened, config=on.config, size=SIZE), ["cp /x/f /f"])
        if of is of_context:
            shutil.rmtree(context)
        assert why in stepper.adopt_shell(ended, of, on)
        assert stepper._containers.find(ended.container or "") is None


def test_a_shell_in_a_failed_step_tells_what_was_entered_and_the_container_stays_the_step_s(
    stepper: DockerEngine,
) -> None:
    on = base(stepper)
    failure = execute(stepper, on, "exit 3").failure
    assert failure is not None
    ended = enter(open_shell(stepper, failure, on), ["touch /fixed"])
    assert told(ended) == [("touch /fixed", 0)]
    assert (ended.container, ended.why_not) == (None, "it was in a failed step's container")
    assert "/fixed" in stepper.listing(failure)
    assert enter(open_shell(stepper, failure, on), []) == EndedShell()
