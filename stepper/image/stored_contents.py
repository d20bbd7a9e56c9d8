"""What a layer's archive holds as compact bytes, for the cache folder; beside `stepper.image.stored`.

Column by column in JSON, compressed, so that reading 60,000 entries takes a fraction of a second. Paths keep their
undecodable bytes.
"""

from stepper.image.layer_contents import LayerContents
from stepper.image.stored import FORMAT, damage, entries_of, entry_columns, pack, unpack

CONTENTS_FORMAT = f"{FORMAT}.3"
"""Changes whenever what is stored changes, so that what an older version stored is not read."""


def dump_contents(contents: LayerContents) -> bytes:
    """A layer's contents as bytes."""
    return pack(
        {
            "paths": list(contents.entries),
            "entries": entry_columns(contents.entries.values()),
            "hidden": sorted(contents.hidden),
            "opaque": sorted(contents.opaque),
            "stored": dict(contents.stored),
            "digests": dict(contents.digests),
            "borrowed": dict(contents.borrowed),
        }
    )


def load_contents(data: bytes) -> LayerContents:
    """What `dump_contents` wrote; ValueError when the bytes are something else."""
    with damage():
        document = unpack(data)
        return LayerContents(
            dict(zip(document["paths"], entries_of(document["entries"]), strict=True)),
            frozenset(document["hidden"]),
            frozenset(document["opaque"]),
            _integers(document["stored"]),
            _integers(document["digests"]),
            dict(document["borrowed"]),
        )


def _integers(values: dict[str, int]) -> dict[str, int]:
    if not all(isinstance(value, int) for value in values.values()):
        raise ValueError("no numbers")
    return values
