"""The engine as a whole on a real one: bases, the step cache, the final image, and what is left afterwards."""

import errno
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker
import docker.errors
import pytest

from stepper.dockerfile.operations import (
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    HealthcheckOperation,
    LabelOperation,
    Operation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.engine.api_requests import get_json, inspect_image, list_images
from stepper.engine.client import EngineClient
from stepper.engine.configuration import begin_stage, scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import ContextSource, Kept, Outcome, Output, Progress, Snapshot
from stepper.errors import EngineError
from stepper.image.config import Healthcheck, HistoryEntry, ImageConfig
from stepper.image.config_json import docker_config, from_inspect
from tests.engine.conftest import BUSYBOX, base, execute, marks, run, silent, step, succeed
from tests.parity.saved import saved_image
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine
TAG = "stepper-test-engine:latest"


@pytest.fixture
def tag(client: EngineClient) -> Iterator[str]:
    """A tag that is gone afterwards."""
    yield TAG
    _remove(client, TAG)


def _remove(client: EngineClient, image: str) -> None:
    try:
        client.api.remove_image(image, force=True)
    except docker.errors.ImageNotFound:
        return


@pytest.fixture
def image_with_volume(stepper: DockerEngine, client: EngineClient) -> Iterator[str]:
    """A base image that declares a volume, a health check and a default user."""
    found = inspect_image(client, BUSYBOX)
    config = replace(
        from_inspect(found, [HistoryEntry("2024-01-01T00:00:00Z", "ADD rootfs")]),
        volumes=("/data",),
        user="nobody",
        working_dir="/home/not-there",
        healthcheck=Healthcheck(("CMD-SHELL", "touch /checked"), interval=10**8),
    )
    image = stepper._loader.with_config(found["Id"], config)
    client.api.tag(image, "stepper-test-volume", "1")
    yield "stepper-test-volume:1"
    _remove(client, "stepper-test-volume:1")


def apply_all(stepper: DockerEngine, on: Snapshot, *operations: Operation) -> Snapshot:
    for operation in operations:
        on = succeed(stepper.execute(step(operation), on, report=silent, use_cache=False))
    return on


def test_it_says_what_engine_it_is(stepper: DockerEngine, client: EngineClient) -> None:
    info = stepper.info
    assert info.version == client.version["Version"]
    assert info.platform.startswith("linux/")
    assert info.storage


def test_a_base_has_the_configuration_and_the_history_of_the_image(stepper: DockerEngine, client: EngineClient) -> None:
    found = inspect_image(client, BUSYBOX)
    snapshot = stepper.base(BUSYBOX, report=silent)
    assert snapshot.image == found["Id"]
    assert docker_config(snapshot.config) == docker_config(from_inspect(found))
    assert sum(not entry.empty_layer for entry in snapshot.config.history) == len(found["RootFS"]["Layers"])
    assert stepper.image_size(snapshot) > 1_000_000


def test_the_listing_of_a_base_is_its_files_without_what_the_engine_adds(stepper: DockerEngine) -> None:
    listing = stepper.listing(base(stepper))
    assert listing["/bin/busybox"].size > 100_000
    assert not {"/.dockerenv", "/proc", "/dev", "/sys", "/etc/hosts"} & listing.keys()


def test_scratch_is_empty_and_has_no_size(stepper: DockerEngine) -> None:
    scratch = Snapshot(None, scratch_config(stepper.info.platform))
    assert list(stepper.listing(scratch)) == ["/"]
    assert stepper.image_size(scratch) == 0


def test_an_image_that_cannot_be_had_is_named(stepper: DockerEngine) -> None:
    with pytest.raises(EngineError, match="stepper-test/no-such-image:9"):
        stepper.base("stepper-test/no-such-image:9", report=silent)


def test_a_name_that_is_none_is_an_error(stepper: DockerEngine) -> None:
    with pytest.raises(EngineError, match="UPPER"):
        stepper.base("UPPER/case", report=silent)


def test_a_volume_of_the_base_freezes_nothing_and_its_health_check_does_not_run(
    stepper: DockerEngine, client: EngineClient, image_with_volume: str, tag: str
) -> None:
    volumes = {volume["Name"] for volume in client.api.volumes()["Volumes"] or ()}
    on = base(stepper, image_with_volume)
    assert on.config.volumes == ("/data",)
    root = apply_all(stepper, on, UserOperation("root"))
    outcome = execute(stepper, root, "mkdir -p /data; echo 1 >/data/f; sleep 0.3; ls /checked 2>/dev/null; pwd >/where")
    assert {"/data", "/data/f", "/home/not-there", "/where"} < marks(outcome.layer).keys()
    built = stepper.finish(succeed(outcome), tags=(tag,), report=silent)
    config = inspect_image(client, built.id)["Config"]
    assert config["Volumes"] == {"/data": {}}
    assert config["Healthcheck"]["Test"] == ["CMD-SHELL", "touch /checked"]
    assert stepper.listing(succeed(outcome))["/data/f"].size == 2
    stepper._containers.clear()
    left = {volume["Name"] for volume in client.api.volumes()["Volumes"] or ()} - volumes
    assert {name for name in left if not name.startswith("stepper-toolbox-")} == set()


def test_a_volume_of_the_dockerfile_keeps_what_later_steps_write(stepper: DockerEngine) -> None:
    on = apply_all(stepper, base(stepper), VolumeOperation(("/data",)))
    first = succeed(execute(stepper, on, "mkdir /data; echo 1 >/data/f"))
    second = execute(stepper, first, "cat /data/f; echo 2 >/data/g")
    assert marks(second.layer) == {"/data": "~", "/data/g": "+"}


@pytest.mark.parametrize(
    "instructions",
    [
        "LABEL a=b",
        "ENV A=1\nRUN touch /x",
        'CMD ["c"]\nENTRYPOINT ["e"]\nRUN touch /x',
        "CMD c\nRUN true",
        "ENTRYPOINT []\nCMD []\nRUN touch /x",
        'WORKDIR /w\nUSER 1:2\nEXPOSE 80\nVOLUME /v\nSTOPSIGNAL SIGINT\nSHELL ["/bin/sh", "-ec"]\nRUN true',
        "HEALTHCHECK --interval=5s CMD true\nONBUILD RUN x\nMAINTAINER me",
        "ARG A=1\nRUN touch /x",
    ],
)
@pytest.mark.parametrize("bare", [False, True], ids=["image with CMD", "image with neither CMD nor ENTRYPOINT"])
def test_the_final_image_is_buildkit_s(
    stepper: DockerEngine, client: EngineClient, tag: str, tmp_path: Path, instructions: str, bare: bool
) -> None:
    start = BUSYBOX
    if bare:
        start = "stepper-test-bare:1"
        found = inspect_image(client, BUSYBOX)
        bare_config = ImageConfig(architecture=found["Architecture"], os=found["Os"])
        client.api.tag(stepper._loader.with_config(found["Id"], bare_config), "stepper-test-bare", "1")
    (tmp_path / "Dockerfile").write_text(f"FROM {start}\n{instructions}\n")
    try:
        reference = reference_build(client, tmp_path, tag="stepper-test-reference:1")
        assert reference.image is not None, reference.error
        built = _build(stepper, tmp_path / "Dockerfile", tag)
        ours, theirs = inspect_image(client, built), inspect_image(client, reference.image)
        assert ours["Config"] == theirs["Config"]
        assert (ours["Author"], ours["Architecture"], ours["Os"]) == (
            theirs["Author"], theirs["Architecture"], theirs["Os"]
        )  # fmt: skip
        assert _history(client, built) == _history(client, reference.image)
        # Where the engine keeps it is not in the image.
        told = str({**ours, "GraphDriver": None})
        assert "stepper" not in told.replace(tag, "").replace("stepper-test", "")
    finally:
        _remove(client, "stepper-test-reference:1")
        if bare:
            _remove(client, start)


def _history(client: EngineClient, image: str) -> list[tuple[str, str]]:
    return [(entry["CreatedBy"], entry["Comment"]) for entry in get_json(client, f"/images/{image}/history")]


def _build(stepper: DockerEngine, dockerfile: Path, tag: str) -> str:
    """Build a Dockerfile of one stage by the debugger."""
    from stepper.debugger.options import BuildOptions
    from stepper.debugger.session import Session

    class Kept:
        def __getattr__(self, name: str) -> object:
            return getattr(stepper, name)

        def close(self) -> None:
            return

    session = Session(BuildOptions(dockerfile.parent, dockerfile, (tag,)), lambda: Kept(), lambda _: None)  # type: ignore[arg-type, return-value]  # a stand-in that forwards
    session.load()
    session.connect()
    session.resume()
    image = session.state.image
    assert image is not None, session.state
    return image.id


def test_a_final_image_without_a_layer_can_be_made(stepper: DockerEngine, tag: str) -> None:
    scratch = Snapshot(None, scratch_config(stepper.info.platform))
    built = stepper.finish(apply_all(stepper, scratch, LabelOperation((("a", "b"),))), tags=(tag,), report=silent)
    assert built.size == 0


def test_all_tags_are_set(stepper: DockerEngine, client: EngineClient) -> None:
    tags = ("stepper-test-a:1", "stepper-test-b")
    try:
        built = stepper.finish(apply_all(stepper, base(stepper), EnvOperation((("A", "1"),))), tags=tags, report=silent)
        assert built.tags == tags
        assert set(inspect_image(client, built.id)["RepoTags"]) == {"stepper-test-a:1", "stepper-test-b:latest"}
    finally:
        for name in tags:
            _remove(client, name)


def test_the_same_build_again_comes_from_the_cache_and_is_the_same_image(
    stepper: DockerEngine, client: EngineClient, tmp_path: Path, tag: str
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {BUSYBOX}\nENV A=1\nWORKDIR /w\nRUN date +%N >f\nRUN true\nCMD c\n")
    first = _build(stepper, tmp_path / "Dockerfile", tag)
    other = DockerEngine(client, cache=tmp_path.parent / tmp_path.name / "cache")
    try:
        assert _build(other, tmp_path / "Dockerfile", tag) == first
    finally:
        other.close()


def test_a_cached_step_has_its_layer_and_its_listing(
    stepper: DockerEngine, client: EngineClient, tmp_path: Path
) -> None:
    on = base(stepper)
    first = execute(stepper, on, "echo 1 >/f; ln -s f /l")
    assert succeed(first).image is not None, "asking for the image waits until it is made"
    other = DockerEngine(client, cache=tmp_path / "cache")
    try:
        again = other.execute(run("echo 1 >/f; ln -s f /l"), on, report=silent)
        assert again.cached
        assert again.layer == first.layer
        assert (again.size, again.snapshot) == (first.size, first.snapshot)
        assert other.listing(succeed(again))["/l"].target == "f"
    finally:
        other.close()


def test_a_run_is_taken_from_the_cache_whatever_the_proxies_are(stepper: DockerEngine) -> None:
    def execute_with(value: str, proxies: frozenset[str]) -> Outcome:
        wanted = replace(run("true", environment={"http_proxy": value}), proxies=proxies)
        return stepper.execute(wanted, base(stepper), report=silent)

    execute_with("http://one", frozenset({"http_proxy"}))
    assert execute_with("http://two", frozenset({"http_proxy"})).cached
    assert not execute_with("http://two", frozenset()).cached


@pytest.mark.parametrize(
    "change",
    [{"user": "nobody"}, {"working_dir": "/tmp"}, {"shell": ("/bin/sh", "-ec")}],
)
def test_a_run_is_not_taken_from_the_cache_when_its_configuration_differs(
    stepper: DockerEngine, change: dict[str, object]
) -> None:
    on = base(stepper)
    succeed(execute(stepper, on, "id"))
    assert stepper.execute(run("id"), on, report=silent).cached
    other = Snapshot(on.image, replace(on.config, **change))  # type: ignore[arg-type]  # any field
    assert not stepper.execute(run("id"), other, report=silent).cached


def test_other_words_environment_or_network_are_another_step(stepper: DockerEngine) -> None:
    on = base(stepper)
    succeed(stepper.execute(run("true", environment={"A": "1"}), on, report=silent))
    assert stepper.execute(run("true", environment={"A": "1"}), on, report=silent).cached
    for other in (
        run("true "),
        run("true", environment={"A": "2"}),
        run("true", environment={"A": "1"}, network="none"),
    ):
        assert not stepper.execute(other, on, report=silent).cached


def test_a_label_does_not_invalidate_the_steps_after_it(stepper: DockerEngine) -> None:
    on = base(stepper)
    succeed(execute(stepper, on, "echo 1 >/f"))
    labelled = apply_all(stepper, on, LabelOperation((("a", "b"),)))
    outcome = stepper.execute(run("echo 1 >/f"), labelled, report=silent)
    assert outcome.cached
    assert succeed(outcome).config.labels == (("a", "b"),)


def test_a_copied_file_that_changed_is_another_step(stepper: DockerEngine, tmp_path: Path) -> None:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "f").write_text("1")
    copy = replace(step(CopyOperation(("f",), "/")), source=ContextSource(folder))
    on = base(stepper)
    succeed(stepper.execute(copy, on, report=silent))
    assert stepper.execute(copy, on, report=silent).cached
    (folder / "f").write_text("2")
    outcome = stepper.execute(copy, on, report=silent)
    assert not outcome.cached
    assert marks(outcome.layer)["/f"] == "+"


def test_a_cached_step_whose_image_is_gone_runs_again(stepper: DockerEngine, client: EngineClient) -> None:
    on = base(stepper)
    outcome = execute(stepper, on, "echo 1 >/f")
    first = succeed(outcome)
    assert first.image is not None
    assert stepper.find(outcome.key) is Kept.THERE
    stepper._containers.clear()
    client.api.remove_image(first.image)
    assert stepper.find(outcome.key) is Kept.GONE
    again = stepper.execute(run("echo 1 >/f"), on, report=silent)
    assert (again.cached, again.kept, again.key) == (False, Kept.GONE, outcome.key)
    assert stepper.find("another") is Kept.UNKNOWN


def test_a_prepared_container_is_the_one_that_is_used(stepper: DockerEngine) -> None:
    on = base(stepper)
    stepper.prepare(on)
    begun = time.monotonic()
    first = execute(stepper, on, "echo 1 >/f")
    stepper.prepare(succeed(first))
    second = execute(stepper, succeed(first), "cat /f; touch /g")
    assert marks(second.layer) == {"/": "~", "/g": "+"}
    stepper._commits.wait()
    assert len(stepper._containers._live) == 0
    assert time.monotonic() - begun < 60


def test_a_workdir_that_is_there_makes_no_layer(stepper: DockerEngine) -> None:
    on = base(stepper)
    assert succeed(stepper.execute(step(WorkdirOperation("/bin")), on, report=silent)).image == on.image
    made = stepper.execute(step(WorkdirOperation("/a/b")), on, report=silent)
    assert marks(made.layer) == {"/": "~", "/a": "+", "/a/b": "+"}


def test_nothing_runs_after_close_and_nothing_at_all_is_left_after_prune(client: EngineClient, tmp_path: Path) -> None:
    stepper = DockerEngine(client, cache=tmp_path)
    mark = stepper._names.mark
    owner = stepper._names.owner
    on = base(stepper)
    failed = execute(stepper, on, "touch /a", "exit 1")
    assert failed.failure is not None
    stepper.prepare(on)
    succeed(stepper.execute(step(WorkdirOperation("/w")), Snapshot(None, scratch_config("linux/amd64")), report=silent))
    stepper.finish(on, tags=(), report=silent)
    stepper.close()
    assert client.api.containers(all=True, filters={"name": f"stepper-{owner}"}) == []
    other = DockerEngine(client, cache=tmp_path)
    assert other.prune().images >= 3
    other.close()
    comments = []
    for image in list_images(client):
        try:
            comments.append(inspect_image(client, image["Id"])["Comment"])
        except docker.errors.ImageNotFound:
            continue
    assert mark not in comments


def test_an_image_has_what_podman_does_not_tell_of_it(stepper: DockerEngine, client: EngineClient, tag: str) -> None:
    on = base(stepper)
    config = replace(on.config, shell=("/bin/sh", "-ec"), on_build=("RUN true",), exposed_ports=("100/sctp",))
    for _ in range(2):
        stepper.finish(Snapshot(on.image, config), tags=(tag,), report=silent)
        with saved_image(client, tag) as image:
            found = image.document["config"]
        assert found["Shell"] == ["/bin/sh", "-ec"]
        assert found["OnBuild"] == ["RUN true"]
        assert found["ExposedPorts"] == {"100/sctp": {}}


def test_the_shell_and_triggers_of_a_base_image_are_known(
    stepper: DockerEngine, client: EngineClient, tag: str
) -> None:
    on = base(stepper)
    history = (*on.config.history, HistoryEntry("2020-01-01T00:00:00Z", "SHELL [/bin/sh -ec]", empty_layer=True))
    config = replace(on.config, shell=("/bin/sh", "-ec"), on_build=("RUN true",), history=history)
    stepper.finish(Snapshot(on.image, config), tags=(tag,), report=silent)
    found = stepper.base(tag, report=silent).config
    assert (found.shell, found.on_build) == (("/bin/sh", "-ec"), ("RUN true",))


def test_prune_removes_an_image_with_a_port_of_a_rare_protocol(client: EngineClient, tmp_path: Path) -> None:
    stepper = DockerEngine(client, cache=tmp_path)
    on = base(stepper)
    image = stepper.finish(Snapshot(on.image, replace(on.config, exposed_ports=("100/sctp",))), tags=(), report=silent)
    assert stepper.prune().images >= 1
    stepper.close()
    assert image.id not in [each["Id"] for each in list_images(client)]


def test_prune_goes_on_where_the_engine_cannot_tell_of_an_image(
    client: EngineClient, tmp_path: Path, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepper = DockerEngine(client, cache=tmp_path)
    on = base(stepper)
    nameless, named = (
        stepper.finish(Snapshot(on.image, replace(on.config, user=user)), tags=tags, report=silent).id
        for user, tags in (("1", ()), ("2", (tag,)))
    )

    def refuse(*_: object) -> None:
        raise docker.errors.APIError("cannot tell")

    monkeypatch.setattr("stepper.engine.prune.inspect_image", refuse)
    assert stepper.prune().images >= 1
    stepper.close()
    left = [each["Id"] for each in list_images(client)]
    assert nameless not in left
    assert {named, on.image} <= set(left)


def test_prune_refuses_while_another_session_needs_its_snapshots(client: EngineClient, tmp_path: Path) -> None:
    one, two = DockerEngine(client, cache=tmp_path), DockerEngine(client, cache=tmp_path)
    try:
        with pytest.raises(EngineError, match="another Stepper"):
            two.prune()
    finally:
        one.close()
        two.close()


def test_after_prune_the_engine_still_works(stepper: DockerEngine) -> None:
    on = base(stepper)
    succeed(execute(stepper, on, "touch /a"))
    stepper.prune()
    assert not stepper.execute(run("touch /a"), base(stepper), report=silent).cached


def test_a_lost_container_is_an_error_and_not_a_traceback(stepper: DockerEngine, client: EngineClient) -> None:
    started = threading.Event()

    def kill() -> None:
        started.wait(30)
        for container in list(stepper._containers._live):
            client.api.kill(container)

    thread = threading.Thread(target=kill)
    thread.start()
    with pytest.raises(EngineError):
        stepper.execute(run("echo up; sleep 60"), base(stepper), report=lambda _: started.set())
    thread.join()


def test_healthcheck_and_entrypoint_do_not_keep_a_step_from_running(stepper: DockerEngine) -> None:
    on = apply_all(
        stepper,
        base(stepper),
        EntrypointOperation(("/no/such",), None),
        CmdOperation(("x",), None),
        HealthcheckOperation(("CMD", "x")),
    )
    first = succeed(execute(stepper, on, "touch /a"))
    assert first.config.entrypoint == ("/no/such",)
    succeed(execute(stepper, begin(first), "touch /b"))


def begin(snapshot: Snapshot) -> Snapshot:
    return Snapshot(snapshot.image, begin_stage(snapshot.config))


def test_progress_is_no_output(stepper: DockerEngine) -> None:
    seen: list[object] = []
    succeed(stepper.execute(run("echo x"), base(stepper), report=seen.append))
    assert not any(isinstance(item, Progress) for item in seen)


@pytest.mark.parametrize("user", ["root", "1234"])
def test_what_a_listener_raises_comes_out_as_it_is_and_leaves_the_engine_usable(
    stepper: DockerEngine, user: str
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")

    def listener(_: Output | Progress) -> None:
        raise full

    on = base(stepper)
    on = replace(on, config=replace(on.config, user=user))
    with pytest.raises(OSError) as raised:
        execute(stepper, on, "echo told", report=listener)
    assert raised.value is full
    succeed(execute(stepper, on, "echo told"))
