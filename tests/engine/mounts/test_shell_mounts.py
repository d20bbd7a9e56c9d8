"""Shells with what a RUN mounts, on a real engine: before and after it, and as it failed."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.dockerfile.mounts import BindMount, CacheMount, SecretMount, SshMount, TmpfsMount
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import ShellSession
from stepper.engine.step import ContextSource, Failure, Snapshot, Step
from tests.engine.conftest import base, marks, succeed
from tests.engine.mounts.conftest import perform, run_with, unique
from tests.engine.mounts.test_agent_mounts import ASK, DEBIAN
from tests.engine.mounts.test_agent_mounts import access as agent_access  # noqa: F401 - a fixture
from tests.engine.test_shell import SIZE, ask, read_until

pytestmark = pytest.mark.engine
VALUE = "hunter2-of-the-test"


@pytest.fixture
def access(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuildAccess:
    (tmp_path / "secret").write_text(VALUE)
    monkeypatch.setenv("STEPPER_TEST_SECRET", f"env-{VALUE}")
    return BuildAccess(secrets={"f": Secret(file=tmp_path / "secret"), "v": Secret(variable="STEPPER_TEST_SECRET")})


@contextlib.contextmanager
def shell_in(stepper: DockerEngine, state: Snapshot | Failure, of: Step, on: Snapshot) -> Iterator[ShellSession]:
    """A shell, closed in the end."""
    shell = stepper.open_shell(state, step=of, config=on.config, size=SIZE)
    with contextlib.closing(shell):
        yield shell


def mounting_step(script: str, access: BuildAccess, context: Path, name: str) -> Step:
    """A RUN that mounts something of each kind."""
    (context / "bound").mkdir(exist_ok=True)
    (context / "bound" / "file").write_text("of the context\n")
    mounts = (
        CacheMount("/cache", name),
        SecretMount("f", "/run/secrets/f"),
        SecretMount("v", None, "TOKEN"),
        TmpfsMount("/temporary"),
        BindMount("/src", "/bound"),
    )
    sources = (None, None, None, None, ContextSource(context))
    return run_with(script, *mounts, sources=sources, access=access)


LOOK = "cat /run/secrets/f; echo; echo $TOKEN; cat /cache/kept /src/file; grep -c ' /temporary ' /proc/mounts"
SEEN = f"{VALUE}\nenv-{VALUE}\nin the cache\nof the context\n1\n"


def test_before_after_and_in_a_failed_run_its_mounts_are_there(
    stepper: DockerEngine, access: BuildAccess, tmp_path: Path
) -> None:
    on, name = base(stepper), unique("shell")
    first = mounting_step("echo in the cache >/cache/kept; echo done >/done", access, tmp_path, name)
    outcome = perform(stepper, on, first)
    after = succeed(outcome)
    assert marks(outcome.layer) == {"/": "~", "/done": "+"}
    failing = mounting_step("exit 3", access, tmp_path, name)
    failure = perform(stepper, after, failing).failure
    assert failure is not None
    for state, of, at in ((on, first, on), (after, first, after), (failure, failing, after)):
        with shell_in(stepper, state, of, at) as shell:
            assert ask(shell, LOOK) == SEEN
            (mounted,) = [note for note in shell.notes if note.startswith("mounted: ")]
            assert "/cache (cache)" in mounted
            assert "$TOKEN (secret)" in mounted
            assert VALUE not in mounted


def test_what_is_written_to_a_cache_in_a_shell_is_there_for_the_step(stepper: DockerEngine) -> None:
    on, mount = base(stepper), CacheMount("/cache", unique("shell"))
    with shell_in(stepper, on, run_with("true", mount), on) as shell:
        ask(shell, "echo by hand >/cache/f")
    assert perform(stepper, on, run_with("grep hand /cache/f", mount)).failure is None


def test_a_failed_run_still_reaches_its_ssh_agent(
    stepper: DockerEngine,
    agent_access: BuildAccess,  # noqa: F811 - the fixture
) -> None:
    on = base(stepper, DEBIAN)
    failing = run_with("exit 3", SshMount(), access=agent_access)
    failure = perform(stepper, on, failing).failure
    assert failure is not None
    for state in (failure, on):
        with shell_in(stepper, state, failing, on) as shell:
            shell.write(ASK.replace("\n", " ").encode() + b"\n")
            read_until(shell, "12 1\r\n")


def test_where_a_mount_cannot_be_made_the_shell_opens_without_and_says_so(stepper: DockerEngine) -> None:
    on = base(stepper)
    with shell_in(stepper, on, run_with("true", SecretMount("gone", "/s", required=True)), on) as shell:
        assert ask(shell, "echo here").strip() == "here"
        assert any(note.startswith("without the step's mounts: secret gone: not found") for note in shell.notes)
