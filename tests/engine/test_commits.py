"""Snapshots whose image is still in the making."""

import threading
from concurrent.futures import Future

import pytest

from stepper.engine import commits
from stepper.engine.client import EngineClient
from stepper.engine.commit import commit as really_commit
from stepper.engine.commits import Commits, PendingSnapshot
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Snapshot
from stepper.errors import EngineError
from stepper.image.config import ImageConfig
from tests.engine.conftest import base, execute, marks, run, silent, succeed

CONFIG = ImageConfig(user="me")


def pending() -> tuple[PendingSnapshot, Future[str]]:
    image: Future[str] = Future()
    return PendingSnapshot(image, CONFIG, "key"), image


def test_whoever_asks_for_the_image_waits_for_it() -> None:
    snapshot, image = pending()
    assert not snapshot.is_made
    assert snapshot.config == CONFIG
    threading.Timer(0.05, image.set_result, ["sha256:i"]).start()
    assert snapshot.image == "sha256:i"
    assert snapshot.is_made


def test_its_identity_waits_for_nothing_and_stays() -> None:
    snapshot, image = pending()
    identity = snapshot.identity
    assert snapshot.with_config(ImageConfig()).identity == identity
    image.set_result("sha256:i")
    assert snapshot.identity == identity
    assert Snapshot("sha256:i", CONFIG).identity == "sha256:i"


def test_comparing_waits_for_nothing() -> None:
    snapshot, image = pending()
    other = PendingSnapshot(Future(), CONFIG, "other")
    assert snapshot == snapshot.with_config(CONFIG)
    assert snapshot not in (other, Snapshot("sha256:i", CONFIG), snapshot.with_config(ImageConfig()))
    image.set_exception(EngineError("the disk is full"))
    assert snapshot not in (other, Snapshot("sha256:i", CONFIG))


def test_once_it_is_made_it_is_a_snapshot_as_any_other() -> None:
    snapshot, image = pending()
    image.set_result("sha256:i")
    assert snapshot == Snapshot("sha256:i", CONFIG)
    assert Snapshot("sha256:i", CONFIG) == snapshot
    assert snapshot != Snapshot("sha256:j", CONFIG)
    assert hash(snapshot) == hash(Snapshot("sha256:i", CONFIG))


def test_a_set_knows_it_before_and_after_it_is_made() -> None:
    snapshot, image = pending()
    known = {snapshot, Snapshot("sha256:i", CONFIG)}
    assert len(known) == 2
    image.set_result("sha256:i")
    assert snapshot in known
    assert Snapshot("sha256:i", CONFIG) in known


def test_printing_it_waits_for_nothing() -> None:
    snapshot, image = pending()
    assert "'key'" in repr(snapshot)
    image.set_exception(EngineError("no space left"))
    assert "made_image=None" in repr(snapshot)


def test_it_is_itself_without_waiting() -> None:
    snapshot, _ = pending()
    same = snapshot
    assert snapshot == same
    assert len({snapshot, snapshot}) == 1


def test_a_failure_is_raised_to_whoever_asks() -> None:
    snapshot, image = pending()
    image.set_exception(EngineError("no space left"))
    assert snapshot.has_failed
    for _ in range(2):
        with pytest.raises(EngineError, match="no space left"):
            snapshot.wait(lambda: None)


def test_waiting_can_be_stopped() -> None:
    snapshot, _ = pending()
    calls = iter([None, None])

    def check() -> None:
        if next(calls, "stop") == "stop":
            raise EngineError("stopped")

    with pytest.raises(EngineError, match="stopped"):
        snapshot.wait(check)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """No commit ends before this event."""
    go_on = threading.Event()

    def slow(client: EngineClient, container: str, config: ImageConfig, *, mark: str) -> str:
        assert go_on.wait(60)
        return really_commit(client, container, config, mark=mark)

    monkeypatch.setattr(commits, "commit", slow)
    return go_on


@pytest.mark.engine
def test_changes_and_files_are_there_before_the_image_is(stepper: DockerEngine, held: threading.Event) -> None:
    on = base(stepper)
    outcome = execute(stepper, on, "echo 1 >/f")
    snapshot = outcome.snapshot
    assert isinstance(snapshot, PendingSnapshot)
    assert marks(outcome.layer) == {"/": "~", "/f": "+"}
    assert stepper.listing(snapshot)["/f"].size == 2
    again = stepper.execute(run("echo 1 >/f"), on, report=silent)
    assert again.cached
    assert not snapshot.is_made
    stepper.prepare(snapshot)
    held.set()
    second = execute(stepper, snapshot, "cat /f >/g")
    assert marks(second.layer) == {"/": "~", "/g": "+"}
    assert succeed(again).image == snapshot.image


@pytest.mark.engine
def test_a_commit_that_fails_is_told_where_its_image_is_needed(
    stepper: DockerEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise EngineError("no space left on the device")

    monkeypatch.setattr(commits, "commit", fail)
    on = base(stepper)
    snapshot = succeed(execute(stepper, on, "echo 1 >/f"))
    with pytest.raises(EngineError, match="Dockerfile:1: no space left"):
        execute(stepper, snapshot, "true")
    monkeypatch.undo()
    assert not stepper.execute(run("echo 1 >/f"), on, report=silent).cached


@pytest.mark.engine
def test_an_interrupt_ends_the_waiting_for_an_image(stepper: DockerEngine, held: threading.Event) -> None:
    snapshot = succeed(execute(stepper, base(stepper), "echo 1 >/f"))
    threading.Timer(0.3, stepper.interrupt).start()
    outcome = execute(stepper, snapshot, "true")
    assert outcome.failure is not None
    assert outcome.failure.interrupted
    held.set()


def test_closing_waits_for_what_was_begun() -> None:
    class Discarding:
        def discard(self, _: object) -> None:
            discarded.set()

    class Container:
        id = "c"

        def remove(self) -> None:
            raise AssertionError("it is discarded")

    discarded = threading.Event()
    made: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commits, "commit", lambda *_, **__: "sha256:i")
        all_commits = Commits(None, Discarding(), "mark")  # type: ignore[arg-type]  # stand-ins
        all_commits.start(Container(), CONFIG, "Dockerfile:1", made=made.append, after=made.append)
        all_commits.close()
    assert made == ["sha256:i", "sha256:i"]
    assert discarded.is_set()
