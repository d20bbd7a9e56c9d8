"""Steps where no toolbox is to be had: with what the image itself has, and with what the engine tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.client import EngineClient
from stepper.engine.configuration import scratch_config
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.engine_changes import entry_of_stat
from stepper.engine.step import Snapshot
from stepper.errors import EngineError
from stepper.image.entry import Entry, EntryKind
from tests.engine.conftest import Printed, base, execute, marks, run, silent, succeed

NO_IMAGE = "stepper-test/no-such-toolbox:1"


@pytest.fixture
def bare(client: EngineClient, tmp_path: Path) -> Iterator[DockerEngine]:
    """An engine whose toolbox image cannot be had."""
    stepper = DockerEngine(client, cache=tmp_path / "cache", toolbox_image=NO_IMAGE)
    yield stepper
    stepper.prune()
    stepper.close()


@pytest.mark.engine
def test_the_image_s_own_programs_serve(bare: DockerEngine) -> None:
    printed = Printed()
    first = execute(bare, base(bare), "echo 1 >/f; ln -s f /l; sleep 100 & echo out", report=printed)
    assert printed.stdout == b"out\n"
    assert marks(first.layer) == {"/": "~", "/f": "+", "/l": "+"}
    assert first.layer is not None
    assert {change.path: change.after.target for change in first.layer.changes if change.after}["/l"] == "f"
    second = execute(bare, succeed(first), "rm /f; exit 3")
    assert second.failure is not None
    assert second.failure.exit_code == 3
    assert marks(second.layer) == {"/": "~", "/f": "-"}


@pytest.mark.engine
def test_without_programs_to_list_files_the_engine_tells_the_changes(bare: DockerEngine) -> None:
    poor = succeed(execute(bare, base(bare), "rm /bin/find /bin/xargs /usr/bin/find /usr/bin/xargs 2>/dev/null; true"))
    outcome = execute(bare, poor, "echo 12 >/f; mkdir /d; ln -s f /l; rm /bin/ls")
    found = marks(outcome.layer)
    assert {path: found[path] for path in ("/f", "/d", "/l", "/bin/ls")} == {
        "/f": "+", "/d": "+", "/l": "+", "/bin/ls": "-"
    }  # fmt: skip
    assert outcome.layer is not None
    entries = {change.path: change.after for change in outcome.layer.changes}
    assert (entries["/f"] or entries["/d"], outcome.size) == (entries["/f"], 3)
    directory, link = entries["/d"], entries["/l"]
    assert directory is not None
    assert directory.kind is EntryKind.DIRECTORY
    assert link is not None
    assert (link.kind, link.target) == (EntryKind.SYMLINK, "f")
    succeed(outcome)


@pytest.mark.engine
def test_an_image_without_a_shell_says_what_is_needed(bare: DockerEngine) -> None:
    scratch = Snapshot(None, scratch_config(bare.info.platform))
    with pytest.raises(EngineError) as raised:
        bare.execute(run("true"), scratch, report=silent)
    assert "shell" in raised.value.message
    assert raised.value.hint is not None
    assert "busybox" in raised.value.hint


@pytest.mark.parametrize(
    ("mode", "kind", "bits"),
    [
        (0o644, EntryKind.FILE, 0o644),
        ((1 << 31) | 0o755, EntryKind.DIRECTORY, 0o755),
        ((1 << 27) | 0o777, EntryKind.SYMLINK, 0o777),
        ((1 << 26) | (1 << 21) | 0o600, EntryKind.CHARACTER_DEVICE, 0o600),
        ((1 << 26) | 0o600, EntryKind.BLOCK_DEVICE, 0o600),
        ((1 << 23) | 0o755, EntryKind.FILE, 0o4755),
        ((1 << 31) | (1 << 20) | 0o777, EntryKind.DIRECTORY, 0o1777),
    ],
)
def test_go_s_file_modes(mode: int, kind: EntryKind, bits: int) -> None:
    entry = entry_of_stat({"mode": mode, "size": 9, "mtime": "2024-01-02T03:04:05.5+01:00", "linkTarget": ""})
    assert (entry.kind, entry.mode, entry.size) == (kind, bits, 9 if kind is EntryKind.FILE else 0)
    assert entry.mtime_ns == 1704161045_500000000


def test_a_stat_without_a_fraction() -> None:
    stat = {"mode": 0o600, "size": 1, "mtime": "2024-01-02T02:04:05Z", "linkTarget": ""}
    assert entry_of_stat(stat) == Entry(EntryKind.FILE, 0o600, 0, 0, 1, 1704161045 * 10**9)
