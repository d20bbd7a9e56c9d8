"""Whose a container is, and who is still living."""

import json
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from stepper.engine.api_requests import create_container
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.leftovers import ContainerName, SessionNames, remove_leftovers, was_removed
from stepper.engine.socket_requests import Answer
from stepper.errors import UsageError
from tests.engine.conftest import base, run, silent


def test_names_say_whose_a_container_is(tmp_path: Path) -> None:
    names = SessionNames(tmp_path)
    assert ContainerName.parse("/" + names.new()) == ContainerName(names.owner, names.session)
    assert names.new() != names.new()


@pytest.mark.parametrize("name", ["/stepper", "/stepper-a-b", "/stepper-a-b-c", "/other-a-b-1", "/stepper-a-b-1-2"])
def test_other_names_are_nobody_s(name: str) -> None:
    assert ContainerName.parse(name) is None


def test_a_session_lives_until_it_is_closed(tmp_path: Path) -> None:
    one, two = SessionNames(tmp_path), SessionNames(tmp_path)
    name = ContainerName(one.owner, one.session)
    assert two.is_dead(name) is False
    assert two.others_live()
    one.close()
    assert two.is_dead(name) is True
    assert not two.others_live()


def test_another_cache_folder_is_another_owner(tmp_path: Path) -> None:
    one, two = SessionNames(tmp_path / "one"), SessionNames(tmp_path / "two")
    assert two.is_dead(ContainerName(one.owner, one.session)) is None
    assert one.mark != two.mark


def test_files_of_dead_sessions_are_removed_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    living, other = SessionNames(tmp_path), SessionNames(tmp_path)
    (tmp_path / "sessions" / "dead0000").touch()
    other.forget_dead()
    assert {path.name for path in (tmp_path / "sessions").iterdir()} == {living.session, other.session}


def test_a_cache_folder_that_cannot_be_used_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    with pytest.raises(UsageError, match=r"the cache folder .*/cache cannot be used: ") as caught:
        SessionNames(tmp_path / "cache")
    assert caught.value.hint is not None
    assert "XDG_CACHE_HOME" in caught.value.hint


class Containers:
    """The part of a client that lists and removes containers, of an engine without volumes."""

    def __init__(self, *containers: dict[str, object]) -> None:
        self.left = {str(container["Id"]): container for container in containers}

    def request(self, method: str, path: str, **_: object) -> bytes:
        answers: dict[str, object] = {"/containers/json": list(self.left.values()), "/volumes": {"Volumes": None}}
        assert method == "GET"
        return json.dumps(answers[path]).encode()

    def answer(self, method: str, path: str, *_: object) -> Answer:
        assert method == "DELETE"
        del self.left[path.removeprefix("/containers/")]
        return Answer(204, "No Content", b"")


class Removing:
    """The part of a client that waits for a removal, which the engine tells of so."""

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = Answer(status, "", body)

    def answer(self, *_: object, **__: object) -> Answer:
        return self._answer


@pytest.mark.parametrize(
    ("status", "body", "is_gone"),
    [
        (200, b'{"StatusCode": 0}', True),
        (200, b'{"StatusCode": 137, "Error": {"Message": ""}}', True),
        (200, b'{"StatusCode": 0, "Error": {"Message": "device or resource busy"}}', False),
        (200, b"", False),
        (404, b'{"message": "No such container"}', True),
        (500, b'{"message": "something else"}', False),
    ],
)
def test_a_container_that_the_engine_fails_to_remove_is_not_taken_for_gone(
    status: int, body: bytes, is_gone: bool
) -> None:
    client: Any = Removing(status, body)
    assert was_removed(client, "container") is is_gone


def test_of_other_owners_only_containers_that_stand_still_for_long_are_left_over(tmp_path: Path) -> None:
    names, other = SessionNames(tmp_path / "own"), SessionNames(tmp_path / "other")
    hour = 3600
    containers = Containers(
        *(
            {"Id": name, "Names": [f"/{other.new()}"], "State": state, "Created": time.time() - age}
            for name, state, age in (
                ("copied into", "created", hour),
                ("runs", "running", 1000 * hour),
                ("forgotten", "created", 1000 * hour),
            )
        ),
        {
            "Id": "own, dead",
            "Names": [f"/stepper-{names.owner}-dead0000-1"],
            "State": "created",
            "Created": time.time(),
        },
        {"Id": "own, living", "Names": [f"/{names.new()}"], "State": "created", "Created": 0},
        {"Id": "another product's", "Names": ["/stepper-motor"], "State": "exited", "Created": 0},
    )
    assert remove_leftovers(containers, names) == 2  # type: ignore[arg-type]  # a fake
    assert set(containers.left) == {"copied into", "runs", "own, living", "another product's"}


def _run_until_killed(socket: str, cache: Path) -> None:
    stepper = DockerEngine(EngineClient(socket, direct=True), cache=cache)
    snapshot = base(stepper)
    failed = stepper.execute(run("exit 1"), snapshot, report=silent)
    assert failed.failure is not None
    stepper.prepare(snapshot)
    with stepper._containers.running(snapshot.image or ""):
        os.kill(os.getpid(), signal.SIGKILL)


def _names(client: EngineClient, owner: str) -> list[str]:
    found = client.api.containers(all=True, filters={"name": f"stepper-{owner}-"})
    return [name for container in found for name in container["Names"]]


@pytest.mark.engine
def test_what_a_killed_stepper_leaves_is_removed_at_the_next_start(client: EngineClient, tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_run_until_killed, args=(_socket(), tmp_path))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    stepper = DockerEngine(client, cache=tmp_path)
    stepper.prune()
    stepper.close()
    assert _names(client, stepper._names.owner) == []


def _socket() -> str:
    return os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")


@pytest.mark.engine
def test_a_container_of_a_dead_session_is_removed_and_that_of_a_living_one_is_not(
    client: EngineClient, tmp_path: Path
) -> None:
    living, names = SessionNames(tmp_path), SessionNames(tmp_path)
    dead = f"stepper-{names.owner}-0123abcd-1"
    config = {"Image": "busybox:latest", "Cmd": ["true"]}
    try:
        for name in (dead, living.new(), names.new()):
            create_container(client, config, name)
        assert remove_leftovers(client, names) == 1
        left = _names(client, names.owner)
        assert f"/{dead}" not in left
        assert len(left) == 2
    finally:
        for name in _names(client, names.owner):
            client.api.remove_container(name, force=True)


@pytest.mark.engine
def test_a_volume_of_a_dead_session_goes(client: EngineClient, tmp_path: Path) -> None:
    dead, living = SessionNames(tmp_path), SessionNames(tmp_path)
    volumes = [dead.new(), living.new()]
    for volume in volumes:
        client.api.create_volume(volume)
    dead.close()
    try:
        remove_leftovers(client, living)
        left = {volume["Name"] for volume in client.api.volumes()["Volumes"]}
        assert left & set(volumes) == {volumes[1]}
    finally:
        client.api.remove_volume(volumes[1])
        living.close()
