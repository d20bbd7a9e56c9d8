"""`stepper layers --json`: all that is known of an image, as one JSON document."""

import base64
import json
import math
from collections.abc import Sequence
from typing import Any

from stepper.cli.images.rules import Verdict
from stepper.image.analysis import ImageAnalysis
from stepper.image.config_json import docker_config
from stepper.image.entry import EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.image.stack import HiddenFile, by_layers

_KINDS = {
    EntryKind.FILE: "file",
    EntryKind.DIRECTORY: "directory",
    EntryKind.SYMLINK: "symlink",
    EntryKind.CHARACTER_DEVICE: "character device",
    EntryKind.BLOCK_DEVICE: "block device",
    EntryKind.FIFO: "pipe",
    EntryKind.SOCKET: "socket",
}
CHANGES = {ChangeKind.ADDED: "added", ChangeKind.MODIFIED: "modified", ChangeKind.DELETED: "deleted"}
"""What JSON calls the kinds of changes."""


def image_json(image: ImageAnalysis, verdicts: Sequence[Verdict] | None = None) -> str:
    """The document, ASCII only; with the rules' verdicts where some were asked for."""
    return json.dumps(image_fields(image, verdicts))


def image_fields(image: ImageAnalysis, verdicts: Sequence[Verdict] | None = None) -> dict[str, Any]:
    """An image as JSON values. Layers are counted from 0, the lowest; sizes are in bytes; `config` is as in inspect."""
    stack, dive = image.stack, image.dive
    fields: dict[str, Any] = {
        "names": list(image.names),
        "platform": image.platform,
        "bytes": image.size,
        "unreachable_bytes": stack.unreachable,
        "config": docker_config(image.config),
        "layers": [
            {
                "index": index,
                "instruction": layer.instruction,
                "created": layer.created,
                "comment": layer.comment,
                "bytes": layer.size,
                **{name: layer.layer.count(kind) for kind, name in CHANGES.items()},
                "changes": [change_fields(change) for change in layer.layer.changes],
            }
            for index, layer in enumerate(image.layers)
        ],
        "hidden": [
            {
                "written": written,
                "hidden": hidden,
                "bytes": sum(f.size for f in files),
                "files": list(map(_file, files)),
            }
            for (written, hidden), files in by_layers(stack.hidden).items()
        ],
        "rewrites": [
            {
                "layer": rewrite.layer,
                "files": rewrite.files,
                "bytes": rewrite.size,
                "attributes": sorted(attribute.value for attribute in rewrite.attributes),
            }
            for rewrite in image.rewrites
        ],
        "dive": {
            "efficiency": dive.efficiency,
            "wasted_bytes": dive.wasted_bytes,
            "wasted_ratio": dive.wasted_ratio if math.isfinite(dive.wasted_ratio) else None,
            "wasteful": [path._asdict() for path in reversed(dive.wasteful)],
        },
    }
    if verdicts is not None:
        fields["rules"] = [
            {"rule": each.rule, "value": each.wanted, "status": each.status.value, "reason": each.reason}
            for each in verdicts
        ]
    return fields


def _file(file: HiddenFile) -> dict[str, Any]:
    return {"path": file.path, "bytes": file.size}


def change_fields(change: Change) -> dict[str, Any]:
    """A change as JSON values. The values of extended attributes are any bytes, and so written in base 64.

    Names of one file have the same `inode`, a number that no other file of the image has.
    """
    entry = change.after or change.before
    assert entry is not None, "a change has an entry before or after"
    fields: dict[str, Any] = {
        "path": change.path,
        "change": CHANGES[change.kind],
        "kind": _KINDS[entry.kind],
        "bytes": change.size,
        "mode": f"{entry.mode:04o}",
        "uid": entry.uid,
        "gid": entry.gid,
    }
    if entry.target:
        fields["target"] = entry.target
    if entry.kind in (EntryKind.CHARACTER_DEVICE, EntryKind.BLOCK_DEVICE):
        fields["device"] = "{}:{}".format(*entry.device)
    if entry.links > 1 and entry.inode:
        fields["links"], fields["inode"] = entry.links, entry.inode
    if entry.xattrs:
        fields["xattrs"] = {name: base64.b64encode(value).decode() for name, value in entry.xattrs}
    if change.kind is ChangeKind.MODIFIED:
        fields["differs"] = list(change.differs)
    return fields
