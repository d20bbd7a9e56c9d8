"""Several steps at once on a real engine: none sees another, the same is run once, and all can be stopped."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from stepper.dockerfile.mounts import CacheMount, CacheSharing
from stepper.dockerfile.operations import RunOperation
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import Report
from stepper.engine.step import Outcome, Output, Progress, Snapshot, Step, StepId
from tests.engine.conftest import base, run, silent, step, succeed
from tests.engine.mounts.conftest import unique

pytestmark = pytest.mark.engine


def at_once(
    stepper: DockerEngine,
    on: Snapshot,
    steps: Sequence[Step],
    *,
    use_cache: bool = False,
    report: Report = silent,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Run steps at the same time, each of another stage; what came of them."""
    own = [replace(each, id=StepId(stage, 1)) for stage, each in enumerate(steps)]
    with ThreadPoolExecutor(len(own)) as pool:
        running = [pool.submit(stepper.execute, each, on, report=report, use_cache=use_cache) for each in own]
        meanwhile()
        return [each.result() for each in running]


def cached(script: str, *names: str) -> Step:
    """A RUN that has caches for itself, in this order."""
    mounts = tuple(CacheMount(f"/{name}", name, sharing=CacheSharing.LOCKED) for name in names)
    return step(RunOperation(None, script, script, mounts=mounts))


def test_steps_that_run_at_once_listen_on_the_same_port(stepper: DockerEngine) -> None:
    scripts = [f"nc -l -p 8000 2>/error & sleep 1; cat /error; [ ! -s /error ] # {n}" for n in range(3)]
    for outcome in at_once(stepper, base(stepper), [run(script) for script in scripts]):
        succeed(outcome)


def test_steps_that_are_the_same_are_run_once(stepper: DockerEngine) -> None:
    token = unique("same")
    outcomes = at_once(stepper, base(stepper), [run(f"cat /proc/sys/kernel/random/uuid >/{token}")] * 3, use_cache=True)
    assert sorted(outcome.cached for outcome in outcomes) == [False, True, True]
    assert len({succeed(outcome).image for outcome in outcomes}) == 1


def test_steps_that_are_the_same_are_each_run_where_the_cache_is_not_to_be_used(stepper: DockerEngine) -> None:
    outcomes = at_once(stepper, base(stepper), [run("cat /proc/sys/kernel/random/uuid >/u")] * 2)
    assert len({succeed(outcome).image for outcome in outcomes}) == 2


def test_when_the_first_of_the_same_fails_the_other_runs(stepper: DockerEngine) -> None:
    outcomes = at_once(stepper, base(stepper), [run(f"exit 3 # {unique('f')}")] * 2, use_cache=True)
    assert [outcome.failure and outcome.failure.exit_code for outcome in outcomes] == [3, 3]


def test_an_interrupt_stops_all(stepper: DockerEngine) -> None:
    printed = threading.Semaphore(0)

    def report(item: Output | Progress) -> None:
        if isinstance(item, Output):
            printed.release()

    def interrupt() -> None:
        for _ in range(3):
            assert printed.acquire(timeout=60)
        stepper.interrupt()

    steps = [run(f"echo {n}; sleep 600") for n in range(3)]
    outcomes = at_once(stepper, base(stepper), steps, report=report, meanwhile=interrupt)
    assert [outcome.failure and outcome.failure.interrupted for outcome in outcomes] == [True] * 3
    succeed(stepper.execute(run("true"), base(stepper), report=silent, use_cache=False))


def test_steps_that_want_the_same_caches_in_another_order_do_not_wait_for_each_other(stepper: DockerEngine) -> None:
    one, two = unique("one"), unique("two")
    steps = [cached(f"sleep 0.2; echo x >>/{one}/log", *names) for names in ((one, two), (two, one)) * 2]
    for outcome in at_once(stepper, base(stepper), steps):
        succeed(outcome)


def test_many_small_steps_at_once_give_what_they_give_one_by_one(stepper: DockerEngine) -> None:
    on = base(stepper)
    scripts = [f"mkdir -p /d/{n} && echo {n} >/d/{n}/f && rm /etc/group && chmod 700 /d" for n in range(8)]
    together = at_once(stepper, on, [run(script) for script in scripts])
    one_by_one = [stepper.execute(run(script), on, report=silent, use_cache=False) for script in scripts]
    for several, alone in zip(together, one_by_one, strict=True):
        assert several.layer is not None
        assert alone.layer is not None
        assert [(change.path, change.kind) for change in several.layer.changes] == [
            (change.path, change.kind) for change in alone.layer.changes
        ]
        listed = [stepper.listing(succeed(each)) for each in (several, alone)]
        assert listed[0].keys() == listed[1].keys()
        assert all(listed[0][path].mode == listed[1][path].mode for path in listed[0])
