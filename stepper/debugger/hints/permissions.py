"""A path that the command was not allowed to use: its mode and owner, and the user that the step runs as."""

import posixpath
import stat
from collections.abc import Iterator

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.debugger.hints.output_names import paths_denied
from stepper.errors import StepperError
from stepper.image.entry import Entry, EntryKind
from stepper.text import printable

KIND = "permission"
_MOST_NAMES = 3
_EXECUTABLE = 0o111
_PASSWORDS = "/etc/passwd"
_READ_BYTES = 1 << 20


def hints(facts: Facts) -> Iterator[Hint]:
    """The first few paths; of one that is not there the folder that it would be in."""
    for name in paths_denied(facts.text)[:_MOST_NAMES]:
        path = facts.absolute(name)
        found = facts.real_path(path)
        entry = facts.listing[found] if found is not None else None
        if found is None or entry is None:
            yield from _about_parent(path, facts)
        elif entry.kind is EntryKind.FILE and not entry.mode & _EXECUTABLE and _was_started(facts, name):
            text = f"{printable(found)} is not executable: {_said(entry)}"
            yield Hint(KIND, text, step=facts.record.id, path=found)
        elif not _is_root(facts.config.user):
            text = f"{printable(found)} is {_said(entry)}, and the step runs as {_user(facts)}"
            yield Hint(KIND, text, _user_line(facts), facts.record.id, found)


def _was_started(facts: Facts, name: str) -> bool:
    return facts.failure.exit_code == 126 or f"exec: {name}" in facts.text or f'exec: "{name}"' in facts.text


def _about_parent(path: str, facts: Facts) -> Iterator[Hint]:
    if _is_root(facts.config.user):
        return
    parent = posixpath.dirname(path)
    while parent != "/" and facts.real_path(parent) is None:
        parent = posixpath.dirname(parent)
    entry = facts.entry(parent)
    if entry is not None:
        text = f"{printable(path)} would be made in {printable(parent)}, which is {_said(entry)}; "
        yield Hint(KIND, f"{text}the step runs as {_user(facts)}", _user_line(facts), facts.record.id, parent)


def _said(entry: Entry) -> str:
    letters = stat.filemode({EntryKind.DIRECTORY: stat.S_IFDIR}.get(entry.kind, stat.S_IFREG) | entry.mode)
    return f"{letters} of {entry.uid}:{entry.gid}"


def _is_root(user: str) -> bool:
    return user.partition(":")[0] in ("", "0", "root")


def _user(facts: Facts) -> str:
    """`app (1000:1000)`, as /etc/passwd has it."""
    name = facts.config.user.partition(":")[0]
    try:
        lines = facts.read(_PASSWORDS, _READ_BYTES).decode("utf-8", "replace").splitlines()
    except StepperError:
        lines = []
    for fields in (line.split(":") for line in lines):
        if len(fields) > 3 and name in (fields[0], fields[2]):
            return f"{printable(fields[0])} ({fields[2]}:{fields[3]})"
    return printable(facts.config.user)


def _user_line(facts: Facts) -> int | None:
    """The USER that is in force; None where the base image has it."""
    records = [
        record
        for record in facts.state.stage_steps(facts.record.id.stage)
        if record.id < facts.record.id and record.instruction.keyword == "USER"
    ]
    return records[-1].instruction.line if records else None
