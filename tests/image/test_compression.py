"""Compressed streams."""

import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.image.compression import Compression, CompressionError, compressed, compression_of, decompressed

KINDS = [Compression.NONE, Compression.GZIP, Compression.BZIP2, Compression.XZ, Compression.ZSTD]
PACKED = KINDS[1:]


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.binary(max_size=5000), size=st.integers(min_value=1, max_value=2000))
def test_what_was_compressed_comes_back_in_pieces_of_any_size(kind: Compression, data: bytes, size: int) -> None:
    stream = b"".join(compressed(pieces(b"begin " + data, size), kind))
    assert compression_of(stream) is kind
    assert b"".join(decompressed(pieces(stream, size))) == b"begin " + data


@pytest.mark.parametrize("kind", PACKED)
def test_streams_behind_each_other_are_one_and_zeros_at_the_end_are_padding(kind: Compression) -> None:
    stream = b"".join(compressed([b"one"], kind)) + b"".join(compressed([b"two"], kind)) + bytes(100)
    assert b"".join(decompressed([stream])) == b"onetwo"


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_that_is_cut_off_is_an_error(kind: Compression) -> None:
    stream = b"".join(compressed([bytes(range(256)) * 40], kind))
    with pytest.raises(CompressionError, match=r"cut off|damaged"):
        b"".join(decompressed([stream[:-5]]))


@given(st.sampled_from([b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"]), st.binary(max_size=200))
def test_what_only_begins_like_a_compressed_stream_is_an_error_or_its_content(magic: bytes, data: bytes) -> None:
    try:
        b"".join(decompressed([magic + data]))
    except CompressionError:
        return


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_that_unpacks_to_very_much_comes_in_small_pieces(kind: Compression) -> None:
    stream = b"".join(compressed((bytes(1 << 20) for _ in range(100)), kind))
    tracemalloc.start()
    total = sum(map(len, decompressed([stream])))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 100 << 20
    assert peak < 30 << 20


def test_nothing_is_nothing() -> None:
    assert list(decompressed([])) == []
    assert b"".join(decompressed([b"", b"ab"])) == b"ab"


def test_gzip_of_other_tools_is_read() -> None:
    raw = zlib.compressobj(9, zlib.DEFLATED, 31)
    assert b"".join(decompressed([raw.compress(b"abc") + raw.flush()])) == b"abc"


def test_damage_within_a_zstd_stream_is_found_by_its_checksum() -> None:
    stream = bytearray(b"".join(compressed([b"x" * 10_000], Compression.ZSTD)))
    stream[-1] ^= 0xFF
    with pytest.raises(CompressionError, match="damaged"):
        b"".join(decompressed([bytes(stream)]))
