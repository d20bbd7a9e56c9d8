"""`stepper engine` and `stepper prune`."""

import io
import sys
from dataclasses import replace

import pytest

from stepper.engine.layer_cache import LayerCache
from stepper.engine.protocol import MountCache, PruneReport
from stepper.errors import EngineUnavailable
from stepper.folders import cache_folder
from stepper.image.layer_contents import LayerContents
from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine


class Keyboard(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_engine_says_what_was_found_and_how(stepper: Command, engine: ScriptedEngine) -> None:
    engine.info = replace(engine.info, origin="DOCKER_HOST")
    result = stepper("engine")
    assert result.code == 0
    assert result.out.splitlines() == [
        "Docker 28.5.2",
        "  endpoint     unix:///var/run/docker.sock",
        "  found by     DOCKER_HOST",
        "  place        local",
        "  platform     linux/amd64",
        "  image store  overlay2",
    ]
    assert engine.closed


def test_without_an_engine_the_exit_code_is_3(stepper: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(host: str | None = None) -> ScriptedEngine:
        raise EngineUnavailable("none. Tried:\n  this\n  that", hint="Start one.")

    monkeypatch.setattr("stepper.engine.connect.open_engine", none)
    for command in ("engine", "prune"):
        arguments = [command, "--force"] if command == "prune" else [command]
        result = stepper(*arguments)
        assert result.code == 3
        assert result.err == "stepper: none. Tried:\n  this\n  that\n  Start one.\n"


def test_prune_says_what_it_removed(stepper: Command, engine: ScriptedEngine) -> None:
    engine.pruned = PruneReport(images=12, containers=1, volumes=0, reclaimed=123_000_000)
    result = stepper("prune", "--force")
    assert (result.code, result.out) == (0, "Removed 12 images, 1 container; 123 MB freed.\n")
    assert engine.calls == ["prune", "close"]


def test_prune_tells_of_each_cache_that_it_removed(stepper: Command, engine: ScriptedEngine) -> None:
    caches = (MountCache("/root/.cache", "v1", 1_500_000), MountCache("go-mod", "v2"))
    engine.pruned = PruneReport(images=0, containers=0, volumes=0, reclaimed=1_500_000, caches=caches)
    assert stepper("prune", "--force").out.splitlines() == [
        "Removed 2 caches; 1.5 MB freed.",
        "The caches were:",
        "  /root/.cache  1.5 MB",
        "  go-mod",
    ]


def test_prune_lists_the_caches_before_it_asks(
    stepper: Command, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.caches = (MountCache("go-mod", "v2", 2_000),)
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    assert "  go-mod  2.0 kB\n" in stepper("prune").out


def test_prune_of_nothing_says_so(stepper: Command) -> None:
    assert stepper("prune", "--force").out == "There was nothing to remove.\n"


def test_prune_does_not_go_ahead_where_nobody_can_answer(
    stepper: Command, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    result = stepper("prune")
    assert result.code == 2
    assert "--force" in result.err
    assert engine.calls == []


@pytest.mark.parametrize(
    ("answer", "removed"), [("y\n", True), ("YES\n", True), ("\n", False), ("no\n", False), ("", False)]
)
def test_prune_asks_first(
    stepper: Command, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch, answer: str, removed: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    result = stepper("prune")
    assert result.code == 0
    assert ("prune" in engine.calls) is removed
    assert ("Nothing was removed." in result.out) is not removed


def test_prune_forgets_what_was_found_in_layers_of_images(stepper: Command) -> None:
    cache = LayerCache(cache_folder())
    cache.store({"sha256:a": LayerContents({})})
    assert stepper("prune", "--force").code == 0
    assert cache.find(["sha256:a"]) is None
