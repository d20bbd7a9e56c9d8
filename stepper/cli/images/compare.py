"""`stepper compare`: images and snapshots of a build side by side, and the files in which the first two differ."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stepper.cli.console import Console, fit
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.layers import has_terminal
from stepper.cli.images.layers_json import CHANGES, change_fields
from stepper.cli.images.shown_transfer import shown_transfer
from stepper.cli.images.source import OpenImages, SourceImage, check_source, read_source
from stepper.cli.images.subjects import Subjects, image_name
from stepper.engine.protocol import Engine
from stepper.errors import UsageError
from stepper.image.comparison import Compared, Comparison, Growth, compare_images
from stepper.image.config_diff import ConfigRow
from stepper.image.entry import EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from stepper.text import human_size, printable

_NAME = 22
_MOST_FOLDERS = 20
_FOLDER_DEPTH = 2

_FIGURES: tuple[tuple[str, Callable[[Compared], int], bool], ...] = (
    ("size", lambda image: image.analysis.size, True),
    ("layers", lambda image: len(image.analysis.contents), False),
    ("files", lambda image: image.files, False),
    ("unreachable", lambda image: image.analysis.stack.unreachable, True),
    ("largest layer", lambda image: image.largest_layer, True),
)


def compare(parsed: argparse.Namespace, images_of: OpenImages, connect: Callable[[], Engine]) -> int:
    """Open the screen that compares images and snapshots, or tell how they differ on standard output.

    `connect` opens the engine for the files that are looked at on the screen. Raises `StepperError` for what cannot be
    had or read.
    """
    written: list[str] = parsed.subjects
    if len(written) < 2:
        raise UsageError("one image cannot be compared", hint="Name two or more.")
    if parsed.tag or parsed.iidfile:
        raise UsageError("-t and --iidfile mean nothing here", hint="`stepper save` names a snapshot.")
    images = _read(parsed, written, images_of)
    found = compare_images([Compared(name, image.analysis) for name, image in zip(written, images, strict=True)])
    if parsed.json:
        print(json.dumps(_document(found)))
    elif parsed.text or not has_terminal():
        _write(Console.of(sys.stdout), found)
    else:
        from stepper.cli.images.image_files import ImageFiles
        from stepper.tui.comparing.app import run_comparison

        with ImageFiles(connect, images_of) as files:
            run_comparison(found, (files.of(images[0]), files.of(images[1])))
    return ExitCode.BUILT


def _read(parsed: argparse.Namespace, written: Sequence[str], images_of: OpenImages) -> list[SourceImage]:
    """The images of all names, those of the build's snapshots made first; nothing is built where another is missing."""
    with Subjects(parsed, strict=False) as subjects:
        snapshots = [subjects.find(name) for name in written]
        for name, snapshot in zip(written, snapshots, strict=True):
            if snapshot is None:
                check_source(image_name(name), images_of)
        built = [subjects.image(snapshot) if snapshot is not None else None for snapshot in snapshots]
    found = []
    for name, image in zip(written, built, strict=True):
        source = image_name(name) if image is None else image.id
        with shown_transfer(f"reading {printable(name)}") as transfer:
            found.append(read_source(source, None, images_of, through=transfer.through))
    return found


def _document(found: Comparison) -> dict[str, Any]:
    return {
        "images": [
            {
                "source": image.name,
                "names": list(image.analysis.names),
                "platform": image.analysis.platform,
                "bytes": image.analysis.size,
                "files": image.files,
                "unreachable_bytes": image.analysis.stack.unreachable,
                "efficiency": image.analysis.dive.efficiency,
                "layers": [{"instruction": layer.instruction, "bytes": layer.size} for layer in image.analysis.layers],
            }
            for image in found.images
        ],
        "configuration": [
            {"setting": row.section, "name": row.name, "change": CHANGES[row.kind], "value": row.value, "old": row.old}
            for row in found.settings
            if row.kind is not None
        ],
        "differences": [change_fields(change) for change in found.changes.changes],
    }


def _write(console: Console, found: Comparison) -> None:
    names = [printable(image.name) for image in found.images]
    console.line(f"{'':14}" + "".join(console.style(fit(name, _NAME), "bold") + "  " for name in names).rstrip())
    for label, figure, is_size in _FIGURES:
        values = [figure(image) for image in found.images]
        shown = [_figure(value, values[0], is_size=is_size) for value in values]
        console.line(f"{label:<14}" + "".join(fit(text, _NAME) + "  " for text in shown).rstrip())
    shares = [f"{image.analysis.dive.efficiency:.2%}" for image in found.images]
    console.line(f"{'efficiency':<14}" + "".join(fit(text, _NAME) + "  " for text in shares).rstrip())
    for image in found.images:
        _write_layers(console, image)
    if found.settings:
        console.line()
        console.line(console.style(f"configuration, {names[0]} to {names[1]}", "bold"))
        for row in found.settings:
            console.line(f"  {_setting(row)}")
    console.line()
    others = found.changes.without_times
    counts = ", ".join(f"{others.count(kind):,} {CHANGES[kind]}" for kind in ChangeKind)
    times = f", {found.changes.time_only:,} time only" if found.changes.time_only else ""
    console.line(f"{console.style(f'files, {names[0]} to {names[1]}', 'bold')}: {counts}{times}")
    _write_folders(console, others)
    console.flush()


def _write_layers(console: Console, image: Compared) -> None:
    console.line()
    console.line(console.style(f"layers of {printable(image.name)}", "bold"))
    for layer in image.analysis.layers:
        told = printable(" ".join((layer.instruction or layer.comment).split())) or "(nothing is known of it)"
        console.line(f"  {human_size(layer.size):>10}  {fit(told, max(20, console.width - 14)).rstrip()}")


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
    growth = Growth()
    for change in changes.changes:
        parts = change.path.split("/")[1:]
        above = parts if _is_folder(change) else parts[:-1]
        folder = folders.setdefault("/" + "/".join(above[:_FOLDER_DEPTH]), _Folder())
        folder.counts[change.kind] += 1
        folder.growth += growth.of(change)
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


def _is_folder(change: Change) -> bool:
    entry = change.after or change.before
    return entry is not None and entry.kind is EntryKind.DIRECTORY
