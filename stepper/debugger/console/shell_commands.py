"""Which commands of a shell are offered to be kept, and the RUN that they become. Pure."""

import re
from collections.abc import Collection, Sequence

from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.dockerfile.shell.commands import Joint
from stepper.dockerfile.shell.split import split
from stepper.engine.protocol import EnteredCommand
from stepper.frozen import frozen

_BASH = ("/bin/bash", "-c")
_ONLY_IN_BASH = re.compile(
    r"\{[^{}\s]*(,|\.\.)[^{}\s]*\}|\[\[|<\(|>\(|&>|\|&|<<<|\$'|\$\{\w+(\[|[/^,@]|:[\d ])|=\(|\(\("
    r"|(^|[;&|(\s])(source|pushd|popd|declare|typeset|shopt|function|mapfile|readarray|let|select|local|type)\s"
    r"|(^|[;&|(\s])echo\s+-[neE]+\s|\btest\s.*==|\[\s.*==|\bread\s+-[^r]|\bprintf\s+(-v|.*%q)|\bset\s+-o\s+pipefail"
)
"""What bash reads in another way than sh, or sh not at all."""
LONGEST_LINE = 100


@frozen
class Offered:
    """A command that was entered. `remark` is why it is not to be kept by default; "" where it is.

    What cannot be kept at all `is_refused`.
    """

    command: EnteredCommand
    remark: str = ""
    is_refused: bool = False


def offered(commands: Sequence[EnteredCommand], own: Collection[str], no_run: str = "") -> tuple[Offered, ...]:
    """What can be kept of the commands of a shell: nothing with `no_run`, why no RUN can be run there.

    `own` are those that run the step that it was opened at.
    """
    if no_run:
        return tuple(Offered(command, "no RUN can be run here", is_refused=True) for command in commands)
    return tuple(_offered(command, own) for command in commands)


def _offered(command: EnteredCommand, own: Collection[str]) -> Offered:
    if command.has_secret:
        return Offered(command, "names a secret", is_refused=True)
    if "\0" in command.text or "\r" in command.text:
        return Offered(command, "cannot be written into a Dockerfile", is_refused=True)
    if command.exit_code != 0:
        code = "not known" if command.exit_code is None else command.exit_code
        return Offered(command, f"exit code {code}")
    if command.typed_into:
        return Offered(command, "was typed into: a RUN has no keyboard")
    if command.has_alias:
        return Offered(command, "is an alias of the shell")
    if command.text in own:
        return Offered(command, "is the step's own")
    return Offered(command)


def instruction(texts: Sequence[str], *, flags: Sequence[str], shell: Sequence[str], is_bash: bool) -> str:
    """The RUN of these commands, in one shell, which ends at the first that fails.

    A line joined by `&&` where that says the same, else a heredoc: with bash for its interpreter where the commands are
    for bash and the words of SHELL, `shell`, are another one's.
    """
    keyword = " ".join(("RUN", *flags))
    runs_bash = bool(shell) and shell[0].rpartition("/")[2] == "bash"
    needs_bash = is_bash and not runs_bash and not all(map(_is_portable, texts))
    parts = [_part(text, len(texts) > 1) for text in texts]
    if not needs_bash and all(parts):
        line = f"{keyword} {' && '.join(part for part in parts if part)}"
        if len(texts) == 1 or len(line) <= LONGEST_LINE:
            return line
    lines = [*(["#!/bin/bash"] if needs_bash else []), "set -e", *texts]
    mark = _mark({line for text in texts for line in text.split("\n")})
    return "\n".join((f"{keyword} <<{mark}", *lines, mark))


def _part(text: str, is_joined: bool) -> str | None:
    """A command as it stands in a list of `&&`; None for one that cannot."""
    if "\n" in text or "<<" in text or text.endswith("\\"):
        return None
    found = split(text, _BASH)
    if not found.commands or any(each.in_background for each in found.commands):
        return None
    rest = text[found.commands[-1].end :].strip()
    if rest not in ("", ";") or "#" in text[: found.commands[0].start]:
        return None
    text = text[: found.commands[-1].end].strip()
    is_list = any(each.joint is not Joint.AND for each in found.commands[1:])
    return f"{{ {text}; }}" if is_list and is_joined else text


def _is_portable(text: str) -> bool:
    """Whether sh surely does with a command what bash does."""
    return _ONLY_IN_BASH.search(text) is None and bool(split(text, DEFAULT_SHELL).commands)


def _mark(lines: Collection[str]) -> str:
    """The mark of a heredoc that is none of its lines."""
    number = 1
    while (mark := "EOF" if number == 1 else f"EOF{number}") in lines:
        number += 1
    return mark
