"""A step's changes as the engine itself tells them: names and kinds alone, for containers that cannot be walked.

This is the fallback where there is no toolbox and the image lacks the programs to list files with.
"""

import base64
import datetime
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient
from stepper.engine.hidden_files import HIDDEN, MOUNT_POINTS
from stepper.image.diff import EngineMade
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer, layer_of

_KINDS = {0: ChangeKind.MODIFIED, 1: ChangeKind.ADDED, 2: ChangeKind.DELETED}
_MOST_ENTRIES = 500
"""Of more paths than these only the names are told: each takes a request."""
_MOUNTS = (*MOUNT_POINTS, *HIDDEN, "/run/.containerenv")
_GO_TYPES = {
    1 << 31: EntryKind.DIRECTORY,
    1 << 27: EntryKind.SYMLINK,
    1 << 25: EntryKind.FIFO,
    1 << 24: EntryKind.SOCKET,
    (1 << 26) | (1 << 21): EntryKind.CHARACTER_DEVICE,
    1 << 26: EntryKind.BLOCK_DEVICE,
}
"""The type bits of Go's `fs.FileMode`, the device types by their most telling bits first."""
_GO_SPECIAL = {1 << 23: 0o4000, 1 << 22: 0o2000, 1 << 20: 0o1000}
_UNKNOWN = Entry(EntryKind.FILE, 0, 0, 0, 0, 0)


def engine_changes(client: EngineClient, container: str) -> Layer:
    """The layer of a container, without owners and without what was before; of very many files without sizes."""
    with engine_errors("ask for the step's changes"):
        answer = get_json(client, f"/containers/{container}/changes") or ()
        engine = EngineMade.of(_MOUNTS)
        found = [(str(item["Path"]), _KINDS[int(item["Kind"])]) for item in answer]
        kept = [(path, kind) for path, kind in found if not engine.covers(path) and path != "/.dockerenv"]
        looked_at = len(kept) <= _MOST_ENTRIES
        return layer_of(_change(client, container, path, kind, looked_at) for path, kind in kept)


def entry_of_stat(stat: Mapping[str, Any]) -> Entry:
    """The entry in the answer of `HEAD /containers/{id}/archive`, whose mode is a Go `fs.FileMode`."""
    mode = int(stat["mode"])
    kind = next((kind for bits, kind in _GO_TYPES.items() if mode & bits == bits), EntryKind.FILE)
    special = sum(bit for bits, bit in _GO_SPECIAL.items() if mode & bits)
    size = int(stat["size"]) if kind is EntryKind.FILE else 0
    return Entry(
        kind, (mode & 0o777) | special, 0, 0, size, _nanoseconds(stat["mtime"]), target=stat.get("linkTarget") or ""
    )


def _change(client: EngineClient, container: str, path: str, kind: ChangeKind, looked_at: bool) -> Change:
    if kind is ChangeKind.DELETED:
        return Change(path, kind, _UNKNOWN, None)
    after = _entry(client, container, path) if looked_at else _UNKNOWN
    return Change(path, kind, None if kind is ChangeKind.ADDED else after, after)


def _entry(client: EngineClient, container: str, path: str) -> Entry:
    api: Any = client.api
    answer = api.head(api._url(f"/containers/{container}/archive?path={quote(path, safe='')}"))
    header = answer.headers.get("X-Docker-Container-Path-Stat")
    return entry_of_stat(json.loads(base64.b64decode(header))) if header else _UNKNOWN


def _nanoseconds(time: str) -> int:
    """A time in RFC 3339, as Go writes it."""
    match = re.fullmatch(r"(.*?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", time)
    if match is None:
        return 0
    whole = datetime.datetime.fromisoformat(match[1] + match[3])
    return int(whole.timestamp()) * 10**9 + int((match[2] or "").ljust(9, "0")[:9])
