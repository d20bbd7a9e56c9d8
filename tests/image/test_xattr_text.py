"""Extended attributes in words: capabilities as `getcap` writes them, the rest as name and value."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.xattr_text import CAPABILITY, xattr_text

NET_RAW, NET_ADMIN, BPF = 13, 12, 39


def capability(permitted: int, inheritable: int = 0, *, effective: bool = True, revision: int = 2) -> bytes:
    """The bytes that the kernel keeps."""
    words = [part >> shift & 0xFFFFFFFF for shift in (0, 32) for part in (permitted, inheritable)]
    owner = struct.pack("<I", 1000) if revision == 3 else b""
    return struct.pack("<IIIII", revision << 24 | effective, *words) + owner


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (capability(1 << NET_RAW), "cap_net_raw=ep"),
        (capability(1 << NET_RAW, effective=False), "cap_net_raw=p"),
        (capability(1 << NET_RAW | 1 << NET_ADMIN), "cap_net_admin,cap_net_raw=ep"),
        (capability(1 << BPF, 1 << NET_RAW), "cap_net_raw=ei cap_bpf=ep"),
        (capability(1 << 50, revision=3), "cap_50=ep"),
        (struct.pack("<III", 1 << 24, 1, 0), "cap_chown=p"),
        (b"\x02", "security.capability=0x02"),
    ],
)
def test_capabilities_stand_by_their_names(value: bytes, text: str) -> None:
    assert xattr_text(CAPABILITY, value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(b"note", 'user.x="note"'), (b"note\0", 'user.x="note"'), (b"", 'user.x=""'), (b"\xff\x00", "user.x=0xff00")],
)
def test_others_stand_as_text_where_they_are_text(value: bytes, text: str) -> None:
    assert xattr_text("user.x", value) == text


@given(st.sampled_from([CAPABILITY, "user.x"]), st.binary(max_size=200))
def test_any_bytes_give_a_short_printable_text(name: str, value: bytes) -> None:
    text = xattr_text(name, value)
    assert text.isprintable()
