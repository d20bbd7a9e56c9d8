"""What is told of a COPY or ADD, in words. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.state import StepRecord
from stepper.engine.copy_record import CopiedFile, KeptOut, KeptOutBy, Origin
from stepper.image.entry import Entry, EntryKind
from stepper.text import counted, human_size, printable
from stepper.tui.widgets.change_text import permissions
from stepper.tui.wording import place_text

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport

MOST_LIBRARIES = 4
GONE = "no longer there"


class Line(NamedTuple):
    """A line above the files; `is_warning` makes it stand out. `details` are more words, where there are any."""

    text: str
    is_warning: bool = False
    details: str = ""


def summary_text(report: "CopyReport", record: StepRecord) -> str:
    """`preview of line 12 · 3 files · 12.3 MB · 1 overwritten · 4 kept out`."""
    copied = report.record
    words = [f"preview of {place_text(record)}"] if report.is_preview else []
    if copied.files or not copied.not_fetched:
        words += [counted(len(copied.files), "file"), human_size(copied.size)]
    if copied.overwritten:
        words.append(f"{copied.overwritten:,} overwritten")
    if copied.kept_out:
        words.append(f"{len(copied.kept_out):,} kept out")
    return " · ".join(words)


def lines_above(report: "CopyReport") -> Iterator[Line]:
    """What is to be known before the files: what goes wrong, what is missing, what stays behind."""
    record = report.record
    if record.error is not None:
        yield Line(f"! fails: {printable(record.error)}", is_warning=True)
        if record.hint is not None:
            yield Line(f"  {printable(record.hint)}")
    for binary in report.missing:
        more = len(binary.libraries) - MOST_LIBRARIES
        names = ", ".join(map(printable, binary.libraries[:MOST_LIBRARIES])) + (f" and {more} more" if more > 0 else "")
        yield Line(f"! {printable(binary.path)} needs what is not there: {names}", is_warning=True)
    if report.changed:
        yield Line("! the sources are not any more what they were when it ran", is_warning=True)
    for source in record.not_fetched:
        yield Line(f"… {printable(source)} · not fetched yet")
    if report.taken is not None:
        taken = report.taken
        took, left, source = human_size(taken.taken), human_size(taken.left), printable(taken.source)
        yield Line(
            f"takes {took} of {source}, leaves {left}",
            details=f"The COPYs of {printable(taken.stage)} take {took} of the {human_size(taken.total)} that are in "
            f"{source} at its end, its base image included, and leave {left} there.",
        )


def size_text(entry: Entry) -> str:
    """The size of a file, of others what they are."""
    if entry.kind is EntryKind.FILE:
        return human_size(entry.size)
    words = {EntryKind.SYMLINK: "link", EntryKind.DIRECTORY: "folder", EntryKind.FIFO: "pipe"}
    return words.get(entry.kind, "device")


def source_text(file: CopiedFile) -> str:
    """Where a file is from, with what its source is where that is no plain file."""
    source = printable(file.source) if file.source else GONE
    return source if file.origin is Origin.FILE else f"{source} ({file.origin.value})"


def rule_text(kept: KeptOut) -> str:
    """`ignore file:3 *.md`, `--exclude *.md`, `glob src/*.go`."""
    place = f":{kept.line}" if kept.by is KeptOutBy.IGNORE_FILE and kept.line else ""
    return f"{kept.by.value}{place} {printable(kept.rule)}"


def maker_text(report: "CopyReport", file: CopiedFile) -> str:
    """The step of the source stage that made a file, in a word or two; "" where the source is no stage."""
    maker = report.maker(file)
    if maker is None:
        return ""
    return "base" if maker is report.source_base else place_text(maker)


def file_details(report: "CopyReport", file: CopiedFile) -> str:
    """All that is known of a copied file, on a few lines."""
    lines = [f"{source_text(file)} → {printable(file.destination)}", _entry_text(file.entry)]
    if file.before is not None:
        lines[-1] += f" · takes the place of {_entry_text(file.before)}"
    maker = report.maker(file)
    if maker is not None and maker is report.source_base:
        lines.append(f"from the base image of {printable(report.source_name)}, {_step_text(maker)}")
    elif maker is not None:
        lines.append(f"made in {printable(report.source_name)} at {_step_text(maker)}")
    return "\n".join(lines)


def kept_out_details(kept: KeptOut) -> str:
    """All that is known of what is kept out."""
    below = " and all below it" if kept.entry.kind is EntryKind.DIRECTORY else ""
    return f"{printable(kept.path)}{below}\nkept out by {rule_text(kept)}"


def _entry_text(entry: Entry) -> str:
    return f"{permissions(entry)} {entry.uid}:{entry.gid} {size_text(entry)}"


def _step_text(record: StepRecord) -> str:
    return printable(f"{place_text(record)} · {' '.join(record.instruction.text.split())}")
