"""The time of a reproducible build: what the history of the image says in place of the time at which a step ran."""

from dataclasses import replace

from stepper.engine.step import Snapshot


def dated(snapshot: Snapshot, before: Snapshot | None, created: str | None) -> Snapshot:
    """The snapshot with this time (RFC 3339) in the history that its step added; as it is without a time.

    What a base image says of itself stays.
    """
    if created is None or before is None:
        return snapshot
    known = len(before.config.history)
    history = snapshot.config.history
    own = tuple(replace(entry, created=created) for entry in history[known:])
    return snapshot.with_config(replace(snapshot.config, history=(*history[:known], *own)))
