"""`stepper run` on a real engine: stages side by side give the image that one after the other gives."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from stepper.cli.run import run
from stepper.debugger.options import BuildOptions
from stepper.engine.connect import Connection, open_engine
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.protocol import Engine
from tests.parity.flat import FlatFile
from tests.parity.saved import saved_image

pytestmark = pytest.mark.engine

TEXT = """\
FROM busybox AS programs
WORKDIR /programs
RUN sleep 0.3; echo tool >tool && chmod 4755 tool && ln -s tool link

FROM busybox AS data
ENV KIND=data
COPY --chown=7:8 --chmod=640 input /data/
RUN sleep 0.3; mkdir -m 1777 /data/open && chown 3:4 /data/open && rm /etc/group

FROM busybox AS pages
ARG TITLE=home
RUN sleep 0.3; mkdir /pages && echo $TITLE >/pages/index && rm -r /var/spool

FROM data
LABEL made=so
COPY --from=programs /programs /usr/local/bin
COPY --from=pages --chown=5 /pages /srv
RUN ln /srv/index /srv/other
USER 7
CMD ["tool"]
"""


@dataclass(frozen=True)
class Built:
    """An image, without the times of its making."""

    document: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    layers: Sequence[Mapping[str, FlatFile]]
    at_once: int
    """How many steps ran at the same time."""


@pytest.fixture
def tag(connection: Connection) -> Iterator[str]:
    name = f"stepper-test:{uuid.uuid4().hex}"
    yield name
    for each in (f"{name}-1", f"{name}-2"):
        try:
            connection.client.sdk.images.remove(each)
        except docker.errors.ImageNotFound:
            continue


def with_processors(count: int) -> Engine:
    """The engine, as one that has so many processors."""
    engine = open_engine()
    assert isinstance(engine, DockerEngine)
    engine._info = replace(engine.info, cpus=count)
    return engine


def most_at_once(events: list[Mapping[str, Any]]) -> int:
    running: set[str] = set()
    most = 0
    for event in events:
        if event["event"] == "step.started":
            running.add(event["id"])
        elif event["event"] == "step.finished":
            running.remove(event["id"])
        most = max(most, len(running))
    return most


def build(
    connection: Connection, context: Path, tag: str, capsys: pytest.CaptureFixture[str], *, processors: int
) -> Built:
    tag = f"{tag}-{processors}"
    options = BuildOptions(context, context / "Dockerfile", tags=(tag,), no_cache=True)
    assert run(options, lambda: with_processors(processors), as_json=True) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    with saved_image(connection.client, tag) as image:
        document = {key: value for key, value in image.document.items() if key not in ("created", "history", "rootfs")}
        history = [{key: value for key, value in entry.items() if key != "created"} for entry in image.history]
        layers = [
            {path: replace(file, mtime=0) for path, file in image.layer(digest).items()} for digest in image.layers
        ]
    return Built(document, history, layers, most_at_once(events))


def test_the_image_is_the_same(
    connection: Connection, tmp_path: Path, tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "input").write_text("input\n")
    alone = build(connection, tmp_path, tag, capsys, processors=1)
    together = build(connection, tmp_path, tag, capsys, processors=2)
    assert (alone.at_once, together.at_once) == (1, 2)
    assert together.document == alone.document
    assert together.history == alone.history
    assert together.layers == alone.layers
    # The busybox layers and the layers of data, the two COPY, and the last RUN: something was compared.
    changed = {path for layer in together.layers for path in layer}
    assert {"usr/local/bin/tool", "data/open", "etc/.wh.group", "srv/other"} <= changed
