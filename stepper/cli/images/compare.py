"""`stepper compare`: finished images side by side, and the files in which the first two differ."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stepper.cli.console import Console, fit
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.layers_json import CHANGES, change_fields
from stepper.cli.images.source import OpenImages, read_image
from stepper.errors import UsageError
from stepper.image.analysis import ImageAnalysis
from stepper.image.comparison import differences, final_digests
from stepper.image.config_diff import ConfigRow, config_changes
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.text import human_size, printable

_NAME = 22
_MOST_FOLDERS = 20
_FOLDER_DEPTH = 2


def _files(image: ImageAnalysis) -> int:
    return sum(entry.kind is EntryKind.FILE for entry in image.stack.listing.values())


_FIGURES: tuple[tuple[str, Callable[[ImageAnalysis], int], bool], ...] = (
    ("size", lambda image: image.size, True),
    ("layers", lambda image: len(image.contents), False),
    ("files", _files, False),
    ("unreachable", lambda image: image.stack.unreachable, True),
    ("largest layer", lambda image: max((contents.size for contents in image.contents), default=0), True),
)


def compare(parsed: argparse.Namespace, images_of: OpenImages) -> int:
    """Tell how images differ, on standard output. Raises `StepperError` for one that cannot be had or read."""
    written: list[str] = parsed.image_sources
    if len(written) < 2:
        raise UsageError("one image cannot be compared", hint="Name two or more.")
    images = [read_image(source, None, images_of) for source in written]
    first, second = images[:2]
    changes = differences(
        first.stack.listing,
        second.stack.listing,
        final_digests(first.contents, first.stack),
        final_digests(second.contents, second.stack),
    )
    settings = [row for row in config_changes(first.config, second.config) if row.kind is not None]
    if parsed.json:
        print(json.dumps(_document(written, images, settings, changes)))
    else:
        _write(Console.of(sys.stdout), written, images, settings, changes)
    return ExitCode.BUILT


def _document(
    written: Sequence[str], images: Sequence[ImageAnalysis], settings: Sequence[ConfigRow], changes: Layer
) -> dict[str, Any]:
    return {
        "images": [
            {
                "source": source,
                "names": list(image.names),
                "platform": image.platform,
                "bytes": image.size,
                "files": _files(image),
                "unreachable_bytes": image.stack.unreachable,
                "efficiency": image.dive.efficiency,
                "layers": [{"instruction": layer.instruction, "bytes": layer.size} for layer in image.layers],
            }
            for source, image in zip(written, images, strict=True)
        ],
        "configuration": [
            {"setting": row.section, "name": row.name, "change": CHANGES[row.kind], "value": row.value, "old": row.old}
            for row in settings
            if row.kind is not None
        ],
        "differences": [change_fields(change) for change in changes.changes],
    }


def _write(
    console: Console,
    written: Sequence[str],
    images: Sequence[ImageAnalysis],
    settings: Sequence[ConfigRow],
    changes: Layer,
) -> None:
    names = [printable(source) for source in written]
    console.line(f"{'':14}" + "".join(console.style(fit(name, _NAME), "bold") + "  " for name in names).rstrip())
    for label, figure, is_size in _FIGURES:
        values = [figure(image) for image in images]
        shown = [_figure(value, values[0], is_size=is_size) for value in values]
        console.line(f"{label:<14}" + "".join(fit(text, _NAME) + "  " for text in shown).rstrip())
    shares = [f"{image.dive.efficiency:.2%}" for image in images]
    console.line(f"{'efficiency':<14}" + "".join(fit(text, _NAME) + "  " for text in shares).rstrip())
    if settings:
        console.line()
        console.line(console.style(f"configuration, {names[0]} to {names[1]}", "bold"))
        for row in settings:
            console.line(f"  {_setting(row)}")
    console.line()
    counts = ", ".join(f"{changes.count(kind):,} {CHANGES[kind]}" for kind in ChangeKind)
    console.line(f"{console.style(f'files, {names[0]} to {names[1]}', 'bold')}: {counts}")
    _write_folders(console, changes)
    console.flush()


def _figure(value: int, first: int, *, is_size: bool) -> str:
    text = human_size(value) if is_size else f"{value:,}"
    if value == first:
        return text
    change = human_size(value - first, signed=True) if is_size else f"{value - first:+,}"
    return f"{text} ({change})"


def _setting(row: ConfigRow) -> str:
    assert row.kind is not None, "only what changed is told"
    name = " ".join(part for part in (row.section, printable(row.name)) if part)
    if row.kind is ChangeKind.MODIFIED:
        return f"~ {name} {printable(row.old or '')} -> {printable(row.value)}"
    value = printable(row.value if row.kind is ChangeKind.ADDED else row.old or "")
    return f"{row.kind.value} {name} {value}".rstrip()


def _write_folders(console: Console, changes: Layer) -> None:
    """The folders that differ most, with the bytes by which they do."""
    folders: dict[str, _Folder] = {}
    counted = _Counted()
    for change in changes.changes:
        parts = change.path.split("/")[1:]
        above = parts if _is_folder(change) else parts[:-1]
        folder = folders.setdefault("/" + "/".join(above[:_FOLDER_DEPTH]), _Folder())
        folder.counts[change.kind] += 1
        folder.growth += counted.growth(change)
    told = sorted(folders.items(), key=lambda item: (-abs(item[1].growth), item[0]))
    for path, folder in told[:_MOST_FOLDERS]:
        counts = " ".join(f"{kind.value}{count:,}" for kind, count in folder.counts.items() if count)
        name = printable(path if path == "/" else path + "/")
        console.line(f"  {human_size(folder.growth, signed=True):>10}  {fit(name, 40)}  {counts}")
    if len(told) > _MOST_FOLDERS:
        console.line(f"  and {len(told) - _MOST_FOLDERS:,} more folders; --json lists every path")


@dataclass
class _Folder:
    """How a folder differs: the paths by what happened to them, and by how much the second has more bytes."""

    counts: dict[ChangeKind, int] = field(default_factory=lambda: dict.fromkeys(ChangeKind, 0))
    growth: int = 0


@dataclass
class _Counted:
    """Files with several names, by inode, whose bytes are counted already: in the first image, in the second."""

    before: set[int] = field(default_factory=set)
    after: set[int] = field(default_factory=set)

    def growth(self, change: Change) -> int:
        """By how many bytes the second image has more of this path."""
        return self._size(change.after, self.after) - self._size(change.before, self.before)

    def _size(self, entry: Entry | None, counted: set[int]) -> int:
        if entry is None or entry.kind is not EntryKind.FILE or entry.inode in counted:
            return 0
        if entry.inode:
            counted.add(entry.inode)
        return entry.size


def _is_folder(change: Change) -> bool:
    entry = change.after or change.before
    return entry is not None and entry.kind is EntryKind.DIRECTORY
