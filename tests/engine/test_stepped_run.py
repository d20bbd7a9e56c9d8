"""RUN on a real engine, one command at a time: it is the same RUN, and each command's doing is seen."""

import threading
import time
from dataclasses import replace

import pytest

from stepper.dockerfile.mounts import CacheMount, CacheSharing, SecretMount, TmpfsMount
from stepper.dockerfile.operations import RunOperation
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import SteppedRun
from stepper.engine.step import Outcome, Snapshot
from stepper.errors import EngineError
from stepper.image.layer import Layer
from tests.dockerfile.shell.bodies import BODIES, SH, Body
from tests.engine.conftest import Printed, base, marks, run, silent, step, succeed

pytestmark = pytest.mark.engine

DEBIAN = "debian:stable-slim"
_IN_THE_ENGINE = (
    "three with and", "exit code of a failure", "sequence swallows", "newlines", "case in substitution",
    "directory carries over", "missing directory", "function on lines", "for on lines", "pipe over lines",
    "output goes elsewhere", "here-document in a loop", "two here-documents", "set -e with a subshell",
    "tracing by SHELL", "background on lines", "trap at the end of a failure", "standard input is empty",
    "binary output", "unicode", "bash last argument", "bash array", "bash tracing by SHELL", "command not found",
)  # fmt: skip
_USERS = ("", "nobody")


def _stepped(stepper: DockerEngine, on: Snapshot, script: str, printed: Printed | None = None) -> SteppedRun:
    return stepper.step_into(run(script), on, report=printed or silent)


def _outcome(stepped: SteppedRun) -> Outcome:
    assert stepped.outcome is not None
    return stepped.outcome


def _to_end(stepped: SteppedRun) -> list[int]:
    """Go on one command at a time; before which commands it stopped."""
    stops: list[int] = []
    while stepped.next is not None:
        stops.append(stepped.next)
        stepped.advance()
    return stops


def _reason(outcome: Outcome) -> object:
    """Why a step failed, without its container."""
    return replace(outcome.failure, container=None) if outcome.failure is not None else None


def _entries(layer: Layer | None) -> list[object]:
    """What of a layer does not depend on when it was made."""
    assert layer is not None
    return [
        (
            change.path,
            change.kind,
            change.after and (change.after.kind, change.after.mode, change.after.uid, change.after.size),
        )
        for change in layer.changes
    ]


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all of these tests: none of them looks at what others left."""
    return module_stepper


@pytest.fixture(scope="module", params=_USERS, ids=["root", "nobody"])
def user(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("body", [pytest.param(body, id=body.name) for body in BODIES if body.name in _IN_THE_ENGINE])
def test_a_run_that_is_stepped_through_is_the_same_run(stepper: DockerEngine, body: Body, user: str) -> None:
    on = base(stepper, DEBIAN)
    on = Snapshot(on.image, replace(on.config, user=user, working_dir="/tmp", shell=body.shell))
    exec_form = step(RunOperation((*body.shell, body.script), None, "unsplit"))
    whole_output, stepped_output, marked_output = Printed(), Printed(), Printed()

    whole = stepper.execute(exec_form, on, report=whole_output, use_cache=False)
    marked = stepper.execute(run(body.script), on, report=marked_output, use_cache=False)
    stepped = stepper.step_into(run(body.script), on, report=stepped_output)
    stops = _to_end(stepped)

    for outcome, printed in ((marked, marked_output), (_outcome(stepped), stepped_output)):
        assert (printed.stdout, printed.stderr) == (whole_output.stdout, whole_output.stderr)
        assert _reason(outcome) == _reason(whole)
        assert _entries(outcome.layer) == _entries(whole.layer)
    assert [each.number for each in _outcome(stepped).commands] == stops
    assert [each.number for each in marked.commands] == stops
    assert [each.exit_code for each in marked.commands] == [each.exit_code for each in _outcome(stepped).commands]


def test_it_waits_before_each_command_with_what_came_before_on_disk(stepper: DockerEngine) -> None:
    printed = Printed()
    stepped = _stepped(stepper, base(stepper), "cd /tmp; echo a | tee one && sleep 0.2; rm one; echo two >two", printed)

    assert (stepped.next, stepped.commands, stepped.changes().changes) == (0, (), ())
    stepped.advance()
    stepped.advance()
    assert stepped.next == 2
    assert marks(stepped.changes()) == {"/tmp": "~", "/tmp/one": "+"}
    stepped.advance()
    stepped.advance()
    assert marks(stepped.changes()) == {"/tmp": "~"}
    stepped.advance()

    outcome = _outcome(stepped)
    assert stepped.next is None
    assert [(each.text, each.exit_code) for each in outcome.commands] == [
        ("cd /tmp", 0), ("echo a | tee one", 0), ("sleep 0.2", 0), ("rm one", 0), ("echo two >two", 0)
    ]  # fmt: skip
    assert [printed.stdout[slice(*each.output)] for each in outcome.commands] == [b"", b"a\n", b"", b"", b""]
    assert outcome.commands[2].seconds >= 0.2
    assert outcome.seconds >= sum(each.seconds for each in outcome.commands)
    assert marks(outcome.layer) == {"/tmp": "~", "/tmp/two": "+"}


def test_the_time_of_a_wait_is_not_the_step_s(stepper: DockerEngine) -> None:
    stepped = _stepped(stepper, base(stepper), "true; true")
    stepped.advance()
    begun = time.monotonic()
    time.sleep(2)
    waited = time.monotonic() - begun
    total = time.monotonic()
    stepped.advance()
    total = time.monotonic() - total + waited

    assert _outcome(stepped).commands[1].seconds <= total - waited
    assert _outcome(stepped).commands[0].seconds < waited


def test_all_that_is_left_runs_at_once(stepper: DockerEngine) -> None:
    printed = Printed()
    stepped = _stepped(stepper, base(stepper), "echo a; echo b; echo c; echo d", printed)
    stepped.advance()
    stepped.advance(to_end=True)

    assert printed.stdout == b"a\nb\nc\nd\n"
    assert [each.exit_code for each in _outcome(stepped).commands] == [0, 0, 0, 0]


def test_what_came_of_it_is_in_the_step_cache(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "echo a >/a; echo b >/b")
    _to_end(stepped)

    again = stepper.execute(run("echo a >/a; echo b >/b"), on, report=silent)

    assert again.cached
    assert succeed(again).image == succeed(_outcome(stepped)).image


def test_it_can_be_stopped_while_it_waits(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "echo a >/a; echo c >/c")
    stepped.advance()

    outcome = stepped.stop()

    assert outcome.failure is not None
    assert outcome.failure.interrupted
    assert stepped.next is None
    assert marks(outcome.layer) == {"/": "~", "/a": "+"}
    assert not stepper.execute(run("echo a >/a; echo c >/c"), on, report=silent).cached


def test_a_command_can_be_interrupted_while_it_runs(stepper: DockerEngine) -> None:
    stepped = _stepped(stepper, base(stepper), "echo a; sleep 60; echo b")
    stepped.advance()
    timer = threading.Timer(0.5, stepper.interrupt)
    timer.start()
    stepped.advance()
    timer.join()

    outcome = _outcome(stepped)
    assert outcome.failure is not None
    assert outcome.failure.interrupted
    assert [each.text for each in outcome.commands] == ["echo a", "sleep 60"]


def test_an_interrupt_is_not_for_it_while_it_waits(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "echo a >/a && echo b >/b")
    stepped.advance()
    stepper.interrupt()

    assert stepper.finish(on, tags=(), report=silent).id, "what begins later is not stopped"
    assert stepped.next == 1
    stepped.advance()
    assert marks(_outcome(stepped).layer) == {"/": "~", "/a": "+", "/b": "+"}


def test_it_can_be_stopped_while_something_else_goes_on(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "echo a >/a && echo b >/b")
    copy = stepped.copy()
    goes_on = threading.Event()

    def attempt() -> None:
        stepper.attempt(copy, run("echo on; sleep 60"), on.config, report=lambda _: goes_on.set())

    beside = threading.Thread(target=attempt)
    beside.start()
    assert goes_on.wait(60)
    ended = stepped.stop()

    assert ended.failure is not None
    assert ended.failure.interrupted
    assert beside.is_alive()
    stepper.interrupt()
    beside.join()
    stepper.release(copy)


def test_a_shell_enters_it_while_it_waits(stepper: DockerEngine) -> None:
    stepped = _stepped(stepper, base(stepper), "mkdir /d && cd /d && touch f")
    stepped.advance()
    shell = stepper.open_running_shell(run("").id, size=(24, 80))
    shell.write(b"ls -d /d && touch /from-shell; exit\n")
    while shell.read():
        pass
    shell.close()

    assert stepped.next == 1
    assert "/from-shell" in marks(stepped.changes())
    stepped.advance(to_end=True)
    assert "/d/f" in marks(_outcome(stepped).layer)


def test_its_shell_s_directory_and_variables_are_known_while_it_waits(stepper: DockerEngine, user: str) -> None:
    on = base(stepper)
    on = Snapshot(on.image, replace(on.config, user=user))
    script = "set -u; cd /tmp && export GIVEN='a  b'; own=\"it's\"; set -C; true; false; exit 4"
    printed = Printed()
    stepped = stepper.step_into(run(script), on, report=printed)
    first = stepped.standing()
    for _ in range(7):
        stepped.advance()
    last = stepped.standing()
    stepped.advance()

    assert (first.folder, first.environment.get("GIVEN"), first.variables) == ("/", None, {})
    assert (last.folder, last.environment["GIVEN"], last.variables) == ("/tmp", "a  b", {"own": "it's"})
    assert last.environment["PATH"]
    assert (printed.stdout, printed.stderr) == (b"", b"")
    assert [each.exit_code for each in _outcome(stepped).commands] == [0, 0, 0, 0, 0, 0, 1, 4]


def test_files_that_are_not_read_to_their_end_are_not_packed_any_more(stepper: DockerEngine) -> None:
    stepped = stepper.step_into(run("truncate -s 100G /large && true"), base(stepper), report=silent)
    stepped.advance()
    stream = stepper.archive(stepped.standing(), "/large")
    assert next(stream)
    stream.close()
    container = stepper._container_of(stepped.standing())
    assert stepper._running.run_in(container, "$b ps -o args | $b grep -c '[t]ar -c'")[0].strip() == "0"
    stepped.stop()


def test_a_copy_has_the_files_of_now_and_the_run_does_not_see_what_is_done_there(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "mkdir /d && cd /d && V=x && touch f && ls / >/d/all")
    for _ in range(4):
        stepped.advance()
    copy = stepped.copy()
    printed = Printed()
    config = replace(on.config, working_dir=copy.folder)
    tried = stepper.attempt(copy, run("ls; rm f; touch /tried; exit 3"), config, report=printed)

    assert printed.stdout == b"f\n"
    assert tried.failure is not None
    assert tried.failure.exit_code == 3
    assert tried.layer is not None
    assert marks(tried.layer) == {"/": "~", "/d": "~", "/d/f": "-", "/tried": "+"}
    assert "/d/f" in stepper.listing(stepped.standing())
    assert "/d/f" not in stepper.listing(copy)
    assert "/tried" not in marks(stepped.changes())
    stepper.release(copy)
    stepped.advance()
    assert marks(_outcome(stepped).layer) == {"/": "~", "/d": "+", "/d/all": "+", "/d/f": "+"}


def test_a_copy_is_without_the_arrays_of_bash_and_says_so(stepper: DockerEngine) -> None:
    on = base(stepper, "debian:stable-slim")
    on = Snapshot(on.image, replace(on.config, shell=("/bin/bash", "-c")))
    stepped = stepper.step_into(run("list=(a b); plain=c; true"), on, report=silent)
    stepped.advance()
    assert stepped.standing().notes == ("without the arrays of its shell: list",)
    stepped.advance()
    copy = stepped.copy()
    assert copy.variables == {"plain": "c"}
    assert copy.notes == ("without the arrays of its shell: list",)
    stepper.release(copy)
    stepped.stop()


def test_a_copy_and_its_image_go_when_it_is_released(stepper: DockerEngine) -> None:
    stepped = _stepped(stepper, base(stepper), "echo a >/a && true")
    stepped.advance()
    copy = stepped.copy()
    image = stepper._container_of(copy).image
    assert stepper._bases.exists(image)
    stepper.release(copy)
    stepped.stop()
    for removal in list(stepper._containers._removals):
        removal.result()

    assert not stepper._bases.exists(image)
    with pytest.raises(EngineError, match="no container"):
        stepper.listing(copy)


def test_stopping_what_is_tried_in_a_copy_leaves_the_run_alone(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepped = _stepped(stepper, on, "echo a >/a && echo b >/b")
    stepped.advance()
    copy = stepped.copy()
    timer = threading.Timer(0.5, stepper.interrupt)
    timer.start()
    tried = stepper.attempt(copy, run("sleep 60"), on.config, report=silent)
    timer.join()
    stepper.release(copy)

    assert tried.failure is not None
    assert tried.failure.interrupted
    stepped.advance()
    assert marks(_outcome(stepped).layer) == {"/": "~", "/a": "+", "/b": "+"}


def test_a_copy_has_the_mounts_that_both_can_have(stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPER_TEST_TOKEN", "s3cret")
    shared = CacheMount("/shared", "stepped-run-shared")
    locked = CacheMount("/locked", "stepped-run-locked", CacheSharing.LOCKED)
    mounts = (shared, locked, SecretMount("token", None, env="TOKEN"))
    operation = RunOperation(None, "echo one >/shared/f; echo two >/locked/f; true", "mounts", mounts=mounts)
    asked = replace(
        step(operation),
        mount_sources=(None, None, None),
        access=BuildAccess(secrets={"token": Secret(variable="STEPPER_TEST_TOKEN")}),
    )
    on = base(stepper)
    stepped = stepper.step_into(asked, on, report=silent)
    stepped.advance()
    stepped.advance()
    copy = stepped.copy()
    printed = Printed()
    tried = stepper.attempt(copy, run("cat /shared/f; echo $TOKEN; ls /locked"), on.config, report=printed)
    stepper.release(copy)
    stepped.stop()

    assert tried.failure is None
    assert printed.stdout == b"one\ns3cret\n"
    assert copy.notes == ("without the cache /locked, which the RUN has to itself",)
    assert "TOKEN" not in {**copy.environment, **copy.variables}


def test_a_shell_begins_where_the_run_s_shell_is(stepper: DockerEngine) -> None:
    stepped = _stepped(stepper, base(stepper), "cd /tmp && export GIVEN=yes && true")
    stepped.advance()
    stepped.advance()
    shell = stepper.open_running_shell(run("").id, size=(24, 80))
    shell.write(b'echo "$GIVEN" >told; exit\n')
    while shell.read():
        pass
    shell.close()

    assert any("waits before its next command" in note for note in shell.notes)
    assert "/tmp/told" in marks(stepped.changes())
    assert stepper.listing(stepped.standing())["/tmp/told"].size == 4
    stepped.stop()


def test_a_script_that_is_too_long_with_its_stops_runs_as_a_whole(stepper: DockerEngine) -> None:
    script = "; ".join(f"echo {'x' * 100} {number}" for number in range(390))
    printed = Printed()
    stepped = _stepped(stepper, base(stepper), script, printed)
    whole = stepper.execute(run(script), base(stepper), report=silent, use_cache=False)

    assert stepped.next is None
    assert _outcome(stepped).failure is None
    assert whole.failure is None
    assert printed.stdout.count(b"\n") == 390


def test_mounts_and_secrets_are_there(stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPER_TEST_TOKEN", "s3cret")
    mounts = (TmpfsMount("/scratch"), SecretMount("token", None, env="TOKEN"))
    operation = RunOperation(None, "echo $TOKEN >/scratch/a; cat /scratch/a; echo b >/b", "mounts", mounts=mounts)
    asked = replace(
        step(operation),
        mount_sources=(None, None),
        access=BuildAccess(secrets={"token": Secret(variable="STEPPER_TEST_TOKEN")}),
    )
    printed = Printed()
    stepped = stepper.step_into(asked, base(stepper), report=printed)
    _to_end(stepped)

    assert printed.stdout == b"s3cret\n"
    assert marks(_outcome(stepped).layer) == {"/": "~", "/b": "+"}


def test_what_cannot_be_split_runs_to_its_end(stepper: DockerEngine) -> None:
    printed = Printed()
    stepped = _stepped(stepper, base(stepper), "alias a=b; echo done", printed)

    assert stepped.next is None
    assert _outcome(stepped).commands == ()
    assert printed.stdout == b"done\n"


def test_a_failing_run_says_which_of_its_commands_ran(stepper: DockerEngine) -> None:
    outcome = stepper.execute(run("true; false; echo a && (exit 3) || exit 4; echo b"), base(stepper), report=silent)

    assert outcome.failure is not None
    assert outcome.failure.exit_code == 4
    assert [(each.text, each.exit_code) for each in outcome.commands] == [
        ("true", 0), ("false", 1), ("echo a", 0), ("(exit 3)", 3), ("exit 4", 4)
    ]  # fmt: skip


def test_a_step_from_the_cache_ran_no_commands(stepper: DockerEngine) -> None:
    on = base(stepper)
    first = stepper.execute(run("true; echo a >/a"), on, report=silent)
    again = stepper.execute(run("true; echo a >/a"), on, report=silent)

    assert [each.text for each in first.commands] == ["true", "echo a >/a"]
    assert (again.cached, again.commands) == (True, ())


def test_a_shell_that_is_missing_is_told_as_ever(stepper: DockerEngine) -> None:
    on = base(stepper)
    on = Snapshot(on.image, replace(on.config, shell=("/bin/bash", "-c"), user="nobody"))
    whole = stepper.execute(step(RunOperation(("/bin/bash", "-c", "a; b"), None, "")), on, report=silent)
    split = stepper.execute(run("a; b"), on, report=silent)

    assert whole.failure is not None
    assert split.failure is not None
    assert (split.failure.message, split.failure.exit_code) == (whole.failure.message, whole.failure.exit_code)
    assert split.commands == ()


def test_the_environment_is_the_same_one_command_at_a_time(stepper: DockerEngine) -> None:
    printed = Printed(), Printed()
    on = base(stepper)
    on = Snapshot(on.image, replace(on.config, user="nobody"))
    stepper.execute(step(RunOperation((*SH, "true; env"), None, "")), on, report=printed[0])
    stepper.execute(run("true; env"), on, report=printed[1])

    assert sorted(printed[1].stdout.split()) == sorted(printed[0].stdout.split())
