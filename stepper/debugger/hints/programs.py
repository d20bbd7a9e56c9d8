"""A program that is there and does not start: for another machine, or without what is to interpret it."""

import posixpath
from collections.abc import Iterator

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.debugger.hints.output_names import commands_not_found, files_not_found, wrong_formats
from stepper.image.elf import MAGIC, ElfError, read_elf
from stepper.image.entry import EntryKind
from stepper.text import printable

KIND = "program"
_NOT_STARTED = (126, 127)
_READ_BYTES = 64 * 1024
_LONGEST_LINE = 256


def hints(facts: Facts) -> Iterator[Hint]:
    """What the first bytes of the program say, and whether what they ask for is in the image."""
    names = (
        *wrong_formats(facts.text),
        *commands_not_found(facts.text),
        *files_not_found(facts.text),
        *_not_started(facts),
    )
    for path in dict.fromkeys(filter(None, (_place(name, facts) for name in names))):
        entry = facts.listing[path]
        if entry.kind is not EntryKind.FILE or not entry.size:
            continue
        data = facts.read(path, _READ_BYTES)
        if data.startswith(MAGIC):
            yield from _about_binary(path, data, facts)
        elif data.startswith(b"#!"):
            yield from _about_script(path, data, facts)
    if wrong_formats(facts.text) or "exec format error" in facts.text.lower():
        yield from _about_image(facts)


def _not_started(facts: Facts) -> Iterator[str]:
    """The program of the command that failed without a start, by its exit code: busybox takes a program for another
    machine for a script, and complains of what it reads there.
    """
    runs = facts.record.commands
    if runs and runs[-1].exit_code in _NOT_STARTED and runs[-1].command.program:
        yield runs[-1].command.program


def _place(name: str, facts: Facts) -> str | None:
    if "/" in name:
        return facts.real_path(name)
    places = (facts.real_path(f"{folder.rstrip('/')}/{name}") for folder in facts.search_path)
    return next(filter(None, places), None) or facts.real_path(name)


def _about_binary(path: str, data: bytes, facts: Facts) -> Iterator[Hint]:
    try:
        elf = read_elf(data)
    except ElfError:
        return
    runs = facts.platform.split("/")[1]
    if elf.machine != runs:
        text = f"{printable(path)} is a program for {elf.machine}; the engine runs {runs}"
        yield Hint(KIND, text, step=facts.record.id, path=path)
    elif elf.interpreter and facts.real_path(elf.interpreter) is None:
        text = f"{printable(path)} is started by {printable(elf.interpreter)}, which is not in the image"
        yield Hint(KIND, text, step=facts.record.id, path=path)


def _about_script(path: str, data: bytes, facts: Facts) -> Iterator[Hint]:
    first = data[2 : 2 + _LONGEST_LINE].partition(b"\n")[0].decode("utf-8", "surrogateescape")
    words = first.strip().split()
    if first.endswith("\r"):
        text = f"{printable(path)} has Windows line ends (CRLF): its first line names {printable(first.strip())}\\r"
        yield Hint(KIND, text, step=facts.record.id, path=path)
        return
    if not words:
        return
    missing = words[0] if facts.real_path(words[0]) is None else None
    if missing is None and posixpath.basename(words[0]) == "env":
        called = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), None)
        missing = called if called is not None and _place(called, facts) is None else None
    if missing is not None:
        text = f"{printable(path)} is to be run by {printable(missing)} (its first line), which is not in the image"
        yield Hint(KIND, text, step=facts.record.id, path=path)


def _about_image(facts: Facts) -> Iterator[Hint]:
    runs, built = facts.platform.split("/")[1], facts.config.architecture
    if built and built != runs:
        first = facts.state.stage_steps(facts.record.id.stage)[0]
        text = f"the base image is for {printable(built)}; the engine runs {runs}"
        yield Hint(KIND, text, first.instruction.line)
