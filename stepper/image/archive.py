"""Tar archives as streams: headers read and written one by one, contents passed through in chunks.

Reads what Go's and GNU's tar write (ustar, PAX records, GNU long names, base-256 numbers, sparse files); writes ustar,
with PAX records where a value does not fit. The standard library's `tarfile` takes ten times as long for the headers,
which is felt at tens of thousands of files. See https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html.
"""

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from stepper.image.entry import Entry, EntryKind

BLOCK = 512
END = bytes(2 * BLOCK)
"""What ends an archive."""
XATTR_RECORD = "SCHILY.xattr."
"""The prefix of the PAX records that hold extended attributes."""

_HARD_LINK = b"1"
_KINDS = {
    b"0": EntryKind.FILE,
    b"\0": EntryKind.FILE,
    b"7": EntryKind.FILE,
    b"S": EntryKind.FILE,
    b"1": EntryKind.FILE,
    b"2": EntryKind.SYMLINK,
    b"3": EntryKind.CHARACTER_DEVICE,
    b"4": EntryKind.BLOCK_DEVICE,
    b"5": EntryKind.DIRECTORY,
    b"6": EntryKind.FIFO,
}
_TYPES = {
    EntryKind.FILE: b"0",
    EntryKind.SYMLINK: b"2",
    EntryKind.CHARACTER_DEVICE: b"3",
    EntryKind.BLOCK_DEVICE: b"4",
    EntryKind.DIRECTORY: b"5",
    EntryKind.FIFO: b"6",
}
_PLAIN = (b"0", b"5", _HARD_LINK)
_OWNER_RECORDS = frozenset({"uid", "gid", "uname", "gname"})
_LARGEST_META = 1 << 20
"""Bytes of a member's records, and of those for all members, as Go's reader has it and so the engines."""
_LARGEST_SPARSE_MAP = 8 << 20
_LARGEST_NUMBER = (1 << 63) - 1
_LONGEST_NUMBER = 20
_ID_LIMIT = 0o7777777
_SIZE_LIMIT = 0o77777777777
_REMEMBERED = 4096
"""How many fields of headers are known by their bytes: in one image most are alike."""
_ADLER_PRIME = 65521
"""Adler-32 starts with 1, and its lower half is the sum of all bytes modulo this (RFC 1950)."""


class ArchiveError(ValueError):
    """The bytes are no tar archive, or a damaged one."""


@dataclass(slots=True)
class Header:
    """One member of an archive. Names are as in the archive, undecodable bytes as surrogate escapes.

    `link` is the target of a symlink, or with `hard_link` the name of the member that this one is another name of.
    `size` is the size of the file, `stored` the bytes of content that follow in the archive (fewer for a sparse file).
    """

    name: str
    kind: EntryKind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    size: int = 0
    mtime_ns: int = 0
    link: str = ""
    hard_link: bool = False
    device: tuple[int, int] = (0, 0)
    xattrs: Mapping[str, bytes] = field(default_factory=dict)
    stored: int = 0
    raw: tuple[bytes, ...] = ()
    """As it was read: PAX records and long names first, the header itself last."""


class PlainMember(NamedTuple):
    """A file, directory or hard link that is told by one block; see `ArchiveReader.plain_members`.

    `attributes` are the bytes of that block that `plain_entry` reads: the same for members that differ in their names
    and contents only. `link` is the name of the member that a hard link is another name of, None for all else.
    """

    name: str
    attributes: bytes
    content: memoryview
    link: str | None


def write_header(header: Header) -> bytes:
    """The blocks of one header. A file's content has to follow, `header.size` bytes, then `padding`."""
    name, link = _encoded(header.name), _encoded(header.link)
    if header.kind is EntryKind.DIRECTORY and not name.endswith(b"/"):
        name += b"/"
    size = 0 if header.hard_link or header.kind is not EntryKind.FILE else header.size
    records: dict[bytes, bytes] = {}
    if len(name) > 100:
        records[b"path"] = name
    if len(link) > 100:
        records[b"linkpath"] = link
    if header.uid > _ID_LIMIT:
        records[b"uid"] = b"%d" % header.uid
    if header.gid > _ID_LIMIT:
        records[b"gid"] = b"%d" % header.gid
    if size > _SIZE_LIMIT:
        records[b"size"] = b"%d" % size
    seconds, fraction = divmod(header.mtime_ns, 10**9)
    if fraction or not 0 <= seconds <= _SIZE_LIMIT:
        records[b"mtime"] = _decimal(header.mtime_ns)
    for key_text, value_bytes in header.xattrs.items():
        records[_encoded(XATTR_RECORD + key_text)] = value_bytes
    block = _block(header, name, link, size, seconds)
    return _pax(records, name) + block if records else block


def padding(size: int) -> bytes:
    """The zeros after a content of that size."""
    return bytes(-size % BLOCK)


def _decimal(nanoseconds: int) -> bytes:
    sign = b"-" if nanoseconds < 0 else b""
    seconds, fraction = divmod(abs(nanoseconds), 10**9)
    return b"%b%d.%09d" % (sign, seconds, fraction)


def _block(header: Header, name: bytes, link: bytes, size: int, seconds: int) -> bytes:
    kind = _HARD_LINK if header.hard_link else _TYPES[header.kind]
    block = bytearray(BLOCK)
    block[0:100] = name[:100].ljust(100, b"\0")
    block[100:108] = b"%07o\0" % (header.mode & 0o7777)
    block[108:116] = _octal(header.uid, _ID_LIMIT, 7)
    block[116:124] = _octal(header.gid, _ID_LIMIT, 7)
    block[124:136] = _octal(size, _SIZE_LIMIT, 11)
    block[136:148] = _octal(seconds, _SIZE_LIMIT, 11)
    block[156:157] = kind
    block[157:257] = link[:100].ljust(100, b"\0")
    block[257:265] = b"ustar\00000"
    block[329:345] = b"%07o\0%07o\0" % (header.device[0] & _ID_LIMIT, header.device[1] & _ID_LIMIT)
    return _with_checksum(block)


def _octal(value: int, limit: int, digits: int) -> bytes:
    return b"%0*o\0" % (digits, value if 0 <= value <= limit else 0)


def _with_checksum(block: bytearray) -> bytes:
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def _pax(records: Mapping[bytes, bytes], name: bytes) -> bytes:
    body = b"".join(_record(key, value) for key, value in records.items())
    header = Header(name="", kind=EntryKind.FILE, size=len(body))
    block = bytearray(_block(header, b"PaxHeaders.0/" + name.rstrip(b"/").rpartition(b"/")[2][:80], b"", len(body), 0))
    block[156:157] = b"x"
    return _with_checksum(block) + body + padding(len(body))


def _record(key: bytes, value: bytes) -> bytes:
    rest = len(key) + len(value) + 3
    length = rest + len(str(rest))
    if len(str(length)) != len(str(rest)):
        length = rest + len(str(length))
    return b"%d %b=%b\n" % (length, key, value)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class ArchiveReader:
    """The members of a tar archive that comes in chunks. Each has to be dealt with before the next is asked for.

    Iterating gives headers; `content` the bytes of the one that came last. Raises `ArchiveError`.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = memoryview(b"")
        self._stored = 0
        self._left = 0
        self._global: dict[str, bytes] = {}
        self._begun = False

    def __iter__(self) -> Iterator[Header]:
        while (header := self.next()) is not None:
            yield header

    def plain_members(self) -> Iterator[PlainMember]:
        """The members from here on that are plain and stand whole in the chunk that was read last, maybe none.

        Plain are files, directories and hard links with nothing before their header. They take a fraction of the time
        of others, and are most of what images hold. `next` gives the one behind them. No other method may be called
        meanwhile.
        """
        if self._global or self._left:
            return
        buffer = self._buffer
        position, length = 0, len(buffer)
        try:
            while length - position >= BLOCK:
                block = bytes(buffer[position : position + BLOCK])
                kind = block[156:157]
                total = zlib.adler32(block) & 0xFFFF
                if kind not in _PLAIN or total != _adler_sum(block[148:156]):
                    break
                size = _number(block[124:136]) if kind == b"0" else 0
                start = position + BLOCK
                end = start + size
                if size < 0 or end + -size % BLOCK > length:
                    break
                position = end + -size % BLOCK
                link = _decoded(_link(block)) if kind == _HARD_LINK else None
                yield PlainMember(_decoded(_name(block)), block[100:148] + kind, buffer[start:end], link)
        finally:
            self._begun = self._begun or position > 0
            self._buffer = buffer[position:]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was read so far that belongs to an archive, records for all its members included."""
        return not self._begun

    def content(self) -> Iterator[bytes]:
        """What is stored of the last member, without padding; for a sparse file only the parts that hold data."""
        padded = self._left
        self._left = 0
        size = self._stored
        while size:
            chunk = self._some(size)
            size -= len(chunk)
            padded -= len(chunk)
            whole = chunk.obj
            # What is all of a piece that came in needs no copy.
            yield whole if isinstance(whole, bytes) and len(whole) == len(chunk) else bytes(chunk)
        self._skip(padded)

    def next(self) -> Header | None:
        """The next member, None at the end."""
        raw: list[bytes] = []
        records: dict[str, bytes] = {}
        meta = 0
        while True:
            self._skip(self._left)
            self._left = 0
            block = self._exactly(BLOCK)
            if block is None:
                if raw:
                    raise ArchiveError("the archive ends inside a header")
                return None
            if not block.strip(b"\0"):
                return None
            _check(block)
            self._begun = True
            kind = block[156:157]
            if kind not in b"xgLK":
                return self._header(block, kind, raw, {**self._global, **records})
            body = self._meta(block)
            meta += len(body) + BLOCK
            if meta > 2 * _LARGEST_META:
                raise ArchiveError("the archive holds a header that is too large")
            raw += (block, body)
            if kind == b"L":
                records["path"] = body.split(b"\0", 1)[0]
            elif kind == b"K":
                records["linkpath"] = body.split(b"\0", 1)[0]
            elif kind == b"g":
                self._global.update(_records(body, _number(block[124:136])))
                if sum(len(key) + len(value) for key, value in self._global.items()) > _LARGEST_META:
                    raise ArchiveError("the archive holds a header that is too large")
            else:
                records.update(_records(body, _number(block[124:136])))

    def _meta(self, block: bytes) -> bytes:
        size = _number(block[124:136])
        if not 0 <= size <= _LARGEST_META:
            raise ArchiveError("the archive holds a header that is too large")
        body = self._exactly(size + -size % BLOCK)
        if body is None:
            raise ArchiveError("the archive ends inside a header")
        return body

    def _header(self, block: bytes, kind: bytes, raw: list[bytes], records: Mapping[str, bytes]) -> Header:
        stored = _number(records["size"], 10) if "size" in records else _number(block[124:136])
        size = stored
        if kind in (b"1", b"2", b"3", b"4", b"5", b"6"):
            size = stored = 0
        raw.append(block)
        if kind == b"S":
            size = _number(block[483:495])
            extended = block[482]
            while extended:
                more = self._exactly(BLOCK)
                if more is None:
                    raise ArchiveError("the archive ends inside a header")
                raw.append(more)
                if len(raw) * BLOCK > _LARGEST_SPARSE_MAP:
                    raise ArchiveError("the archive holds a header that is too large")
                extended = more[504]
        for key in ("GNU.sparse.realsize", "GNU.sparse.size"):
            if key in records:
                size = _number(records[key], 10)
        if stored < 0 or size < 0:
            raise ArchiveError("the archive holds a member of negative size")
        self._stored = stored
        self._left = stored + -stored % BLOCK
        name = _decoded(records.get("GNU.sparse.name") or records.get("path") or _name(block))
        return Header(
            name=name,
            kind=EntryKind.DIRECTORY if kind == b"\0" and name.endswith("/") else _KINDS.get(kind, EntryKind.FILE),
            mode=_number(block[100:108]) & 0o7777,
            uid=_number(records["uid"], 10) if "uid" in records else _number(block[108:116]),
            gid=_number(records["gid"], 10) if "gid" in records else _number(block[116:124]),
            size=size,
            mtime_ns=_nanoseconds(records["mtime"]) if "mtime" in records else _number(block[136:148]) * 10**9,
            link=_decoded(records.get("linkpath") or _link(block)),
            hard_link=kind == _HARD_LINK,
            device=(_number(block[329:337]), _number(block[337:345])) if kind in (b"3", b"4") else (0, 0),
            xattrs={
                key.removeprefix(XATTR_RECORD): value for key, value in records.items() if key.startswith(XATTR_RECORD)
            },
            stored=stored,
            raw=tuple(raw),
        )

    def _exactly(self, size: int) -> bytes | None:
        """So many bytes; None at the end of the stream."""
        if len(self._buffer) >= size:
            data = bytes(self._buffer[:size])
            self._buffer = self._buffer[size:]
            return data
        parts: list[bytes] = []
        missing = size
        while missing:
            chunk = self._some(missing, at_end=not parts)
            if not chunk:
                return None
            parts.append(bytes(chunk))
            missing -= len(chunk)
        return b"".join(parts)

    def _some(self, limit: int, *, at_end: bool = False) -> memoryview:
        """Between one and `limit` bytes; where the stream may end (`at_end`) none at its end."""
        while not self._buffer:
            chunk = next(self._chunks, None)
            if chunk is None:
                if at_end:
                    return memoryview(b"")
                raise ArchiveError("the archive is cut off")
            self._buffer = memoryview(chunk)
        data = self._buffer[:limit]
        self._buffer = self._buffer[limit:]
        return data

    def _skip(self, size: int) -> None:
        while size:
            size -= len(self._some(size))


def as_read(header: Header, *, owner: tuple[int, int] | None = None, without: Collection[str] = ()) -> bytes:
    """The blocks of a header as it was read, also those that `write_header` cannot write.

    `owner` are the ids of another user and group, `without` extended attributes that are left out.
    """
    if owner is None and not without:
        return b"".join(header.raw)
    dropped = {XATTR_RECORD + name for name in without} | (_OWNER_RECORDS if owner is not None else set())
    uid, gid = owner or (header.uid, header.gid)
    blocks: list[bytes] = []
    records: dict[bytes, bytes] = {}
    index = 0
    while header.raw[index][156:157] in b"xgLK":
        block, body = header.raw[index : index + 2]
        if block[156:157] == b"x":
            found = _records(body, _number(block[124:136]))
            records.update((_encoded(key), value) for key, value in found.items() if key not in dropped)
        else:
            blocks += (block, body)
        index += 2
    last = bytearray(header.raw[index])
    if owner is not None:
        records.update((key, b"%d" % value) for key, value in ((b"uid", uid), (b"gid", gid)) if value > _ID_LIMIT)
        last[108:116] = _octal(uid, _ID_LIMIT, 7)
        last[116:124] = _octal(gid, _ID_LIMIT, 7)
        last[265:329] = bytes(64)
    if records:
        blocks.append(_pax(records, _encoded(header.name)))
    return b"".join((*blocks, _with_checksum(last), *header.raw[index + 1 :]))


def _name(block: bytes) -> bytes:
    name = block[0:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0":
        prefix = block[345:500].split(b"\0", 1)[0]
        if prefix:
            return prefix + b"/" + name
    return name


def _link(block: bytes) -> bytes:
    return block[157:257].split(b"\0", 1)[0]


@lru_cache(_REMEMBERED)
def plain_entry(attributes: bytes) -> Entry:
    """The entry of a `PlainMember`; what was asked for lately is told at once. Raises `ArchiveError`."""
    is_file = attributes[48:49] == b"0"
    return Entry(
        _KINDS[attributes[48:49]],
        _number(attributes[0:8]) & 0o7777,
        _number(attributes[8:16]),
        _number(attributes[16:24]),
        _number(attributes[24:36]) if is_file else 0,
        _number(attributes[36:48]) * 10**9,
    )


@lru_cache(_REMEMBERED)
def _adler_sum(checksum: bytes) -> int:
    """The lower half of the Adler-32 of a block with this checksum field, if that is right; -1 if it cannot be."""
    expected = _number(checksum)
    if not 0 <= expected <= BLOCK * 255:
        return -1
    # The field itself counts as eight spaces.
    return (1 + expected - 8 * 32 + sum(checksum)) % _ADLER_PRIME


def _check(block: bytes) -> None:
    """Compare the checksum; some old writers summed signed bytes."""
    if zlib.adler32(block) & 0xFFFF == _adler_sum(block[148:156]):
        return
    expected = _number(block[148:156])
    unsigned = sum(block) - sum(block[148:156]) + 8 * 32
    if expected != unsigned and expected != unsigned - 256 * sum(byte > 127 for byte in block):
        raise ArchiveError("this is no tar archive")


@lru_cache(_REMEMBERED)
def _number(raw: bytes, base: int = 8) -> int:
    value = _any_number(raw, base)
    if abs(value) > _LARGEST_NUMBER:
        raise ArchiveError("the archive holds a number that is too large")
    return value


def _any_number(raw: bytes, base: int) -> int:
    if raw[:1] >= b"\x80":
        value = int.from_bytes(raw, "big")
        bits = 8 * len(raw)
        return value - (1 << bits) if raw[0] & 0x40 else value & ((1 << (bits - 1)) - 1)
    text = raw.strip(b"\0 ").split(b"\0", 1)[0]
    if not text:
        return 0
    try:
        return int(text, base)
    except ValueError:
        raise ArchiveError("the archive holds a number that is none") from None


def _nanoseconds(text: bytes) -> int:
    whole, _, fraction = text.partition(b".")
    seconds = _number(whole, 10)
    try:
        nanoseconds = int(fraction[:9].ljust(9, b"0"))
    except ValueError:
        raise ArchiveError("the archive holds a time that is none") from None
    return seconds * 10**9 + (-nanoseconds if whole.startswith(b"-") else nanoseconds)


def _records(body: bytes, size: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    position = 0
    while position < size:
        space = body.find(b" ", position)
        digits = body[position:space] if 0 < space - position <= _LONGEST_NUMBER else b""
        length = int(digits) if digits.isdigit() else 0
        record = body[space + 1 : position + length]
        key, equals, value = record.partition(b"=")
        if length == 0 or not equals or not value.endswith(b"\n"):
            raise ArchiveError("the archive holds records that cannot be read")
        found[_decoded(key)] = value[:-1]
        position += length
    return found


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
