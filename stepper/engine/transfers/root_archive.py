"""Whether what is to be imported is an archive of files at all, told by how it begins."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from stepper.errors import StepperError
from stepper.image.compression import CompressionError, decompressed

_HEADER = 512
_CHECKSUM = slice(148, 156)
_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|\?xml)", re.IGNORECASE)


def root_archive(chunks: Iterable[bytes], told: str) -> Iterator[bytes]:
    """The archive uncompressed, once its beginning is known to be one; `told` is what messages call it.

    Raises `StepperError` where it is something else, such as the page by which a server says that there is no file.
    """
    try:
        source = decompressed(chunks)
        beginning = b""
        for chunk in source:
            beginning += chunk
            if len(beginning) >= _HEADER:
                break
    except CompressionError as error:
        raise StepperError(f"{told} cannot be read: {error}") from error
    if _PAGE.match(beginning):
        raise StepperError(
            f"{told} is a web page and no archive",
            hint="Likely a server's page about an error: open it in a browser, or ask for the archive's own URL.",
        )
    if not _is_tar(beginning):
        raise StepperError(f"{told} is no tar archive", hint="A root filesystem comes as tar, in any compression.")
    return _readable(chain((beginning,), source), told)


def _readable(chunks: Iterable[bytes], told: str) -> Iterator[bytes]:
    try:
        yield from chunks
    except CompressionError as error:
        raise StepperError(f"{told} cannot be read: {error}") from error


def _is_tar(beginning: bytes) -> bool:
    """Whether a header begins it whose sum is right, or the zeros of an empty archive."""
    header = beginning[:_HEADER]
    if len(header) < _HEADER:
        return False
    if not any(header):
        return True
    written = header[_CHECKSUM].strip(b"\0 ")
    if not re.fullmatch(rb"[0-7]+", written):
        return False
    return int(written, 8) == sum(header) - sum(header[_CHECKSUM]) + 8 * ord(" ")
