"""Build contexts and archives that many cases share."""

import bz2
import gzip
import io
import tarfile

from tests.parity.trees import OLD, File, Folder, HardLink, Link, Tree

USERS = "echo app:x:1234:555::/:/bin/sh >> /etc/passwd && echo staff:x:777: >> /etc/group"

PLAIN: Tree = {
    "top": File("top\n"),
    "other": File("other\n", 0o600, OLD + 60),
    "tool": File("#!/bin/sh\necho tool\n", 0o755),
    "suid": File("suid\n", 0o4755),
    "dir": Folder(0o750, OLD + 120),
    "dir/a": File("a\n", 0o640),
    "dir/b.txt": File("b\n"),
    "dir/sub": Folder(0o711, OLD + 180),
    "dir/sub/c.txt": File("c\n"),
    "dir/sub/d": File("d\n"),
    "dir/link": Link("a"),
    "dir/hard": HardLink("dir/a"),
    "empty": Folder(),
    "nothing": File(""),
}
LINKS: Tree = {
    **PLAIN,
    "to-top": Link("top"),
    "to-dir": Link("dir"),
    "absolute": Link("/dir/a"),
    "outside": Link("../../../dir"),
    "links/dangling": Link("nowhere"),
    "links/absolute": Link("/etc/passwd"),
    "links/up": Link("../top"),
}


def archive(compress: str = "") -> bytes:
    """A tar archive with owners, modes, links and a directory that comes after what is in it."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:

        def add(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"", mode: int = 0o644, link: str = "") -> None:
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.linkname, member.size = kind, mode, link, len(data)
            member.mtime, member.uid, member.gid = OLD, 11, 12
            tar.addfile(member, io.BytesIO(data))

        add("./", tarfile.DIRTYPE, mode=0o700)
        add("early/file", data=b"early\n", mode=0o640)
        add("early", tarfile.DIRTYPE, mode=0o751)
        add("file", data=b"data\n", mode=0o4755)
        add("hard", tarfile.LNKTYPE, link="file")
        add("soft", tarfile.SYMTYPE, link="file")
        add("elsewhere", tarfile.SYMTYPE, link="/target")
        add("elsewhere/inside", data=b"inside\n")
        add("over", data=b"over\n")
        add("deep/" * 30 + "name", data=b"deep\n")
    raw = body.getvalue()
    return {"": lambda: raw, "gz": lambda: gzip.compress(raw), "bz2": lambda: bz2.compress(raw)}[compress]()
