"""ADD of URLs and repositories on a real engine: the step cache, failures and interruption."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.configuration import scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.step import ContextSource, Outcome, Output, Progress, Snapshot, Step
from tests.engine.conftest import silent, step
from tests.remote_site import Commit, Page, Site

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stepper(module_stepper: DockerEngine) -> DockerEngine:
    """One engine for all tests here."""
    return module_stepper


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server that nothing is between."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "site").mkdir()
    with Site(tmp_path / "site") as running:
        yield running


def add(source: str, context: Path) -> Step:
    operation = CopyOperation((source,), "/x/", unpack=True, is_add=True)
    plain = step(operation)
    return Step(plain.id, plain.file, plain.instruction, operation, source=ContextSource(context))


def do(stepper: DockerEngine, what: Step) -> Outcome:
    return stepper.execute(what, Snapshot(None, scratch_config(stepper.info.platform)), report=silent)


def paths(outcome: Outcome) -> list[str]:
    assert outcome.layer is not None
    return sorted(change.path for change in outcome.layer.changes if change.path != "/")


def test_a_url_with_the_same_content_comes_from_the_step_cache(
    stepper: DockerEngine, site: Site, tmp_path: Path
) -> None:
    first_time, second_time = ({"Last-Modified": f"Fri, 14 Jul {year} 02:40:00 GMT"} for year in (2017, 2018))
    url = site.add("/f", Page(b"same", headers=first_time))
    first = do(stepper, add(url, tmp_path))
    assert (first.cached, paths(first)) == (False, ["/x", "/x/f"])
    site.add("/f", Page(b"same", headers=second_time))
    assert do(stepper, add(url, tmp_path)).cached
    site.add("/f", Page(b"other"))
    assert not do(stepper, add(url, tmp_path)).cached


def test_a_repository_at_the_same_commit_comes_from_the_step_cache(
    stepper: DockerEngine, site: Site, tmp_path: Path
) -> None:
    site.add_repository("r.git", [Commit({"a": "a"}, tags=["v1"])])
    first = do(stepper, add(f"{site.url}/r.git#main", tmp_path))
    assert (first.cached, paths(first)) == (False, ["/x", "/x/a"])
    assert do(stepper, add(f"{site.url}/r.git#main", tmp_path)).cached


def test_what_cannot_be_had_fails_the_step(stepper: DockerEngine, site: Site, tmp_path: Path) -> None:
    outcome = do(stepper, add(f"{site.url}/gone", tmp_path))
    assert outcome.failure is not None
    assert outcome.failure.message == f"{site.url}/gone: the server says 404 Not Found"
    assert (outcome.failure.interrupted, outcome.failure.container) == (False, None)


def test_a_download_can_be_interrupted(stepper: DockerEngine, site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(b"short", headers={"Content-Length": "1000000"}))
    begun = threading.Event()

    def report(event: Output | Progress) -> None:
        begun.set()

    def interrupt() -> None:
        assert begun.wait(30)
        stepper.interrupt()

    # The server sends five bytes and then nothing more.
    site.hold.clear()
    threading.Thread(target=interrupt, daemon=True).start()
    started = time.monotonic()
    on = Snapshot(None, scratch_config(stepper.info.platform))
    outcome = stepper.execute(add(url, tmp_path), on, report=report)
    site.hold.set()
    assert outcome.failure is not None
    assert outcome.failure.interrupted
    assert time.monotonic() - started < 30
