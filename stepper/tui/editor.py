"""Which program edits a file at a line: `$VISUAL`, `$EDITOR`, or an editor that is there.

Pure: the environment and the search path are handed in.
"""

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from stepper.errors import StepperError

_FALLBACKS = ("sensible-editor", "vi", "nano")
_GOTO_FLAG = {"code", "code-insiders", "codium", "cursor", "windsurf"}
"""Editors of the VS Code family: `--goto file:line`."""
_SUFFIX = {"subl", "sublime_text", "zed", "hx", "helix", "atom"}
"""Editors that take `file:line`."""
_PLUS_LINE = {"vi", "vim", "nvim", "view", "gvim", "nano", "pico", "emacs", "emacsclient", "micro", "joe", "kak", "ne",
              "mg", "ed", "jed", "gedit", "sensible-editor", "editor", "busybox"}  # fmt: skip
"""Editors that take `+LINE file`."""


def editor_command(
    environment: Mapping[str, str], which: Callable[[str], str | None], file: Path, line: int
) -> list[str]:
    """The command that opens `file` at `line`. Raises `StepperError` when there is no editor.

    An editor that is not known gets the file alone: a line in a form that it does not understand would be another file.
    """
    words = _chosen(environment, which)
    name = PurePath(words[0]).name.removesuffix(".exe")
    if name in _GOTO_FLAG:
        return [*words, "--goto", f"{file}:{line}"]
    if name in _SUFFIX:
        return [*words, f"{file}:{line}"]
    if name in _PLUS_LINE:
        return [*words, f"+{line}", str(file)]
    return [*words, str(file)]


def _chosen(environment: Mapping[str, str], which: Callable[[str], str | None]) -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError as error:
            raise StepperError(f"${variable} cannot be read as a command: {error}") from error
        if words:
            return words
    for name in _FALLBACKS:
        if which(name):
            return [name]
    raise StepperError(
        "There is no editor to open the Dockerfile with",
        hint="Set $VISUAL or $EDITOR, or edit the file elsewhere: it is read again when it changes.",
    )
