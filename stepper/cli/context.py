"""`stepper context`: the build context as the engine sees it, for people and for programs. Needs no engine."""

import json
import sys
from collections.abc import Iterator

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.debugger.context_report import ContextPath, ContextReport, Total, context_report
from stepper.debugger.options import BuildOptions
from stepper.image.entry import EntryKind
from stepper.text import human_size, printable

_SIZE_CELLS = 9


def show_context(options: BuildOptions, *, by_size: bool, as_json: bool) -> int:
    """Print what of the context's folder is included and what is not, with the rule that decided; the exit code.

    Raises `StepperError` where the files cannot be read.
    """
    report = context_report(options)
    if as_json:
        _write_json(report)
    else:
        _write_text(Console.of(sys.stdout), report, by_size=by_size)
    return ExitCode.BUILT


def _write_text(console: Console, report: ContextReport, *, by_size: bool) -> None:
    ignore_name = printable(report.ignore_name)
    rows = _rows(report)
    if by_size:
        rows.sort(key=lambda row: -row[1])
    for path, size, below in rows:
        name = printable(path.path[1:]) + ("/" if not path.is_file else "")
        line = f"{human_size(size):>{_SIZE_CELLS}}  {name}"
        if path.is_included:
            console.line(f"{console.style('+', 'green')} {line}")
            continue
        why = f"{ignore_name}:{path.rule.line} {printable(path.rule.text)}" if path.rule is not None else ""
        count = f" ({_files_text(below)})" if not path.is_file else ""
        console.line(f"{console.style('-', 'red')} {line}{count}  {console.style(why, 'dim')}")
    console.line()
    for total in report.rules:
        rule = f"{ignore_name}:{total.rule.line} {printable(total.rule.text)}"
        console.line(f"{rule} ignores {_total_text(total.total)}")
    console.line(f"{console.style('included', 'bold')}  {_total_text(report.included)}")
    console.line(f"{console.style('ignored', 'bold')}   {_total_text(report.ignored)}")
    console.flush()


def _rows(report: ContextReport) -> list[tuple[ContextPath, int, int]]:
    """Files that are included, and what is not: a directory of which nothing is as one, with all that is below it."""
    rows: list[tuple[ContextPath, int, int]] = []
    top: ContextPath | None = None
    size = count = 0
    for path in report.paths:
        if top is not None and path.path.startswith(f"{top.path}/"):
            size += path.entry.size if path.entry.kind is EntryKind.FILE else 0
            count += path.is_file
            continue
        if top is not None:
            rows.append((top, size, count))
            top = None
        if path.is_file:
            rows.append((path, path.entry.size if path.entry.kind is EntryKind.FILE else 0, 1))
        elif not path.is_included:
            top, size, count = path, 0, 0
    if top is not None:
        rows.append((top, size, count))
    return rows


def _total_text(total: Total) -> str:
    return f"{_files_text(total.files)}, {human_size(total.size)}"


def _files_text(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"


def _write_json(report: ContextReport) -> None:
    """One JSON object a line, ASCII only; names that are no UTF-8 have their bytes as surrogate escapes."""
    for fields in _events(report):
        print(json.dumps(fields))


def _events(report: ContextReport) -> Iterator[dict[str, object]]:
    for path in report.paths:
        rule = {"line": path.rule.line, "text": path.rule.text} if path.rule is not None else None
        yield {
            "event": "context.path",
            "path": path.path[1:],
            "kind": path.entry.kind.name.lower(),
            "size": path.entry.size if path.entry.kind is EntryKind.FILE else 0,
            "included": path.is_included,
            "rule": rule,
        }
    yield {
        "event": "context.finished",
        "folder": str(report.folder),
        "ignore_file": report.ignore_name or None,
        "included": report.included._asdict(),
        "ignored": report.ignored._asdict(),
    }
