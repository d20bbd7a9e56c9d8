"""Extended attributes as people read them; file capabilities by their names, as `getcap` writes them.

Attributes are pairs of a name and a value, see `Entry.xattrs`.

The bytes of `security.capability` are those of `struct vfs_ns_cap_data`, see `linux/capability.h`.
"""

import struct
from collections.abc import Iterable, Sequence

from stepper.text import printable

Xattrs = Sequence[tuple[str, bytes]]

CAPABILITY = "security.capability"
_EFFECTIVE = 0x000001
_REVISION = 0xFF000000
_WORDS = {0x01000000: 1, 0x02000000: 2, 0x03000000: 2}
"""How many 32-bit words of permitted, and as many of inheritable ones, each revision has."""
_NAMES = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
]
_LONGEST = 60
_SHORTEST = 32
"""Cells of what stands in a row."""


def xattr_text(name: str, value: bytes) -> str:
    """`cap_net_raw=ep` for capabilities, else `user.note="text"`, with bytes that are no text in hexadecimal."""
    if name == CAPABILITY:
        capabilities = _capability_text(value)
        if capabilities is not None:
            return capabilities
    return f"{name}={_value_text(value)}"


def xattrs_text(before: Xattrs | None, after: Xattrs | None) -> str:
    """All that a file has, with what it had where that is something else; "" where there are and were none.

    None is for a file that is not there, or was not, or where that is not known.
    """
    now, was = _all_text(after or ()), _all_text(before or ())
    if after is None:
        return f"was {was}" if was else ""
    if before is None or was == now:
        return now
    return f"{now or 'no capabilities or attributes'} (was {was or 'none'})"


def xattrs_note(before: Xattrs | None, after: Xattrs | None) -> str:
    """The same for a row, as short as can be: names without values but for capabilities, and only what differs.

    "" also for what is not there any more.
    """
    if after is None:
        return ""
    if before is None:
        return _names_text(after)
    old, new = set(before), set(after)
    if old == new:
        return ""
    return f"{_names_text(old - new) or 'none'}→{_names_text(new - old) or 'none'}"


def _all_text(xattrs: Xattrs) -> str:
    return "  ".join(printable(xattr_text(*each)) for each in sorted(xattrs))


def _names_text(xattrs: Iterable[tuple[str, bytes]]) -> str:
    words = [xattr_text(name, value) if name == CAPABILITY else name for name, value in sorted(xattrs)]
    text = printable(" ".join(words))
    return text if len(text) <= _SHORTEST else f"{text[: _SHORTEST - 1]}…"


def _value_text(value: bytes) -> str:
    try:
        text = value.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    shown = f'"{text}"' if text.isprintable() and (text or not value) else f"0x{value.hex()}"
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _capability_text(value: bytes) -> str | None:
    """None where the bytes are no file capabilities."""
    if len(value) < 4:
        return None
    (magic,) = struct.unpack_from("<I", value)
    words = _WORDS.get(magic & _REVISION)
    if words is None or len(value) < 4 + 8 * words:
        return None
    permitted = inheritable = 0
    for word in range(words):
        low, high = struct.unpack_from("<II", value, 4 + 8 * word)
        permitted |= low << 32 * word
        inheritable |= high << 32 * word
    by_flags: dict[str, list[str]] = {}
    for number in range(64):
        flags = "i" * (inheritable >> number & 1) + "p" * (permitted >> number & 1)
        if flags:
            flags = f"{'e' * (magic & _EFFECTIVE)}{flags}"
            by_flags.setdefault(flags, []).append(_NAMES[number] if number < len(_NAMES) else str(number))
    return " ".join(f"{','.join(f'cap_{name}' for name in names)}={flags}" for flags, names in by_flags.items())
