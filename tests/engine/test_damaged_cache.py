"""What is damaged in the step cache is a miss."""

import sqlite3
from pathlib import Path

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from tests.engine.conftest import base, execute, marks, succeed

pytestmark = pytest.mark.engine


def test_a_damaged_layer_and_a_damaged_listing_are_made_anew(client: EngineClient, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    first = DockerEngine(client, cache=folder)
    succeed(execute(first, base(first), "echo a > /a"))
    first.close()
    (file,) = [path for path in folder.iterdir() if path.is_file() and b"SQLite" in path.read_bytes()[:16]]
    with sqlite3.connect(file) as database:
        database.execute("UPDATE steps SET layer = x'00'")
        database.execute("UPDATE listings SET listing = x'00'")
    database.close()
    second = DockerEngine(client, cache=folder)
    try:
        outcome = execute(second, base(second), "echo a > /a", use_cache=True)
        assert not outcome.cached
        assert marks(outcome.layer)["/a"] == "+"
        assert "/a" in second.listing(succeed(outcome))
    finally:
        second.prune()
        second.close()
