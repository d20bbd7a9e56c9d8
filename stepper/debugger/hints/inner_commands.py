"""A RUN that failed in a loop, a function or the like: which of the commands in it that was, as far as can be told.

The shell tells the exit code of the whole alone. What was printed last most often begins with the name of a program,
and an `exit` names its code.
"""

import posixpath
import re
from collections.abc import Iterator, Sequence

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.debugger.run_commands import line_of, split_of, title_of
from stepper.dockerfile.shell.commands import Compound, Inner
from stepper.dockerfile.shell.split import Split
from stepper.terminal_text import remove_styles
from stepper.text import printable

KIND = "inner command"
_LAST_LINES = 8
_SPEAKER = re.compile(r"(?:\S*sh: (?:line )?(?:\d+: )?)?(\S+?)(?:\[\d+\])?(?: ERR!|: )")
"""`cp: cannot …`, `make[1]: …`, `npm ERR! …`, and what a shell says of a program: `/bin/sh: 1: cc: not found`."""
_OTHER_NAMES = {"E": ("apt", "apt-get")}
"""Programs that begin their errors with something else than their name."""
_SHORTEST_WORD = 3


def hints(facts: Facts) -> Iterator[Hint]:
    """At most one, of the command that the script ended with."""
    commands = facts.record.commands
    found = split_of(facts.record)
    if not commands or not commands[-1].exit_code or commands[-1].number >= len(found.commands):
        return
    command = found.commands[commands[-1].number]
    if command.compound is None or len(command.inner) < 2:
        return
    what = "function" if command.compound is Compound.CALL else command.compound.value.partition(" ")[2]
    inner, why = _culprit(found, command.inner, commands[-1].exit_code, facts.record.last_output)
    if inner is None:
        text = f"the {what} is run as one command: which of the {len(command.inner)} in it failed is not known"
        yield Hint(KIND, text, facts.failure.line)
        return
    line = line_of(facts.state.dockerfile, facts.record.instruction, inner)
    shown = printable(title_of(found.script[inner.start : inner.end]))
    place = f" on line {line}" if line is not None else ""
    yield Hint(KIND, f"in the {what} it likely was `{shown}`{place}: {why}", line)


def _culprit(found: Split, inner: Sequence[Inner], code: int, output: str) -> tuple[Inner | None, str]:
    """The command inside that failed most likely, and why it is taken for that."""
    lines = [line.strip() for line in remove_styles(output).splitlines() if line.strip()]
    for line in reversed(lines[-_LAST_LINES:]):
        speaker = _SPEAKER.match(line)
        if speaker is None:
            continue
        names = _OTHER_NAMES.get(speaker[1], (posixpath.basename(speaker[1]),))
        named = [each for each in inner if each.program and posixpath.basename(each.program) in names]
        if len(named) > 1:
            named = [each for each in named if _shares_a_word(found.script[each.start : each.end], line)] or named
        if len(named) == 1:
            return named[0], f"the last that was printed is `{printable(line)}`"
        if named:
            break
    ends = [
        each
        for each in inner
        if found.script[each.start : each.end].split() in (["exit", str(code)], ["return", str(code)])
    ]
    if len(ends) == 1:
        return ends[0], f"it gives the exit code {code}"
    return None, ""


def _shares_a_word(command: str, line: str) -> bool:
    words = re.findall(r"[\w./-]+", command)[1:]
    return any(len(word) >= _SHORTEST_WORD and word in line for word in words)
