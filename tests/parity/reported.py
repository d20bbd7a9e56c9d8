"""What Stepper reports of its steps' layers, held against the layers' own archives, entry by entry.

What differs by the nature of the two, and is not told:

- an archive repeats a directory for the sake of what is in it, with nothing changed but its time, and has the root;
- an archive takes a directory away by one whiteout, Stepper names all that was in it;
- of an opaque directory, and of a file in the place of a directory, the archive does not name what went;
- the mount points of every container, and what the engine makes in it, are in an archive and are no change;
- an archive has no time before 1970;
- the containerd image store leaves out what was written again as it was, and directories with another time alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stepper.debugger.state import SessionState
from stepper.engine.api_requests import inspect_image
from stepper.engine.client import EngineClient
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Change, ChangeKind, Layer
from tests.parity.flat import WHITEOUT, FlatFile, LayerFiles, add_layer
from tests.parity.saved import SavedImage

_KINDS = {
    "0": EntryKind.FILE,
    "2": EntryKind.SYMLINK,
    "3": EntryKind.CHARACTER_DEVICE,
    "4": EntryKind.BLOCK_DEVICE,
    "5": EntryKind.DIRECTORY,
    "6": EntryKind.FIFO,
}
_HARD_LINK = "1"
_ENGINES_OWN = frozenset(("dev", "dev/console", "dev/pts", "dev/shm", "proc", "sys", ".dockerenv", "etc/mtab",
                          "etc/hosts", "etc/hostname", "etc/resolv.conf"))  # fmt: skip
_PODMANS_MARKER = "run/.containerenv"
_PODMANS_OWN = frozenset((_PODMANS_MARKER, "run", "etc"))
"""What Podman makes besides, the directories where the image has none."""


@dataclass(frozen=True)
class ReportedStep:
    """What is told of a step that made a layer.

    `image` is the id of its snapshot, and `digests` are those of all layers of that, `digests_before` of which were
    there before the step: an image store may make no layer of what is none to it.
    """

    line: int
    image: str
    layer: Layer
    digests: tuple[str, ...]
    digests_before: int


def reported_steps(client: EngineClient, state: SessionState) -> list[ReportedStep]:
    """The steps of a build that ran and made a layer."""
    found = []
    for record in state.steps:
        before, after = record.before, record.after
        if record.layer is None or before is None or after is None or after.image in (None, before.image):
            continue
        digests = _digests(client, str(after.image))
        had = len(_digests(client, before.image)) if before.image is not None else 0
        found.append(ReportedStep(record.instruction.line, str(after.image), record.layer, digests, had))
    return found


def _digests(client: EngineClient, image: str) -> tuple[str, ...]:
    return tuple(inspect_image(client, image)["RootFS"].get("Layers") or ())


def last_snapshots(steps: Iterable[ReportedStep]) -> list[str]:
    """The ids of the snapshots that hold the layers of all these steps: the last ones of their stages."""
    by_digests = {step.digests: step.image for step in steps}
    below = {digests[:length] for digests in by_digests for length in range(len(digests))}
    return [image for digests, image in by_digests.items() if digests not in below]


def reported_differences(steps: Iterable[ReportedStep], image: SavedImage, *, on_containerd: bool = False) -> list[str]:
    """How the reports differ from the archives of those layers that are in an image, one line for each difference.

    With `on_containerd` that image store made the layers.
    """
    digests = tuple(image.layers)
    lines = []
    for step in steps:
        if not step.digests or step.digests != digests[: len(step.digests)]:
            continue
        below: dict[str, FlatFile] = {}
        for digest in step.digests[: step.digests_before]:
            add_layer(image.layer(digest), below)
        archive = image.layer(step.digests[-1]) if step.digests_before < len(step.digests) else {}
        left_out = {
            change.path
            for change in step.layer.changes
            if on_containerd and _is_touched(change) and change.path.strip("/") not in archive
        }
        layer = Layer(tuple(change for change in step.layer.changes if change.path not in left_out))
        found = layer_differences(layer, archive, below)
        lines += [f"line {step.line}: {line}" for line in found]
    return lines


def layer_differences(layer: Layer, archive: LayerFiles, below: Mapping[str, FlatFile]) -> list[str]:
    """How a report differs from the layer's archive; `below` are the files of the layers under it."""
    changes = {change.path.strip("/"): change for change in layer.changes}
    after = dict(below)
    add_layer(archive, after)
    made = _ENGINES_OWN | (_PODMANS_OWN if _PODMANS_MARKER in archive else frozenset())
    lines = []
    for path, member in archive.items():
        if path.rpartition("/")[2].startswith(WHITEOUT):
            continue
        change = changes.get(path)
        if change is None or change.after is None:
            if not _is_repeated(member, below.get(path)) and path not in made:
                lines.append(f"/{path}: in the archive and not reported: {member}")
        else:
            lines += [f"/{path}: {told}" for told in _entry_differences(path, change, changes, archive, below)]
    for path, change in changes.items():
        lines += _kind_differences(path, change, archive, below, after)
    gone = (path for path in below if path not in after and path not in _ENGINES_OWN)
    lines += [f"/{path}: gone by the archive and not reported" for path in gone if path not in changes]
    return lines


def _kind_differences(
    path: str, change: Change, archive: LayerFiles, below: Mapping[str, FlatFile], after: Mapping[str, FlatFile]
) -> list[str]:
    """What is wrong with the kind of a change."""
    if path == "" or path in _ENGINES_OWN:
        return []
    wanted = ChangeKind.MODIFIED if path in below else ChangeKind.ADDED
    if change.kind is ChangeKind.DELETED:
        return [f"/{path}: reported as deleted, and there after the layer"] if path in after else []
    if path not in archive:
        return [f"/{path}: reported as {change.kind.name} and not in the archive"]
    return [] if change.kind is wanted else [f"/{path}: reported as {change.kind.name}, is {wanted.name}"]


def _entry_differences(
    path: str, change: Change, changes: Mapping[str, Change], archive: LayerFiles, below: Mapping[str, FlatFile]
) -> list[str]:
    """How an entry differs from its member; one that is another name has what the first name's member says."""
    entry, member = change.after, archive[path]
    assert entry is not None, "only of what is there after the step"
    found = []
    if member.kind == _HARD_LINK:
        first = member.link.removeprefix("./").strip("/")
        named = changes.get(first)
        other = named.after if named is not None else None
        if other is not None and (other.inode, other.links) != (entry.inode, entry.links):
            found.append(f"no other name of /{first}")
        target = archive.get(first) or below.get(first)
        if target is None:
            return [*found, f"another name of /{first}, which is not there"]
        member = target
    told, wanted = _told(entry), _wanted(member)
    found += [
        f"{field} {told[field]!r}, the archive has {wanted[field]!r}"
        for field in told
        # When exactly the engine wrote into a directory of its own is not known.
        if told[field] != wanted[field] and (field, path in _ENGINES_OWN) != ("time", True)
    ]
    return found


def _told(entry: Entry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "mode": oct(entry.mode) if entry.kind is not EntryKind.SYMLINK else "",
        "owner": (entry.uid, entry.gid),
        "size": entry.size if entry.kind is EntryKind.FILE else 0,
        "target": entry.target,
        "device": entry.device,
        "time": max(entry.mtime_ns // 10**9, 0),
    }


def _wanted(member: FlatFile) -> dict[str, object]:
    kind = _KINDS.get(member.kind, EntryKind.FILE)
    return {
        "kind": kind,
        "mode": oct(member.mode) if kind is not EntryKind.SYMLINK else "",
        "owner": member.owner,
        "size": member.size if kind is EntryKind.FILE else 0,
        "target": member.link if kind is EntryKind.SYMLINK else "",
        "device": member.device,
        "time": max(member.mtime, 0),
    }


def _is_touched(change: Change) -> bool:
    """Whether something is reported to be as it was, or a directory to have another time alone."""
    after = change.after
    if after is None or change.before is None:
        return False
    return change.differs == () or (after.kind is EntryKind.DIRECTORY and change.differs == ("time",))


def _is_repeated(member: FlatFile, before: FlatFile | None) -> bool:
    """Whether a directory stands in an archive only for the sake of what is in it."""
    is_directory = _KINDS.get(member.kind) is EntryKind.DIRECTORY
    return is_directory and before is not None and replace(before, mtime=member.mtime) == member
