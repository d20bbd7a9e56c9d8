"""Compressed streams, told by how they begin: gzip, bzip2, xz, zstd, or none of them.

Both ways work piece by piece: a stream that would unpack to any size never fills the memory.
"""

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from itertools import chain
from typing import Any

_PIECE = 1 << 20
_MAGIC = 6
_DAMAGED = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


class CompressionError(ValueError):
    """A compressed stream is damaged, or this Python cannot read it."""


class Compression(Enum):
    """The value is what the option `--compress` calls it."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"


_BEGINNINGS = (
    (b"\x1f\x8b\x08", Compression.GZIP),
    (b"BZh", Compression.BZIP2),
    (b"\xfd7zXZ\0", Compression.XZ),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
)


def compression_of(beginning: bytes) -> Compression:
    """What a stream is compressed with that begins with these bytes, at least six if there are so many."""
    return next((kind for magic, kind in _BEGINNINGS if beginning.startswith(magic)), Compression.NONE)


def decompressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes that a stream stands for, whatever it is compressed with. Raises `CompressionError`."""
    source = iter(chunks)
    beginning = b""
    for chunk in source:
        beginning += chunk
        if len(beginning) >= _MAGIC:
            break
    kind = compression_of(beginning)
    whole = chain((beginning,), source) if beginning else iter(())
    return whole if kind is Compression.NONE else _inflate(kind, whole)


def compressed(chunks: Iterable[bytes], kind: Compression) -> Iterator[bytes]:
    """A stream, compressed. Raises `CompressionError` where this Python cannot do that."""
    if kind is Compression.NONE:
        yield from chunks
        return
    compressor = _compressor(kind)
    for chunk in chunks:
        done = compressor.compress(chunk)
        if done:
            yield done
    yield compressor.flush()


def _inflate(kind: Compression, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Several streams behind each other are one, as the tools have it; zeros after the last are padding."""
    make = _decompressor(kind)
    step = _step_zlib if kind is Compression.GZIP else _step
    current = make()
    is_begun = False
    try:
        for chunk in chunks:
            data = chunk
            while data or (is_begun and not current.eof and not getattr(current, "needs_input", True)):
                if current.eof:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    current = make()
                is_begun = True
                piece, data = step(current, data)
                if piece:
                    yield piece
        if is_begun and not current.eof:
            raise CompressionError(f"the {kind.value} stream is cut off")
    except CompressionError:
        raise
    except _damaged(kind) as error:
        raise CompressionError(f"the {kind.value} stream is damaged: {error}") from error


def _damaged(kind: Compression) -> tuple[type[Exception], ...]:
    """What the decompressors raise."""
    return (*_DAMAGED, _zstd().ZstdError) if kind is Compression.ZSTD else _DAMAGED


def _step_zlib(current: Any, data: bytes) -> tuple[bytes, bytes]:
    """A piece of output, and the input that is left."""
    piece = current.decompress(data, _PIECE)
    return piece, current.unused_data if current.eof else current.unconsumed_tail


def _step(current: Any, data: bytes) -> tuple[bytes, bytes]:
    piece = current.decompress(data, _PIECE)
    return piece, current.unused_data if current.eof else b""


def _decompressor(kind: Compression) -> Callable[[], Any]:
    match kind:
        case Compression.GZIP:
            return lambda: zlib.decompressobj(zlib.MAX_WBITS | 16)
        case Compression.BZIP2:
            return bz2.BZ2Decompressor
        case Compression.XZ:
            return lzma.LZMADecompressor
        case _:
            return _zstd().ZstdDecompressor  # type: ignore[no-any-return]  # the module is found at run time


def _compressor(kind: Compression) -> Any:
    match kind:
        case Compression.GZIP:
            return zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        case Compression.BZIP2:
            return bz2.BZ2Compressor()
        case Compression.XZ:
            return lzma.LZMACompressor()
        case _:
            zstd = _zstd()
            # With a checksum a reader notices damage, as the zstd command's own files have it.
            return zstd.ZstdCompressor(options={zstd.CompressionParameter.checksum_flag: 1})


def _zstd() -> Any:
    """Python's own module from 3.14 on, its backport before."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise CompressionError("this Python cannot read zstd: `pip install backports.zstd`")
