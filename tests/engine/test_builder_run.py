"""A RUN that the engine's own builder carries out."""

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.flags import split_flags
from stepper.dockerfile.model import Heredoc
from stepper.dockerfile.mounts import BindMount, CacheMount, CacheSharing, Mount, SecretMount, TmpfsMount
from stepper.dockerfile.operations import EnvOperation, RunOperation, UserOperation
from stepper.dockerfile.parser import parse
from stepper.engine.api_requests import image_history, list_images, tag_image
from stepper.engine.builder_run import CannotBeSentError, run_file
from stepper.engine.client import EngineClient
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.leftovers import ContainerName
from stepper.engine.mounts.sources import Files
from stepper.engine.step import Snapshot, Step
from tests.custom_frontend.image import FRONTEND, make_frontend
from tests.engine.conftest import Printed, base, marks, run, silent, step, succeed

_LABS = f"docker/dockerfile:stepper-test-{secrets.token_hex(4)}-labs"
"""Names the frontend of the tests, which takes a Dockerfile without its `--device`."""


def _run(script: str | None = "make", *, argv: tuple[str, ...] | None = None, **more: object) -> RunOperation:
    operation = RunOperation(argv, None if argv else script, f"/bin/sh -c {script}", devices=("vendor.com/gpu=all",))
    return replace(operation, **more)  # type: ignore[arg-type]  # whichever field a test asks for


def _file(operation: RunOperation, *files: Files | None) -> str:
    images = [None if each is None else f"image:{number}" for number, each in enumerate(files)]
    return run_file("base:1", operation, ("/bin/sh", "-c"), images, files).decode()


def test_the_file_has_the_instruction_alone() -> None:
    assert _file(_run()) == 'FROM base:1\nRUN --device="vendor.com/gpu=all" ["/bin/sh", "-c", "make"]\n'


def test_the_frontend_that_knows_the_flag_reads_it() -> None:
    assert _file(_run(frontend="docker/dockerfile:1-labs x")).startswith("# syntax=docker/dockerfile:1-labs x\nFROM")


def test_the_exec_form_has_no_shell() -> None:
    assert _file(_run(argv=("a", "b c"))).endswith(' ["a", "b c"]\n')


def test_a_script_with_an_interpreter_is_a_heredoc_again() -> None:
    body = "#!/usr/bin/env python\nprint(1)\n"
    operation = _run(body, heredocs=(Heredoc("EOF", body, True, False),))
    assert _file(operation).endswith(f"<<'STEPPER_SCRIPT'\n{body}STEPPER_SCRIPT\n")


def test_network_and_privileges_are_the_instructions_own() -> None:
    assert '=all" --network=none --security=insecure [' in _file(_run(network="none", insecure=True))


@pytest.mark.parametrize(
    ("mount", "files", "expected"),
    [
        (BindMount("/t", writable=True), Files("sha256:1", "/s"), "type=bind,target=/t,from=image:0,source=/s,rw=true"),
        (BindMount("/t"), Files("sha256:1", "/a,b"), 'type=bind,target=/t,from=image:0,"source=/a,b"'),
        (TmpfsMount("/t", 1024), None, "type=tmpfs,target=/t,size=1024"),
        (TmpfsMount("/t"), None, "type=tmpfs,target=/t"),
        (TmpfsMount("/$t"), None, r"type=tmpfs,target=/\$t"),
        (
            CacheMount("/c", "id", CacheSharing.LOCKED, mode=0o700, uid=5),
            None,
            "type=cache,id=id,target=/c,sharing=locked,mode=700,uid=5,gid=0",
        ),
    ],
)
def test_mounts_are_written_with_images_as_their_sources(mount: Mount, files: Files | None, expected: str) -> None:
    written = parse(_file(_run(mounts=(mount,)), files)).stages[0].instructions[1].flag("mount")
    assert written is not None
    assert written.value == expected


def test_a_secret_cannot_be_sent() -> None:
    with pytest.raises(CannotBeSentError, match="type=secret"):
        _file(_run(mounts=(SecretMount("token", "/run/secrets/token"),)), None)


@given(st.text(st.characters(codec="ascii", exclude_characters="\r\n\0"), min_size=1), st.text(max_size=30))
def test_whatever_is_in_a_flag_or_a_script_the_file_says_the_same(device: str, script: str) -> None:
    operation = _run(script, devices=(device,))
    last = _file(operation).split("\n")[-2]
    flags, rest = split_flags(last.removeprefix("RUN "), "\\")
    assert [(flag.name, flag.value) for flag in flags] == [("device", device)]
    assert parse(f"FROM a\nRUN {rest}\n").stages[0].instructions[1].words == ("/bin/sh", "-c", script)


@pytest.fixture(scope="module")
def _frontend(engine: Connection) -> Iterator[None]:
    make_frontend(engine.client)
    tag_image(engine.client, FRONTEND, _LABS)
    yield
    for name in (_LABS, FRONTEND):
        engine.client.sdk.images.remove(name, force=True)


def _step(script: str, **more: object) -> Step:
    return step(_run(script, frontend=_LABS), **more)  # type: ignore[arg-type]  # as `step` takes it


def _configured(stepper: DockerEngine) -> Snapshot:
    on = succeed(stepper.execute(run("echo old > /old; mkdir -p /w"), base(stepper), report=silent))
    on = succeed(stepper.execute(step(EnvOperation((("A", 'a "b" $c'),))), on, report=silent))
    return succeed(stepper.execute(step(UserOperation("1000")), on, report=silent))


@pytest.mark.engine
@pytest.mark.usefixtures("_frontend")
def test_its_changes_and_its_configuration_are_those_of_a_step(stepper: DockerEngine, client: EngineClient) -> None:
    on = _configured(stepper)
    printed = Printed()
    environment = {**on.config.environment, "ARGUMENT": "given"}
    script = 'echo "$A|$ARGUMENT"; id -u; rm -f /tmp/x; echo new > /tmp/new; ln -s new /tmp/link'
    outcome = stepper.execute(_step(script, environment=environment), on, report=printed)
    after = succeed(outcome)
    assert printed.stdout == b'a "b" $c|given\n1000\n'
    changes = marks(outcome.layer)
    assert (changes["/tmp/new"], changes["/tmp/link"]) == ("+", "+")
    assert outcome.layer is not None
    assert outcome.layer.size == 4
    assert after.config.environment == on.config.environment
    assert [entry.created_by for entry in after.config.history[len(on.config.history) :]] == [
        f"RUN /bin/sh -c {script} # buildkit"
    ]
    built = stepper.finish(after, tags=(), report=silent)
    assert len(image_history(client, built.id)) == len(after.config.history)
    later = Printed()
    succeed(stepper.execute(run("cat /tmp/link /old; echo $ARGUMENT"), after, report=later))
    assert later.stdout == b"new\nold\n\n"


@pytest.mark.engine
@pytest.mark.usefixtures("_frontend")
def test_a_mount_is_where_it_was_said_to_be_whatever_its_name_holds(stepper: DockerEngine) -> None:
    target = "/m $HOME 'a' \"b\", \\c"
    operation = replace(_run("ls -d /m*", frontend=_LABS), mounts=(TmpfsMount(target),))
    printed = Printed()
    # What the builder has in its cache prints nothing.
    environment = {"HOME": "/root"}
    outcome = stepper.execute(step(operation, environment=environment), base(stepper), report=printed, use_cache=False)
    succeed(outcome)
    assert printed.stdout.decode() == f"{target}\n"


@pytest.mark.engine
@pytest.mark.usefixtures("_frontend")
def test_it_comes_from_the_step_cache_the_next_time(stepper: DockerEngine) -> None:
    on = base(stepper)
    first = stepper.execute(_step("date +%N > /made"), on, report=silent)
    again = stepper.execute(_step("date +%N > /made"), on, report=silent)
    anew = stepper.execute(_step("date +%N > /made"), on, report=silent, use_cache=False)
    assert again.cached
    assert succeed(again).image == succeed(first).image
    assert marks(again.layer) == marks(first.layer)
    assert succeed(anew).image != succeed(first).image


@pytest.mark.engine
@pytest.mark.usefixtures("_frontend")
def test_it_fails_with_the_exit_code_of_its_command(stepper: DockerEngine) -> None:
    failure = stepper.execute(_step("exit 7"), base(stepper), report=silent).failure
    assert failure is not None
    assert (failure.exit_code, failure.container, failure.hint) == (7, None, None)


@pytest.mark.engine
def test_a_frontend_without_devices_says_so(stepper: DockerEngine) -> None:
    failure = stepper.execute(step(_run("true")), base(stepper), report=silent).failure
    assert failure is not None
    assert "device feature is only supported in Dockerfile frontend" in failure.message


@pytest.mark.engine
@pytest.mark.usefixtures("_frontend")
def test_no_name_stays_behind(stepper: DockerEngine, client: EngineClient) -> None:
    before = {tag for image in list_images(client) for tag in image["RepoTags"] or ()}
    succeed(stepper.execute(_step("echo a > /a"), base(stepper), report=silent))
    named = [tag for image in list_images(client) for tag in image["RepoTags"] or ()]
    assert [tag for tag in named if ContainerName.parse(tag.partition(":")[0]) is not None and tag not in before] == []
