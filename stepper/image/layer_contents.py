"""What a layer's archive holds: the entries that it brings, and what it hides of the layers below.

Whiteouts are those of the OCI image spec,
https://github.com/opencontainers/image-spec/blob/main/layer.md#representing-changes. Names are brought into the root
as an engine does it: without a leading `/`, `.`, and `..` above the root.
"""

import posixpath
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from stepper.image.archive import ArchiveReader, Header, PlainMember, plain_entry
from stepper.image.entry import Entry, EntryKind
from stepper.image.read_limits import ReadLimits

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_RESERVED = ".wh..wh."
"""Names of a union filesystem's own bookkeeping; they are no files of the image."""
_SUMMED_TWICE = 1 << 20


@dataclass(frozen=True)
class LayerContents:
    """One layer. Paths are absolute and clean.

    In `entries` names of one file (hard links) share an `inode` number that counts within this layer from 1. `hidden`
    are the paths that whiteouts take away, `opaque` the directories of which nothing from below stays. `stored` is the
    size of each member that has content of its own in the archive, by path; `digests` tells the contents of these
    apart. `borrowed` are further names of files that are not in this layer, with those files' paths.
    """

    entries: Mapping[str, Entry]
    hidden: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()
    stored: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, int] = field(default_factory=dict)
    borrowed: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files in the layer, as dive and `docker history` count them."""
        return sum(self.stored.values())

    def digest_of(self, path: str) -> int | None:
        """What tells the content of a file of the layer, by any of its names, from another; None where it is not known.

        Of a file without content there is none.
        """
        digest = self.digests.get(path)
        if digest is None and (entry := self.entries.get(path)) is not None and entry.inode:
            digest = self._shared_digests.get(entry.inode)
        return digest

    @cached_property
    def _shared_digests(self) -> dict[int, int]:
        """Those of the files that have several names, by their numbers."""
        return {inode: digest for path, digest in self.digests.items() if (inode := self.entries[path].inode)}


def read_layer(chunks: Iterable[bytes], *, digests: bool = True, limits: ReadLimits | None = None) -> LayerContents:
    """Read an uncompressed layer from its bytes. Nothing of the files' contents is kept.

    With `digests` contents are summed, which takes a third of the time. `limits` are shared by the layers of one
    archive. Raises `ArchiveError`.
    """
    reading = _Reading(limits or ReadLimits())
    reader = ArchiveReader(chunks)
    while True:
        reading.add_plain(reader.plain_members(), digests=digests)
        header = reader.next()
        if header is None:
            break
        path = reading.add(header)
        if path is not None and digests and header.stored:
            reading.digests[path] = content_digest(reader.content())
    return reading.contents()


def inside_root(name: str) -> str:
    """The absolute path that a name in an archive stands for."""
    return posixpath.normpath("/" + name.lstrip("/"))


class _Reading:
    """A layer while its members come in."""

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._folders: set[str] = set()
        """Directories that the layer has, described or not."""
        self.digests: dict[str, int] = {}
        self._entries: dict[str, Entry] = {}
        self._hidden: set[str] = set()
        self._opaque: set[str] = set()
        self._stored: dict[str, int] = {}
        self._borrowed: dict[str, str] = {}
        self._links: dict[str, OrderedDict[str, None]] = {}
        """The names of a file that has several, by the first; a later name leads to the same names."""

    def add_plain(self, members: Iterable[PlainMember], *, digests: bool) -> None:
        """Take members in whose content is at hand."""
        entries, folders = self._entries, self._folders
        for name, attributes, content, link in members:
            path = inside_root(name)
            folder, _, last = path.rpartition("/")
            entry = plain_entry(attributes)
            is_file = entry.kind is EntryKind.FILE
            self._limits.add_member(path, 0)
            if folder and folder not in folders:
                self._limits.add_folders_of(path)
                folders.add(folder)
            if not is_file:
                folders.add(path)
            if last.startswith(_WHITEOUT):
                self._add_whiteout(folder, last)
                continue
            if path == "/" and is_file:
                continue
            if path in entries:
                self._forget(path)
            if link is not None:
                self._add_link(path, inside_root(link), entry)
                continue
            entries[path] = entry
            if is_file:
                self._stored[path] = entry.size
                if digests and entry.size:
                    self.digests[path] = content_digest((content,))

    def add(self, header: Header) -> str | None:
        """Take a member in; its path when it is an entry with a content of its own."""
        path = inside_root(header.name)
        folder, _, name = path.rpartition("/")
        self._limit(header, path, folder)
        if name.startswith(_WHITEOUT):
            self._add_whiteout(folder, name)
            return None
        if path == "/" and header.kind is not EntryKind.DIRECTORY:
            # The root stays a directory, whatever an archive has in its place.
            return None
        self._forget(path)
        entry = Entry(
            kind=header.kind,
            mode=0o777 if header.kind is EntryKind.SYMLINK else header.mode,
            uid=header.uid,
            gid=header.gid,
            size=len(header.link) if header.kind is EntryKind.SYMLINK else header.size,
            mtime_ns=header.mtime_ns,
            target=header.link if header.kind is EntryKind.SYMLINK else "",
            device=header.device,
            xattrs=tuple(sorted(header.xattrs.items())) if header.xattrs else (),
        )
        if header.hard_link:
            self._add_link(path, inside_root(header.link), entry)
            return None
        self._entries[path] = entry
        if header.kind is not EntryKind.FILE:
            return None
        self._stored[path] = header.size
        return path

    def contents(self) -> LayerContents:
        """The layer, when all members are there."""
        for number, names in enumerate({id(names): names for names in self._links.values()}.values(), start=1):
            if len(names) > 1:
                shared = self._entries[next(iter(names))]._replace(inode=number, links=len(names))
                self._entries.update(dict.fromkeys(names, shared))
        return LayerContents(
            self._entries,
            frozenset(self._hidden),
            frozenset(self._opaque),
            self._stored,
            self.digests,
            self._borrowed,
        )

    def _add_whiteout(self, folder: str, name: str) -> None:
        if name == _OPAQUE:
            self._opaque.add(folder or "/")
        elif not name.startswith(_RESERVED):
            self._hidden.add(f"{folder}/{name.removeprefix(_WHITEOUT)}")

    def _limit(self, header: Header, path: str, folder: str) -> None:
        self._limits.add_member(path, sum(map(len, header.xattrs.values())) if header.xattrs else 0)
        if folder and folder not in self._folders:
            self._limits.add_folders_of(path)
            self._folders.add(folder)
        if header.kind is EntryKind.DIRECTORY:
            self._folders.add(path)

    def _add_link(self, path: str, first: str, described: Entry) -> None:
        """Another name of a file of this layer, or of one below: then all that is known here is as it is described."""
        entry = self._entries.get(first)
        if entry is not None:
            names = self._links.get(first)
            if names is None:
                names = self._links[first] = OrderedDict({first: None})
            names[path] = None
            self._links[path] = names
            self._entries[path] = entry
        elif path != first:
            self._borrowed[path] = first
            self._entries[path] = described

    def _forget(self, path: str) -> None:
        """A second member with a name that was there: the later one counts."""
        names = self._links.pop(path, None)
        if names is not None:
            names.pop(path)
            for content in (self._stored, self.digests):
                if path in content and names:
                    content[next(iter(names))] = content[path]
        for known in (self._entries, self._stored, self.digests, self._borrowed):
            known.pop(path, None)


def content_digest(content: Iterable[bytes | memoryview]) -> int:
    """Two sums of a content side by side: far quicker than a cryptographic digest, and nobody is to be fended off.

    The second is of the beginning alone: files that are larger are so few that one sum tells them apart.
    """
    crc, adler, left = 0, 1, _SUMMED_TWICE
    for chunk in content:
        crc = zlib.crc32(chunk, crc)
        if left:
            beginning = memoryview(chunk)[:left]
            adler = zlib.adler32(beginning, adler)
            left -= len(beginning)
    return crc << 32 | adler
