"""The signals that STOPSIGNAL takes, which are Linux's wherever Stepper itself runs."""

import re

_NAMES = frozenset(
    {"ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL"}
    | {"PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1"}
    | {"USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"}
    | {f"RTMIN+{number}" for number in range(1, 16)}
    | {f"RTMAX-{number}" for number in range(1, 15)}
)
_NUMBER = re.compile(r"[+-]?[0-9]+")


def is_signal(text: str) -> bool:
    """Whether it names a signal: by number other than 0, or by name in any case, with or without `SIG`."""
    if _NUMBER.fullmatch(text):
        return int(text) != 0
    return text.upper().removeprefix("SIG") in _NAMES
