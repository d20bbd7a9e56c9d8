"""The official parser's answer and ours in one shape, so that they can be compared.

The official parser is the Go code of BuildKit 0.12.5, as PyPI's `dockerfile` 3.4.0 binds it. It gives the instructions,
flags, words, JSON forms, line spans and heredoc bodies; it does not give directives, comments, whether a heredoc's name
is quoted, the heredocs of an ONBUILD, and the flags of its trigger. It accepts unknown instructions and an ONBUILD of
an ONBUILD, which a later stage of BuildKit rejects. What BuildKit has changed since is in `has_changed_since`.
"""

import re
from dataclasses import dataclass

import dockerfile

from stepper.dockerfile.instructions import read_instructions
from stepper.dockerfile.model import Flag, Instruction
from stepper.dockerfile.whitespace import SPACE
from stepper.errors import DockerfileError

_KNOWN = frozenset(dockerfile.all_cmds())


@dataclass(frozen=True)
class Parsed:
    """One instruction; `trigger` is the keyword that an ONBUILD registers, `words` and `json_form` are then its own."""

    keyword: str
    trigger: str | None
    line: int
    end_line: int
    text: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    json_form: bool
    heredocs: tuple[tuple[str, int, str], ...]


def official(text: str) -> tuple[Parsed, ...] | None:
    """What the official parser says, or None where it rejects the text.

    Raises UnicodeDecodeError where it cuts a character in two, which the binding cannot hand over.
    """
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return None
    if any((c.cmd or "").lower() not in _KNOWN or (c.sub_cmd or "").lower() == "onbuild" for c in commands):
        return None
    return tuple(
        Parsed(
            keyword=command.cmd.upper(),
            trigger=command.sub_cmd and command.sub_cmd.upper(),
            line=command.start_line,
            end_line=command.end_line,
            text=command.original.split("\n")[0].strip(SPACE),
            flags=command.flags,
            words=() if _is_unknown(command.sub_cmd) else command.value,
            json_form=command.json,
            heredocs=tuple((h.name, h.file_descriptor, h.content) for h in command.heredocs),
        )
        for command in commands
    )


def ours(text: str) -> tuple[Parsed, ...] | None:
    """What Stepper's parser says, or None where it rejects the text."""
    try:
        instructions, _ = read_instructions(text.removeprefix("\ufeff"), "Dockerfile")
    except DockerfileError:
        return None
    return tuple(_parsed(instruction) for instruction in instructions)


def has_changed_since(text: str) -> bool:
    """Whether the text has something that today's BuildKit reads in another way than the official parser at hand.

    - `# check=` is a directive now; it used to end the directives.
    - Text after a JSON array makes it a shell form now; it used to be dropped.
    - `<< EOF` is a heredoc now, with the white space.
    - The escape character of flags is that of the `escape` directive now; it used to be the backslash.
    - `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}` can be read now; a line with one had no heredocs.
    - What stands before `${name:-word}` and touches it is lost when heredocs are looked for.
    """
    return (
        re.search(r"(?im)^\s*#\s*check\s*=", text) is not None
        or re.search(r"(?a)\][^\n]*\S", text) is not None
        or re.search(r"<<[ \t\r\\`]", text) is not None
        or (re.search(r"(?i)#\s*escape\s*=\s*`", text) is not None and re.search(r"--[^\n]*[\\`]", text) is not None)
        or re.search(r"\$\{[^}\n]*[#%/]", text) is not None
        or ("<<" in text and re.search(r"\$\{[^}\n]*[-+?:]", text) is not None)
    )


def _is_unknown(trigger: str | None) -> bool:
    """Whether it is an unknown keyword; such a trigger has no words to compare."""
    return trigger is not None and trigger.lower() not in _KNOWN


def _parsed(instruction: Instruction) -> Parsed:
    trigger = instruction.trigger
    inner = trigger or instruction
    return Parsed(
        keyword=instruction.keyword,
        trigger=None if trigger is None else trigger.keyword,
        line=instruction.line,
        end_line=instruction.end_line,
        text=instruction.text,
        flags=tuple(_flag(flag) for flag in instruction.flags),
        words=() if inner.keyword == "ONBUILD" else inner.words,
        json_form=inner.json_form,
        heredocs=() if trigger else tuple((h.name, h.fd, h.written) for h in instruction.heredocs),
    )


def _flag(flag: Flag) -> str:
    return f"--{flag.name}" if flag.value is None else f"--{flag.name}={flag.value}"
