"""What an exit code says by itself: the conventions of shells, and the signals. Pure.

https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02
"""

_BY_SHELLS = {126: "found but cannot be run", 127: "command not found", 128: "invalid argument to exit"}
_SIGNALS = {
    1: "hung up, SIGHUP",
    2: "interrupted, SIGINT",
    3: "quit, SIGQUIT",
    4: "illegal instruction, SIGILL",
    5: "trapped, SIGTRAP",
    6: "aborted, SIGABRT",
    7: "bus error, SIGBUS",
    8: "arithmetic error, SIGFPE",
    9: "killed, SIGKILL",
    11: "segmentation fault, SIGSEGV",
    13: "broken pipe, SIGPIPE",
    14: "timer ran out, SIGALRM",
    15: "terminated, SIGTERM",
    31: "bad system call, SIGSYS",
}
_SIGNALLED = 128


def exit_code_meaning(code: int) -> str:
    """The meaning in a few words, "" where it has none of its own."""
    return _BY_SHELLS.get(code) or _SIGNALS.get(code - _SIGNALLED, "")
