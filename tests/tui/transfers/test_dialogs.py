"""Saving, loading and importing images from the screen."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from stepper.image.compression import Compression
from stepper.tui.transfers.saving import compression_by
from tests.image.layers import file, tar
from tests.tui.harness import WIDE, Bench, press, screen_text, settled, until

ARCHIVE = tar(file("hello", b"hi"))


class Store:
    """An image store that holds one archive; `gate` lets its second half go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.taken: list[tuple[bytes, str | None]] = []

    def save(self, reference: str) -> Iterator[bytes]:
        yield ARCHIVE[:600]
        assert self.gate.wait(20)
        yield ARCHIVE[600:]

    def load(self, archive: Iterable[bytes]) -> Sequence[str]:
        self.taken.append((b"".join(archive), None))
        return ("loaded:1",)

    def import_filesystem(
        self, archive: Iterable[bytes], *, name: str | None, changes: Sequence[str], message: str
    ) -> str:
        self.taken.append((b"".join(archive), name))
        return "sha256:1"

    def close(self) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store()
    monkeypatch.setattr("stepper.tui.transfers.dialog.open_image_store", lambda host: store)
    return store


async def typed(pilot: Pilot[int], text: str, field: str = "transfer-file") -> None:
    """Type into a field of the dialog."""
    found = pilot.app.screen.query_one(f"#{field}", Input)
    found.value = text
    found.focus()
    await pilot.pause()


async def test_the_snapshot_that_is_shown_is_saved_and_replaces_a_file_only_when_asked_twice(
    bench: Bench, store: Store, tmp_path: Path
) -> None:
    target = tmp_path / "x.tar"
    target.write_bytes(b"old")
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "the snapshot after line 3 · RUN make" in screen_text(pilot)
        await typed(pilot, str(target))
        await pilot.press("enter")
        await pilot.pause()
        assert "Enter again replaces it" in screen_text(pilot)
        assert target.read_bytes() == b"old"
        await pilot.press("enter")
        await until(pilot, lambda: target.read_bytes() == ARCHIVE)
        await until(pilot, lambda: "Save as an image" not in screen_text(pilot))


async def test_a_stopped_save_leaves_nothing(bench: Bench, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    store.gate.clear()
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n")
        await pilot.press("ctrl+s")
        await pilot.pause()
        await typed(pilot, str(folder / "x.tar"))
        await pilot.press("enter")
        await until(pilot, lambda: bool(list(folder.iterdir())))
        await pilot.press("escape")
        store.gate.set()
        await until(pilot, lambda: not list(folder.iterdir()))


async def test_an_archive_is_loaded(bench: Bench, store: Store, tmp_path: Path) -> None:
    archive = tmp_path / "in.tar"
    archive.write_bytes(ARCHIVE)
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+o")
        await pilot.pause()
        await typed(pilot, str(tmp_path / "none"))
        await pilot.press("enter")
        await pilot.pause()
        assert "There is no file" in screen_text(pilot)
        await typed(pilot, str(archive))
        await pilot.press("enter")
        await until(pilot, lambda: store.taken == [(ARCHIVE, None)])


async def test_a_filesystem_is_imported_and_a_servers_page_is_not(
    bench: Bench, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page, archive = Path("page"), Path("root.tar")
    page.write_bytes(b"<html>404</html>")
    archive.write_bytes(ARCHIVE)
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("ctrl+t")
        await pilot.pause()
        await typed(pilot, "base:1", "transfer-name")
        await typed(pilot, str(page))
        await pilot.press("enter")
        await until(pilot, lambda: "is a web page" in screen_text(pilot))
        await typed(pilot, str(archive))
        await pilot.press("enter")
        await until(pilot, lambda: store.taken == [(ARCHIVE, "base:1")])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.tar", Compression.NONE),
        ("a.tar.GZ", Compression.GZIP),
        (".zst", Compression.ZSTD),
        ("x.tgz", Compression.GZIP),
    ],
)
def test_the_end_of_a_files_name_says_how_it_is_compressed(name: str, kind: Compression) -> None:
    assert compression_by(Path(name)) is kind
