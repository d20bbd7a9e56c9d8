"""What an image's history says of a layer, as the instruction that somebody wrote.

BuildKit notes `RUN /bin/sh -c make # buildkit`, the classic builder `/bin/sh -c make` and `/bin/sh -c #(nop) COPY ...`,
and both put the build arguments in front, as `|1 VERSION=2 /bin/sh -c make`.
"""

import re

_BUILDKIT = " # buildkit"
_NOP = re.compile(r"^/bin/sh -c #\(nop\)\s*")
_ARGUMENTS = re.compile(r"^(?:RUN )?\|(\d+) ")
_SHELL = re.compile(r"^(?:RUN )?/bin/(?:ba)?sh (?:-[a-z]+ )*-[a-z]*c ")


def instruction_text(created_by: str) -> str:
    """The instruction of a history entry; what is worded in another way stays as it is."""
    text = created_by.strip().removesuffix(_BUILDKIT)
    nop = _NOP.match(text)
    if nop is not None:
        return text[nop.end() :].strip()
    arguments = _ARGUMENTS.match(text)
    if arguments is not None:
        text = _without_arguments(text[arguments.end() :], int(arguments[1]))
    shell = _SHELL.match(text)
    if shell is not None:
        return f"RUN {text[shell.end() :]}"
    if arguments is not None and not text.startswith("RUN "):
        return f"RUN {text}"
    return text.strip()


def _without_arguments(text: str, count: int) -> str:
    """What follows that many `NAME=VALUE`; a value may have spaces in it, so the shell is looked for as well."""
    shell = re.search(r"(?:^| )(/bin/(?:ba)?sh (?:-[a-z]+ )*-[a-z]*c )", text)
    if shell is not None:
        return text[shell.start(1) :]
    for _ in range(count):
        text = text.partition(" ")[2]
    return text
