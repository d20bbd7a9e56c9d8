"""What commands do to the shell itself: those that could see or disturb what stands between the commands."""

import re

from stepper.dockerfile.shell.dialect import changes_only_known_options
from stepper.dockerfile.shell.unsure import UnsureError

_FORBIDDEN = frozenset({"alias", "unalias", "enable", "fc", "history", "ps", "pgrep", "pkill", "caller", "compgen"})
_HARMLESS_SIGNALS = frozenset(
    {"0", "1", "2", "3", "15", "EXIT", "HUP", "INT", "QUIT", "TERM", "PIPE", "USR1", "USR2", "ERR"}
)
_OWN_BUILTINS = frozenset({"echo", "read", "exit", ":"})
_LISTING = frozenset({"declare", "typeset"})
"""Without a name they list all variables, in bash also the script itself."""
_OPTIONS_OF_THE_READING = frozenset({"extdebug", "expand_aliases", "interactive_comments", "xpg_echo", "extglob"})
_LIMITS = re.compile(r"-[HS]*[ncfs]")
_SEES_THE_SCRIPT = re.compile(
    r"PIPESTATUS|BASH_EXECUTION_STRING|BASH_COMMAND|BASH_XTRACEFD|BASH_ENV|PS4|PPID|cmdline|__stepper|/dev/\.stepper"
)


def check_text(script: str) -> None:
    """Raise `UnsureError` for a script that may look at its own text, or at what the last pipeline was."""
    found = _SEES_THE_SCRIPT.search(script)
    if found is not None:
        raise UnsureError(f"it uses {found[0]}")


def check_command(words: tuple[str | None, ...]) -> None:
    """Raise `UnsureError` for a simple command, None being a word that is expanded, after which nothing is sure."""
    name = words[0] if words else None
    if name is None:
        return
    arguments = words[1:]
    if name in ("command", "builtin"):
        check_command(arguments)
    elif name in _FORBIDDEN:
        raise UnsureError(f"it uses {name}")
    elif name == "set" and not changes_only_known_options(arguments):
        raise UnsureError(f"it uses set{_first(arguments)}")
    elif name == "shopt":
        options = [each for each in arguments if each is None or not each.startswith("-")]
        if not options or any(each is None or each in _OPTIONS_OF_THE_READING for each in options):
            raise UnsureError(f"it uses shopt{_first(arguments)}")
    elif name in _LISTING and not _has_names(arguments):
        raise UnsureError(f"it uses {name}")
    elif name == "trap":
        _check_trap(arguments)
    elif name == "ulimit" and any(each is None or _LIMITS.fullmatch(each) is None for each in arguments[:1]):
        raise UnsureError(f"it uses ulimit{_first(arguments)}")


def check_function(name: str) -> None:
    """Raise `UnsureError` for a function that would be called in the place of a builtin."""
    if name in _OWN_BUILTINS:
        raise UnsureError(f"it has a function {name}")


def _check_trap(arguments: tuple[str | None, ...]) -> None:
    words = arguments[1:] if arguments[:1] == ("--",) else arguments
    action, *signals = words or ("",)
    if any(signal is None or signal.removeprefix("SIG") not in _HARMLESS_SIGNALS for signal in signals):
        raise UnsureError("it has a trap for more than its end")
    if action is None or re.search(r"\b(exit|return|kill|exec|trap)\b", action):
        # The shell's exit code would not be that of its last command.
        raise UnsureError("it has a trap that may end it")


def _has_names(arguments: tuple[str | None, ...]) -> bool:
    return any(each is None or not each.startswith(("-", "+")) for each in arguments)


def _first(arguments: tuple[str | None, ...]) -> str:
    return "" if not arguments else f" {arguments[0] or '...'}"
