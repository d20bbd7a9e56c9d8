"""Tar archives of all sorts of members, for cases of ADD."""

import io
import tarfile
from collections.abc import Mapping

from tests.parity.trees import OLD

FILE, FOLDER, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE


def member(
    name: str,
    kind: bytes = FILE,
    *,
    link: str = "",
    mode: int = 0o640,
    uid: int = 11,
    mtime: float = OLD,
    device: tuple[int, int] = (0, 0),
    records: Mapping[str, str] | None = None,
) -> tarfile.TarInfo:
    """A member that belongs to the user `uid` and the group after it."""
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode, made.mtime = kind, link, mode, mtime
    made.uid, made.gid, (made.devmajor, made.devminor) = uid, uid + 1, device
    made.pax_headers = dict(records or {})
    return made


def packed(*members: tarfile.TarInfo, data: bytes = b"data\n", form: int = tarfile.PAX_FORMAT) -> bytes:
    """An archive whose files all have the same content."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=form) as archive:
        for each in members:
            each.size = len(data) if each.isreg() else 0
            archive.addfile(each, io.BytesIO(data))
    return body.getvalue()
