"""What an ELF binary needs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.elf import Elf, ElfError, missing_libraries, read_elf

PYTHON = Path(sys.executable).resolve()


def test_a_real_binary_needs_what_the_loader_says() -> None:
    elf = read_elf(PYTHON.read_bytes())
    told = subprocess.run([shutil.which("ldd") or "ldd", str(PYTHON)], capture_output=True, text=True, check=True)
    assert elf.interpreter in told.stdout
    assert elf.needed
    for library in elf.needed:
        assert library in told.stdout


def test_only_what_is_nowhere_is_missing() -> None:
    elf = Elf("amd64", "/lib64/ld.so", ("libc.so.6", "libown.so", "libnone.so"), ("$ORIGIN/../lib",))
    there = ["/lib64/ld.so", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/opt/bin/../lib/libown.so", "/srv/libnone.so"]
    assert missing_libraries(elf, "/opt/bin/app", there) == ("libnone.so",)
    assert missing_libraries(elf, "/opt/bin/app", []) == ("/lib64/ld.so", "libc.so.6", "libown.so", "libnone.so")


def test_a_static_binary_needs_nothing() -> None:
    assert missing_libraries(Elf("amd64"), "/app", []) == ()


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"#!/bin/sh\n" * 20])
def test_what_is_no_binary_is_an_error(data: bytes) -> None:
    with pytest.raises(ElfError):
        read_elf(data)


@given(st.binary(max_size=300))
def test_damaged_bytes_are_an_error_and_nothing_else(data: bytes) -> None:
    try:
        read_elf(b"\x7fELF\x02\x01" + data)
    except ElfError:
        return


@given(st.integers(min_value=0, max_value=200_000), st.integers(min_value=0, max_value=255))
def test_a_binary_with_a_wrong_byte_is_read_or_an_error(position: int, byte: int) -> None:
    data = bytearray(PYTHON.read_bytes()[:200_000])
    data[position % len(data)] = byte
    try:
        read_elf(bytes(data))
    except ElfError:
        return
