"""RUN on a real engine: what the command sees, what it changes, how it fails and how it is stopped."""

import io
import tarfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from stepper.dockerfile.model import Heredoc
from stepper.dockerfile.operations import CopyOperation, RunOperation
from stepper.engine.api_requests import inspect_image
from stepper.engine.client import EngineClient
from stepper.engine.configuration import scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import ContextSource, Snapshot
from tests.engine.conftest import Printed, base, execute, marks, run, silent, step, succeed

pytestmark = pytest.mark.engine


def output(stepper: DockerEngine, on: Snapshot, script: str, **more: object) -> str:
    printed = Printed()
    succeed(stepper.execute(run(script, **more), on, report=printed, use_cache=False))
    return printed.stdout.decode()


def with_config(snapshot: Snapshot, **fields: object) -> Snapshot:
    return Snapshot(snapshot.image, replace(snapshot.config, **fields))  # type: ignore[arg-type]  # any field


def test_both_outputs_come_as_raw_bytes(stepper: DockerEngine) -> None:
    printed = Printed()
    succeed(stepper.execute(run(r"printf 'a\377b\0c\n'; echo no >&2"), base(stepper), report=printed))
    assert printed.stdout == b"a\xffb\0c\n"
    assert printed.stderr == b"no\n"


def test_a_large_output_comes_whole(stepper: DockerEngine) -> None:
    text = output(stepper, base(stepper), "seq 1 100000")
    assert text.split() == [str(number) for number in range(1, 100_001)]


@pytest.mark.parametrize("user", ["", "nobody"])
def test_the_environment_is_that_of_the_step_and_nothing_else(stepper: DockerEngine, user: str) -> None:
    on = with_config(base(stepper), user=user)
    found = output(stepper, on, "env", environment={"PATH": "/bin:/usr/bin", "A": "x y", "B": 'it\'s\t"q"'})
    variables = dict(line.split("=", 1) for line in found.splitlines())
    home = {"": "/root", "nobody": variables["HOME"]}[user]
    assert variables == {
        "PATH": "/bin:/usr/bin", "A": "x y", "B": "it's\t\"q\"", "HOME": home, "PWD": "/", "SHLVL": "1"
    }  # fmt: skip


def test_the_command_runs_in_the_working_directory_as_the_user(stepper: DockerEngine) -> None:
    on = with_config(base(stepper), user="nobody", working_dir="/tmp")
    assert output(stepper, on, "pwd; id -un; hostname").split() == ["/tmp", "nobody", "buildkitsandbox"]


def test_a_user_and_group_by_number_need_not_be_known(stepper: DockerEngine) -> None:
    assert output(stepper, with_config(base(stepper), user="1234:55"), "id -u; id -g").split() == ["1234", "55"]


def test_a_missing_working_directory_is_made(stepper: DockerEngine) -> None:
    outcome = stepper.execute(run("pwd"), with_config(base(stepper), working_dir="/a/b"), report=silent)
    succeed(outcome)
    assert marks(outcome.layer) == {"/": "~", "/a": "+", "/a/b": "+"}


def test_an_unknown_user_fails_the_step_and_is_named(stepper: DockerEngine) -> None:
    outcome = stepper.execute(run("true"), with_config(base(stepper), user="ghost"), report=silent)
    assert outcome.failure is not None
    assert "ghost" in outcome.failure.message


def test_the_exec_form_needs_no_shell_and_expands_nothing(stepper: DockerEngine) -> None:
    printed = Printed()
    operation = RunOperation(("echo", "$HOME", "a b"), None, "echo $HOME")
    succeed(stepper.execute(step(operation, environment={"PATH": "/bin"}), base(stepper), report=printed))
    assert printed.stdout == b"$HOME a b\n"


def test_the_shell_form_runs_with_shell(stepper: DockerEngine) -> None:
    on = with_config(base(stepper), shell=("/bin/sh", "-ec"))
    outcome = stepper.execute(run("false; echo on"), on, report=silent)
    assert outcome.failure is not None
    assert outcome.failure.exit_code == 1


def test_a_heredoc_runs_by_its_own_interpreter_and_its_file_leaves_no_trace(stepper: DockerEngine) -> None:
    body = "#!/bin/cat\nI'm $0\n"
    operation = RunOperation(None, body, "/bin/sh -c <<EOF", (Heredoc("EOF", body, True, False),))
    printed = Printed()
    outcome = stepper.execute(step(operation), base(stepper), report=printed)
    succeed(outcome)
    assert printed.stdout.decode() == body
    assert marks(outcome.layer) == {}


def test_the_network_can_be_none(stepper: DockerEngine) -> None:
    links = "ls /sys/class/net"
    assert output(stepper, base(stepper), links, network="none").split() == ["lo"]
    assert "eth0" in output(stepper, base(stepper), links).split()


def test_added_modified_and_deleted_files_are_the_layer(stepper: DockerEngine) -> None:
    first = execute(stepper, base(stepper), "mkdir /d; echo 1 >/d/a; echo 2 >/d/b; ln -s a /d/l; mkfifo /d/p")
    assert marks(first.layer) == {"/": "~", "/d": "+", "/d/a": "+", "/d/b": "+", "/d/l": "+", "/d/p": "+"}
    assert first.layer is not None
    by_path = {change.path: change.after for change in first.layer.changes}
    link = by_path["/d/l"]
    assert link is not None
    assert link.target == "a"
    assert first.size == 4
    second = execute(stepper, succeed(first), "echo 22 >/d/a; chmod 600 /d/l; rm /d/b; touch '/d/x\ny'")
    assert marks(second.layer) == {"/d": "~", "/d/a": "~", "/d/b": "-", "/d/x\ny": "+"}


def test_a_rewrite_with_the_same_size_and_time_is_in_the_layer(stepper: DockerEngine) -> None:
    first = succeed(execute(stepper, base(stepper), "echo one >/f; touch -d '2020-01-01 00:00:00' /f"))
    second = execute(stepper, first, "echo two >/f; touch -d '2020-01-01 00:00:00' /f")
    assert marks(second.layer) == {"/f": "~"}


def test_a_directory_that_is_replaced_by_a_file_and_one_that_is_made_anew(stepper: DockerEngine) -> None:
    first = succeed(execute(stepper, base(stepper), "mkdir -p /d/a/b /d/c; touch /d/a/b/f /d/c/old"))
    second = execute(stepper, first, "cd /d; rm -r a c; touch a; mkdir c; touch c/new")
    found = marks(second.layer)
    found.pop("/d", None)
    assert found == {"/d/a": "~", "/d/a/b": "-", "/d/a/b/f": "-", "/d/c": "~", "/d/c/new": "+", "/d/c/old": "-"}
    third = execute(stepper, succeed(second), "ls /d/c; ls -d /d/a")
    assert marks(third.layer) == {}


def test_a_step_that_changes_nothing_has_the_image_before_it(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "touch /f"))
    snapshot = succeed(execute(stepper, on, "true"))
    assert snapshot.image == on.image
    assert snapshot.config.history[-1].empty_layer


def test_the_first_step_on_an_image_without_mount_points_makes_them_and_no_other_does(stepper: DockerEngine) -> None:
    scratch = Snapshot(None, scratch_config(stepper.info.platform))
    copy = replace(step(CopyOperation(("/bin/busybox",), "/")), source=base(stepper))
    on = succeed(stepper.execute(copy, scratch, report=silent))
    does_nothing = step(RunOperation(("/busybox", "true"), None, ""))
    first = stepper.execute(does_nothing, on, report=silent)
    again = stepper.execute(does_nothing, succeed(first), report=silent)
    assert marks(first.layer) == marks(again.layer) == {}
    assert first.layer is not None
    assert [change.path for change in first.layer.mount_points] == ["/dev", "/proc", "/sys"]
    assert again.layer is not None
    assert again.layer.mount_points == ()
    assert [succeed(outcome).config.history[-1].empty_layer for outcome in (first, again)] == [False, True]


def test_a_run_that_only_makes_mount_points_adds_no_layer_to_the_image(
    stepper: DockerEngine, client: EngineClient
) -> None:
    on = base(stepper)
    assert on.image is not None
    does_nothing = succeed(execute(stepper, on, "true"))
    finished = stepper.finish(does_nothing, tags=(), report=silent)
    layers = [inspect_image(client, image)["RootFS"]["Layers"] for image in (on.image, finished.id)]
    assert layers[0] == layers[1]


def test_hosts_and_the_like_never_get_into_a_layer(stepper: DockerEngine) -> None:
    outcome = execute(stepper, base(stepper), "echo 1.2.3.4 x >>/etc/hosts; echo >>/etc/resolv.conf; touch /dev/shm/x")
    assert marks(outcome.layer) == {}


def test_no_mount_point_is_left_in_an_image_without_any_directory(stepper: DockerEngine, tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(_busybox(stepper))) as archive:
        archive.extract("busybox", tmp_path, filter="data")
    scratch = Snapshot(None, scratch_config(stepper.info.platform))
    copy = replace(step(CopyOperation(("busybox",), "/")), source=ContextSource(tmp_path))
    on = succeed(stepper.execute(copy, scratch, report=silent))
    made = stepper.execute(step(RunOperation(("/busybox", "touch", "/made"), None, "")), on, report=silent)
    assert marks(made.layer) == {"/": "~", "/made": "+"}
    # Another session walks the image instead of putting its layers together.
    other = DockerEngine(stepper._client, cache=tmp_path / "cache")
    try:
        assert sorted(other.listing(succeed(made))) == ["/", "/busybox", "/made"]
    finally:
        other.close()


def _busybox(stepper: DockerEngine) -> bytes:
    with stepper._containers.running(base(stepper).image or "") as container:
        chunks, _ = stepper._client.api.get_archive(container.id, "/bin/busybox")
        return b"".join(chunks)


def test_what_a_command_leaves_running_is_killed_with_its_end(stepper: DockerEngine) -> None:
    begun = time.monotonic()
    first = succeed(execute(stepper, base(stepper), "(while :; do echo x >>/tick; sleep 0.01; done) & echo started"))
    assert time.monotonic() - begun < 10
    assert output(stepper, first, "ps | grep -c '[s]leep' || true").strip() == "0"


def test_a_failing_command_keeps_its_state(stepper: DockerEngine, client: EngineClient) -> None:
    outcome = execute(stepper, base(stepper), "echo 1 >/left; exit 7")
    failure = outcome.failure
    assert outcome.snapshot is None
    assert failure is not None
    assert failure.exit_code == 7
    assert "7" in failure.message
    assert marks(outcome.layer) == {"/": "~", "/left": "+"}
    assert stepper.listing(failure)["/left"].size == 2
    assert failure.container is not None
    assert client.api.inspect_container(failure.container)["State"]["Running"]
    stepper.release(failure)
    stepper._containers.clear()
    with pytest.raises(docker.errors.NotFound):
        client.api.inspect_container(failure.container)


def test_a_command_that_cannot_be_started_says_why(stepper: DockerEngine) -> None:
    printed = Printed()
    operation = RunOperation(("/no/such", "thing"), None, "/no/such thing")
    outcome = stepper.execute(step(operation), base(stepper), report=printed)
    assert outcome.failure is not None
    assert "/no/such" in outcome.failure.message
    assert printed.stdout + printed.stderr == b""


@pytest.mark.parametrize("user", ["", "nobody"])
def test_interrupt_stops_a_command_at_once_and_its_state_stays(stepper: DockerEngine, user: str) -> None:
    on = with_config(base(stepper), user=user, working_dir="/tmp")
    started = threading.Event()
    interrupted_at = 0.0

    def interrupt() -> None:
        nonlocal interrupted_at
        started.wait(30)
        interrupted_at = time.monotonic()
        stepper.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    script = "trap '' TERM INT; touch here; echo up; sleep 100; sleep 100"
    outcome = stepper.execute(run(script), on, report=lambda _: started.set())
    took = time.monotonic() - interrupted_at
    thread.join()
    assert took < 5
    assert outcome.failure is not None
    assert outcome.failure.interrupted
    assert outcome.failure.message == "interrupted"
    assert "/tmp/here" in stepper.listing(outcome.failure)


def test_an_old_interrupt_does_not_stop_the_next_step(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepper.interrupt()
    succeed(execute(stepper, on, "sleep 0.2"))


def test_a_killed_command_says_so(stepper: DockerEngine) -> None:
    outcome = execute(stepper, base(stepper), "kill -9 $$")
    assert outcome.failure is not None
    assert outcome.failure.exit_code == 137
    assert not outcome.failure.interrupted
    # What ended it is looked up when the failure is explained: what it was given is no guess at memory.
    assert outcome.failure.hint is None


def test_a_command_that_kills_all_it_can_reach_does_not_end_the_container(stepper: DockerEngine) -> None:
    outcome = execute(stepper, base(stepper), "echo 1 >/f; kill -9 -1; kill -9 1; kill -9 0; sleep 1")
    assert outcome.failure is not None
    assert marks(outcome.layer) == {"/": "~", "/f": "+"}
