"""The shell that a RUN's script is written for, by the words of SHELL."""

from enum import Enum

from stepper.dockerfile.shell.unsure import UnsureError

_BASH = "bash"
_SH = frozenset({"sh", "ash", "dash"})
_PLAIN_OPTIONS = frozenset("aefuxCP")
"""Options of `set` that leave a script's meaning and its reading alone. `l` (a login shell) only before it."""
_NAMED_OPTIONS = frozenset(
    {"allexport", "errexit", "noglob", "nounset", "xtrace", "noclobber", "pipefail", "physical", "errtrace"}
)


class Dialect(Enum):
    """How a script is to be read."""

    SH = "sh"
    """`/bin/sh`: dash, busybox or bash, nobody knows. What they read differently is not surely understood."""
    BASH = "bash"


def dialect_of(shell: tuple[str, ...]) -> Dialect:
    """The dialect of a shell that is started with these words and the script behind them. Raises `UnsureError`."""
    program, *options = shell or ("",)
    name = program.rpartition("/")[2]
    if name != _BASH and name not in _SH:
        raise UnsureError(f"{name or 'SHELL'} is no shell that Stepper can stop")
    has_script = False
    words = iter(options)
    for option in words:
        if option in ("--login", "--norc", "--noprofile") and name == _BASH and not has_script:
            continue
        if not option.startswith("-") or option.startswith("--"):
            raise UnsureError(f"{name} is started with {option!r}")
        letters = option[1:]
        has_script |= "c" in letters
        if "o" in letters and next(words, "") not in _NAMED_OPTIONS:
            raise UnsureError(f"{name} is started with an option that Stepper does not know")
        if not letters or not set(letters) <= _PLAIN_OPTIONS | set("clo"):
            raise UnsureError(f"{name} is started with {option!r}")
    if not has_script:
        raise UnsureError(f"{name} is started without -c")
    return Dialect.BASH if name == _BASH else Dialect.SH


def changes_only_known_options(words: tuple[str | None, ...]) -> bool:
    """Whether `set` with these words (None for one that is expanded) leaves the reading of the script alone."""
    if not words:
        # It lists all variables, in bash also the script itself.
        return False
    rest = iter(words)
    for word in rest:
        if word in ("--", "-"):
            return True
        if word is None:
            return False
        if word[:1] not in ("-", "+") or len(word) < 2:
            return True
        letters = word[1:]
        if not set(letters) <= _PLAIN_OPTIONS | set("oEh"):
            return False
        if letters.endswith("o"):
            name = next(rest, "errexit")
            if name not in _NAMED_OPTIONS:
                return False
        elif "o" in letters:
            return False
    return True
