"""Mounts of RUN on a real engine: what is in the layer, what a failed step shows, and what may stand in the way."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from stepper.dockerfile.mounts import BindMount, TmpfsMount
from stepper.dockerfile.origins import Origin
from stepper.engine.access import BuildAccess
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient
from stepper.engine.configuration import scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import ContextSource, Snapshot
from tests.engine.conftest import Printed, base, execute, marks, silent, succeed
from tests.engine.mounts.conftest import cache, output, perform, run_with, unique
from tests.engine.test_shell import ask

pytestmark = pytest.mark.engine


def test_mount_points_are_not_in_the_layer_but_what_is_written_beside_them_is(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir /there; echo 1 >/there/f; touch -d @1000000000 /there"))
    outcome = perform(stepper, on, run_with("true", TmpfsMount("/a/b/c"), TmpfsMount("/there/new")))
    assert marks(outcome.layer) == {"/there": "~"}
    outcome = perform(stepper, on, run_with("touch /a/x /a/b/c/lost", TmpfsMount("/a/b/c"), TmpfsMount("/there")))
    assert marks(outcome.layer) == {"/": "~", "/a": "+", "/a/x": "+"}
    listing = stepper.listing(succeed(outcome))
    assert {path for path in listing if path.startswith(("/a", "/there"))} == {"/a", "/a/x", "/there", "/there/f"}


def test_a_directory_keeps_the_time_at_which_the_mount_point_was_made(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir /d; touch -d @1000000000 /d"))
    printed = Printed()
    outcome = perform(stepper, on, run_with("stat -c %Y /d; sleep 1.1", TmpfsMount("/d/new")), report=printed)
    assert outcome.layer is not None
    (change,) = outcome.layer.changes
    assert change.after is not None
    assert (change.path, change.after.mtime_ns // 10**9) == ("/d", int(printed.stdout))


def test_what_fails_shows_its_mounts_and_not_their_mount_points_in_the_layer(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir /full; touch /full/f"))
    mounts = (TmpfsMount("/full"), TmpfsMount("/new/deep"))
    outcome = perform(stepper, on, run_with("touch /full/in /new/deep/in /new/beside; exit 3", *mounts))
    assert outcome.failure is not None
    assert outcome.failure.exit_code == 3
    assert marks(outcome.layer) == {"/new": "+", "/new/beside": "+"}
    assert "/new/deep" not in stepper.listing(outcome.failure)
    shell = stepper.open_shell(outcome.failure, step=None, config=on.config, size=(30, 100))
    with contextlib.closing(shell):
        assert ask(shell, "ls /full /new/deep") == "/full:\nin\n\n/new/deep:\nin\n"
    stepper.release(outcome.failure)
    outcome = perform(stepper, on, run_with("false", TmpfsMount("/new/deep")))
    assert marks(outcome.layer) == {}


def test_what_the_engine_mounts_for_it_is_hidden_from_the_command(stepper: DockerEngine) -> None:
    on = base(stepper)
    step = run_with("ls -A /dev; cat /proc/mounts", cache(), BindMount("/b"), sources=(None, on))
    assert "stepper-mounts" not in output(stepper, on, step)


def test_an_image_without_a_shell(stepper: DockerEngine) -> None:
    on = Snapshot(None, scratch_config("linux/amd64"))
    step = run_with(["/tools/bin/busybox", "touch", "/f"], BindMount("/tools"), cache(), sources=(base(stepper), None))
    changed = marks(perform(stepper, on, step).layer)
    assert changed["/f"] == "+"
    assert not {"/tools", "/c"} & changed.keys()


def test_a_writable_file_and_directory_forget_what_is_written(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p /d/sub; echo 1 >/d/f; ln -s d /link"))
    mounts = (BindMount("/w", "/link", writable=True), BindMount("/one", "/d/f", writable=True))
    script = "rm -r /w/sub; echo 2 >/w/new; echo 3 >>/one; cat /w/f /w/new /one; ls /w"
    assert output(stepper, on, run_with(script, *mounts, sources=(on, on))) == "1\n2\n1\n3\nf\nnew\n"
    assert output(stepper, on, run_with("ls /w; cat /one", *mounts, sources=(on, on))) == "f\nsub\n1\n"


def test_files_of_the_context_are_copied_once(stepper: DockerEngine, tmp_path: Path) -> None:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "f").write_text("1")
    (folder / "other").write_text("1")
    context = ContextSource(folder, "other")
    on = base(stepper)
    of_file = run_with("cat /x; echo", BindMount("/x", "/f"), sources=(context,))
    first = perform(stepper, on, of_file, use_cache=True)
    assert perform(stepper, on, of_file, use_cache=True).cached
    (folder / "other").write_text("2")
    assert perform(stepper, on, of_file, use_cache=True).cached
    (folder / "f").write_text("2")
    changed = perform(stepper, on, of_file, use_cache=True)
    assert not first.cached
    assert not changed.cached
    assert output(stepper, on, run_with("ls -A /x", BindMount("/x"), sources=(context,))) == "f\n"


def test_another_source_is_another_step(stepper: DockerEngine) -> None:
    on = base(stepper)
    other = succeed(execute(stepper, on, "touch /f"))
    mount = BindMount("/x", origin=Origin(stage=0))
    assert not perform(stepper, on, run_with("true", mount, sources=(on,)), use_cache=True).cached
    assert perform(stepper, on, run_with("true", mount, sources=(on,)), use_cache=True).cached
    assert not perform(stepper, on, run_with("true", mount, sources=(other,)), use_cache=True).cached


@pytest.mark.parametrize(("target", "reason"), [("/bin/busybox", "Not a directory"), ("/proc/x", "No such file")])
def test_a_mount_that_cannot_be_made_says_why(stepper: DockerEngine, target: str, reason: str) -> None:
    outcome = perform(stepper, base(stepper), run_with("true", TmpfsMount(target)))
    assert outcome.failure is not None
    assert outcome.failure.message.startswith(f"could not mount {target}: {reason}")
    assert outcome.failure.exit_code == 1
    assert marks(outcome.layer) == {}


def test_a_source_that_does_not_exist_says_so(stepper: DockerEngine, tmp_path: Path) -> None:
    on = base(stepper)
    outcome = perform(stepper, on, run_with("true", BindMount("/x", "/none", Origin(image="base")), sources=(on,)))
    assert outcome.failure is not None
    assert (outcome.failure.message, outcome.failure.hint) == ('"/none": not found', "There is no such path in base.")
    step = run_with("true", BindMount("/x", "/none"), sources=(ContextSource(tmp_path),))
    outcome = perform(stepper, on, step)
    assert outcome.failure is not None
    assert outcome.failure.message == '"/none": not found in the build context'


def test_without_a_toolbox_it_says_what_to_do(client: EngineClient, tmp_path: Path) -> None:
    bare = DockerEngine(client, cache=tmp_path, toolbox_image="stepper-test/no-such-toolbox:1")
    try:
        outcome = perform(bare, base(bare), run_with("true", TmpfsMount("/t")))
        assert outcome.failure is not None
        assert "toolbox" in outcome.failure.message
        assert "docker pull" in (outcome.failure.hint or "")
    finally:
        bare.prune()
        bare.close()


def test_a_mounter_that_somebody_removed_is_started_again(stepper: DockerEngine, client: EngineClient) -> None:
    on = base(stepper)
    output(stepper, on, run_with("true", TmpfsMount("/t")))
    found = get_json(client, "/containers/json", filters=json.dumps({"name": [f"{stepper._names.session}-"]}))
    details = [get_json(client, f"/containers/{each['Id']}/json") for each in found]
    (mounter,) = [each["Id"] for each in details if each["HostConfig"]["PidMode"] == "host"]
    client.api.remove_container(mounter, force=True)
    assert "/t tmpfs" in output(stepper, on, run_with("cat /proc/mounts", TmpfsMount("/t")))


def test_what_runs_on_in_a_mount_does_not_keep_it(stepper: DockerEngine) -> None:
    name = unique("busy")
    step = run_with("cd /t && sleep 60 & cd /c && sleep 60 & sleep 0.1", TmpfsMount("/t"), cache("/c", name))
    assert marks(perform(stepper, base(stepper), step).layer) == {}


@pytest.fixture(scope="module")
def _privileged(stepper: DockerEngine) -> None:
    """An engine that starts containers with all privileges; one without the privileges itself does not."""
    outcome = perform(stepper, base(stepper), run_with("true", insecure=True, access=BuildAccess(insecure=True)))
    if outcome.failure is not None:
        assert outcome.failure.message.startswith("the engine does not start a container with all privileges")
        pytest.skip(outcome.failure.message)


def test_privileges_have_to_be_allowed(stepper: DockerEngine) -> None:
    outcome = perform(stepper, base(stepper), run_with("true", insecure=True))
    assert outcome.failure is not None
    assert outcome.failure.message == "security.insecure is not allowed"
    assert "--allow security.insecure" in (outcome.failure.hint or "")


@pytest.mark.usefixtures("_privileged")
def test_a_command_with_all_privileges(stepper: DockerEngine) -> None:
    on = base(stepper)
    script = "grep CapEff /proc/self/status"
    plain = output(stepper, on, run_with(script))
    privileged = output(stepper, on, run_with(script, insecure=True, access=BuildAccess(insecure=True)))
    assert int(privileged.split()[1], 16) & ~int(plain.split()[1], 16)


@pytest.mark.usefixtures("_privileged")
def test_a_command_that_takes_its_mount_down_itself(stepper: DockerEngine) -> None:
    step = run_with("umount /t && touch /t/f", TmpfsMount("/t"), insecure=True, access=BuildAccess(insecure=True))
    assert marks(perform(stepper, base(stepper), step).layer) == {"/": "~", "/t": "+", "/t/f": "+"}


def test_the_user_s_command_sees_the_mounts(stepper: DockerEngine) -> None:
    on = base(stepper)
    on = Snapshot(on.image, replace(on.config, user="nobody", working_dir="/tmp"))
    printed = Printed()
    step = run_with("id -un; cat /b/passwd | head -n1; pwd", BindMount("/b", "/etc"), sources=(on,))
    perform(stepper, on, step, report=printed)
    assert printed.stdout.split(b"\n")[0::2] == [b"nobody", b"/tmp"]
    assert not perform(stepper, on, step, report=silent).failure
