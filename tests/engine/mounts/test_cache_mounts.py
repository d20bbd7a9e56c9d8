"""Caches of RUN on a real engine: what they keep, who has them when several want them, and how they go."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepper.dockerfile.mounts import CacheMount, CacheSharing
from stepper.dockerfile.origins import Origin
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import Output, Progress
from tests.engine.conftest import base, execute, marks, succeed
from tests.engine.mounts.conftest import cache, output, perform, run_with, unique

pytestmark = pytest.mark.engine


@pytest.fixture
def other(engine: Connection, stepper: DockerEngine) -> Iterator[DockerEngine]:
    """Another Stepper of the same user."""
    other = DockerEngine(engine.client, cache=stepper._names._folder.parent)
    yield other
    other.close()


def test_a_cache_keeps_what_is_written_and_the_layer_does_not(stepper: DockerEngine, other: DockerEngine) -> None:
    name = unique("kept")
    outcome = perform(stepper, base(stepper), run_with("echo 1 >/c/f", cache("/c", name)))
    assert marks(outcome.layer) == {}
    assert output(other, base(other), run_with("cat /d/f", cache("/d", name))) == "1\n"
    assert output(stepper, base(stepper), run_with("ls /c", cache("/c"))) == ""


def test_one_that_is_not_to_be_written_to(stepper: DockerEngine) -> None:
    step = run_with("touch /c/f || echo no", CacheMount("/c", unique("ro"), read_only=True))
    assert output(stepper, base(stepper), step) == "no\n"


def test_one_cache_at_two_targets_of_a_step(stepper: DockerEngine) -> None:
    name = unique("twice")
    step = run_with("touch /c/f; ls /d", cache("/c", name), CacheMount("/d", name, CacheSharing.LOCKED))
    assert output(stepper, base(stepper), step) == "f\n"


def test_it_starts_with_files_of_an_image_once(stepper: DockerEngine) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p -m 750 /s/sub; chown 3:4 /s; echo 1 >/s/f; ln -s s /link"))
    mount = CacheMount("/c", unique("start"), source="/link", origin=Origin(stage=0))
    step = run_with("stat -c '%a %u:%g' /c; cat /c/f; echo 2 >/c/f; rmdir /c/sub", mount, sources=(on,))
    assert output(stepper, on, step) == "755 3:4\n1\n"
    assert output(stepper, on, run_with("cat /c/f; ls /c", mount, sources=(on,))) == "2\nf\n"


def test_what_a_cache_holds_is_none_of_what_a_step_depends_on(stepper: DockerEngine) -> None:
    on, name = base(stepper), unique("key")
    step = run_with("date >>/c/f", cache("/c", name))
    assert not perform(stepper, on, step, use_cache=True).cached
    assert perform(stepper, on, step, use_cache=True).cached
    assert perform(stepper, on, run_with("date >>/c/f", cache("/c", unique("key"))), use_cache=True).cached
    assert not perform(stepper, on, run_with("date >>/c/f", cache("/d", name)), use_cache=True).cached


@contextmanager
def in_use(stepper: DockerEngine, name: str, sharing: CacheSharing) -> Iterator[None]:
    """A step of this Stepper uses a cache during the block."""
    started = threading.Event()

    def report(item: Output | Progress) -> None:
        started.set()

    step = run_with("echo mine >/c/owner; echo up; sleep 100", CacheMount("/c", name, sharing))
    thread = threading.Thread(target=lambda: perform(stepper, base(stepper), step, report=report))
    thread.start()
    try:
        assert started.wait(60)
        yield
    finally:
        stepper.interrupt()
        thread.join()


def test_a_shared_cache_serves_several(stepper: DockerEngine, other: DockerEngine) -> None:
    name = unique("shared")
    with in_use(stepper, name, CacheSharing.SHARED):
        assert output(other, base(other), run_with("cat /c/owner", cache("/c", name))) == "mine\n"


def test_a_private_one_is_another_while_it_is_used(stepper: DockerEngine, other: DockerEngine) -> None:
    name = unique("private")
    step = run_with("cat /c/owner || echo none; touch /c/other", CacheMount("/c", name, CacheSharing.PRIVATE))
    with in_use(stepper, name, CacheSharing.PRIVATE):
        assert output(other, base(other), step) == "none\n"
    assert output(other, base(other), run_with("ls /c", CacheMount("/c", name, CacheSharing.PRIVATE))) == "owner\n"


def test_a_locked_one_is_waited_for(stepper: DockerEngine, other: DockerEngine) -> None:
    name = unique("locked")
    step = run_with("cat /c/owner", CacheMount("/c", name, CacheSharing.LOCKED))
    reports: list[Output | Progress] = []
    with in_use(stepper, name, CacheSharing.LOCKED):
        waiter = threading.Thread(target=lambda: perform(other, base(other), step, report=reports.append))
        waiter.start()
        wait_for(lambda: bool(reports))
        assert reports == [Progress(f"waiting for the cache {name}, which another step or build uses")]
        assert waiter.is_alive()
    waiter.join()
    assert reports[1:] == [Output(b"mine\n")]


def test_the_waiting_can_be_interrupted(stepper: DockerEngine, other: DockerEngine) -> None:
    name = unique("interrupted")
    step = run_with("true", CacheMount("/c", name, CacheSharing.LOCKED))
    with in_use(stepper, name, CacheSharing.LOCKED):
        outcome = perform(other, base(other), step, report=lambda _: other.interrupt())
    assert outcome.failure is not None
    assert outcome.failure.interrupted


def test_a_failed_step_does_not_keep_its_lock(stepper: DockerEngine, other: DockerEngine) -> None:
    mount = CacheMount("/c", unique("failed"), CacheSharing.LOCKED)
    outcome = perform(stepper, base(stepper), run_with("echo 1 >/c/f; false", mount))
    assert output(other, base(other), run_with("cat /c/f", mount)) == "1\n"
    assert outcome.failure is not None
    stepper.release(outcome.failure)


def test_prune_lists_and_removes_them(engine: Connection, tmp_path: Path) -> None:
    stepper = DockerEngine(engine.client, cache=tmp_path)
    name = unique("pruned")
    try:
        step = run_with("head -c 10000 /dev/zero >/c/f", cache("/c", name))
        succeed(perform(stepper, base(stepper), step))
        (found,) = stepper.mount_caches()
        assert found.id == name
        assert found.size is None or found.size >= 10_000
        report = stepper.prune()
        assert [each.id for each in report.caches] == [name]
        assert stepper.mount_caches() == []
    finally:
        stepper.close()


def wait_for(condition: object) -> None:
    assert callable(condition)
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_cache_that_somebody_uses_is_not_removed(stepper: DockerEngine, other: DockerEngine) -> None:
    mount = cache()
    caches = stepper._mount_caches
    with caches.using(mount, None, None, waiting=lambda: None, check=lambda: None) as volume:
        assert volume not in {each.volume for each in other._mount_caches.remove_all()}
    assert volume in {each.volume for each in other._mount_caches.remove_all()}
