"""COPY --link on a real engine, where BuildKit does it only on one of the image stores: both do the same there."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import docker.errors
import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.engine_info import CONTAINERD
from stepper.engine.step import ContextSource, Snapshot, Step
from tests.engine.conftest import Printed, base, execute, run, silent, step, succeed
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

LOOK = "cd /; find t u ! -type d -exec ls -ld {} + ; cat t u/f 2>/dev/null; true"
"""What is looked at in the result: kinds, modes, owners and names, and no times of directories."""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    (folder / "d").mkdir(parents=True)
    for name in ("f", "d/g"):
        (folder / name).write_text(f"{name}\n")
        os.utime(folder / name, (1_500_000_000, 1_500_000_000))
    return folder


@pytest.fixture
def tag(client: EngineClient) -> Iterator[str]:
    """A name for BuildKit's image; asked for before `stepper`, whose containers on it go first."""
    tag = f"stepper-test-link:{os.getpid()}"
    yield tag
    with contextlib.suppress(docker.errors.ImageNotFound):
        client.api.remove_image(tag)


@pytest.mark.parametrize(
    ("before", "source", "destination", "chown"),
    [
        ("mkdir -p /t/f/in /u", "f", "/t", None),
        ("mkdir /t; mkdir -p /t/f/in /u", "f", "/t/", None),
        ("echo t > /t; mkdir /u", "d", "/t", None),
        ("mkdir -p /t /u/g/in", "d", "/u", None),
        ("mkdir /t /u", "f", "/u/", "nobody"),
        ("mkdir /t /u", "f", "/u/", "3:nogroup"),
    ],
)
def test_what_link_replaces_or_refuses_is_what_buildkit_does(
    tag: str,
    stepper: DockerEngine,
    client: EngineClient,
    context: Path,
    before: str,
    source: str,
    destination: str,
    chown: str | None,
) -> None:
    flags = "--link" if chown is None else f"--link --chown={chown}"
    (context / "Dockerfile").write_text(f"FROM busybox\nRUN {before}\nCOPY {flags} {source} {destination}\n")
    reference = reference_build(client, context, tag=tag)

    on = succeed(execute(stepper, base(stepper), before))
    operation = CopyOperation((source,), destination, chown=chown, link=True)
    plain = step(operation)
    wanted = Step(plain.id, plain.file, plain.instruction, operation, source=ContextSource(context))
    outcome = stepper.execute(wanted, on, report=silent)

    assert (outcome.failure is None) == (reference.error is None), reference.error or outcome.failure
    if reference.image is not None:
        theirs = stepper.base(tag, report=silent)
        assert looked_at(stepper, succeed(outcome)) == looked_at(stepper, theirs)


def looked_at(stepper: DockerEngine, on: Snapshot) -> Sequence[bytes]:
    printed = Printed()
    succeed(stepper.execute(run(LOOK), on, report=printed, use_cache=False))
    return printed.stdout.splitlines()


def test_the_layer_of_a_linked_copy_is_told_as_it_is(stepper: DockerEngine, context: Path) -> None:
    on = succeed(execute(stepper, base(stepper), "mkdir -p /t/d/in /r && ln -s /r /t/l && chmod 700 /t"))
    operation = CopyOperation(("d",), "/t/l/", link=True)
    plain = step(operation)
    outcome = stepper.execute(
        Step(plain.id, plain.file, plain.instruction, operation, source=ContextSource(context)), on, report=silent
    )
    assert outcome.layer is not None
    changed = {change.path for change in outcome.layer.changes}
    linked = stepper.info.storage == CONTAINERD
    assert ("/t/l/g" in changed, "/r/g" in changed) == (linked, not linked)
    after = stepper.execute(run("exit 1"), succeed(outcome), report=silent, use_cache=False)
    assert after.failure is not None
    walked, told = stepper.listing(after.failure), stepper.listing(succeed(outcome))
    for path in ("/t", "/t/l", "/r", "/t/d/in", *(changed - {"/"})):
        assert told[path][:5] == walked[path][:5], path
