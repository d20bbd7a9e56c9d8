"""Fixtures of the end-to-end tests: a project, a terminal, and an engine that is left as it was."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker.errors
import pytest

from stepper.engine.connect import Connection
from stepper.engine.leftovers import SessionNames
from stepper.folders import cache_folder
from tests.e2e.terminal import Terminal

Open = Callable[..., Terminal]


def before_line_2(open_terminal: Open) -> Terminal:
    """`stepper` on the project, with the step of line 1 over and that of line 2 next."""
    terminal = open_terminal()
    terminal.wait_for("⏸ before line 1")
    terminal.press("n")
    terminal.wait_for("⏸ before line 2")
    return terminal


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def open_terminal(engine: Connection, project: Path) -> Iterator[Open]:
    """Opens `stepper` on the project; whatever happens it is ended, and its images are removed."""
    opened: list[Terminal] = []

    def open_(*arguments: str, size: tuple[int, int] = (120, 36), **environment: str) -> Terminal:
        terminal = Terminal(
            project, *arguments, size=size, environment={"DOCKER_HOST": engine.endpoint.url, **environment}
        )
        opened.append(terminal)
        return terminal

    yield open_
    for terminal in opened:
        terminal.process.close(force=True)
    _remove_own(engine)


@pytest.fixture
def containers(engine: Connection) -> Callable[[], list[str]]:
    """The containers that the test's own sessions have in the engine; others may use it as well."""

    def own() -> list[str]:
        names = SessionNames(cache_folder())
        found = engine.client.sdk.containers.list(all=True, filters={"name": f"stepper-{names.owner}-"})
        names.close()
        return [str(container.name) for container in found]

    return own


def _remove_own(engine: Connection) -> None:
    names = SessionNames(cache_folder())
    api = engine.client.api
    for container in api.containers(all=True, filters={"name": f"stepper-{names.owner}-"}):
        api.remove_container(container["Id"], force=True, v=True)
    for image in sorted(_images_of(api, names.mark), key=lambda image: str(image["Created"]), reverse=True):
        api.remove_image(image["Id"], force=True, noprune=True)
    names.close()


def _images_of(api: Any, mark: str) -> list[dict[str, Any]]:
    """The images without a name that carry a session's mark; what others remove meanwhile is none of them."""
    found = []
    for image in api.images(all=True):
        if not image.get("RepoTags"):
            with contextlib.suppress(docker.errors.NotFound):
                details = api.inspect_image(image["Id"])
                if details.get("Comment") == mark:
                    found.append(details)
    return found
