"""The history of an image as an engine tells it, brought into agreement with the image's layers."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from stepper.image.config import HistoryEntry

_MAKES_LAYER = re.compile(r"^(RUN|COPY|ADD|WORKDIR)\b|^/bin/sh -c (?!#\(nop\))|#\(nop\) +(COPY|ADD|WORKDIR)\b|^$")
"""As BuildKit and as the classic builder word it."""


class HistoryLine(NamedTuple):
    """An entry of a history with the bytes of its layer, 0 where it made none."""

    entry: HistoryEntry
    size: int

    @property
    def is_import(self) -> bool:
        """Whether a whole filesystem was imported here, by no instruction."""
        return not self.entry.created_by and not self.entry.empty_layer


def told_by_docker(entries: Iterable[Mapping[str, Any]]) -> tuple[HistoryLine, ...]:
    """The answer of Docker's `GET /images/{name}/history` (newest first), the oldest first."""
    told = list(entries)
    sizes = [int(entry.get("Size") or 0) for entry in reversed(told)]
    return tuple(map(HistoryLine, from_docker(told, sum(size > 0 for size in sizes)), sizes))


def with_sizes(history: Sequence[HistoryEntry], sizes: Sequence[int]) -> tuple[HistoryLine, ...]:
    """A history with the sizes of the image's layers, the lowest first."""
    left = iter(sizes)
    return tuple(HistoryLine(entry, 0 if entry.empty_layer else next(left)) for entry in aligned(history, len(sizes)))


def from_docker(entries: Iterable[Mapping[str, Any]], layers: int) -> tuple[HistoryEntry, ...]:
    """The answer of Docker's `GET /images/{name}/history` (newest first) as a history of `layers` layers.

    The engine does not say which entries made a layer. One with a size did; of those without, the ones whose wording
    makes it likely are taken until the number is right.
    """
    oldest_first = list(entries)[::-1]
    sizes = [int(entry.get("Size") or 0) for entry in oldest_first]
    history = [
        HistoryEntry(
            created=_rfc3339(int(entry.get("Created") or 0)),
            created_by=entry.get("CreatedBy") or "",
            empty_layer=size == 0,
            comment=entry.get("Comment") or "",
        )
        for entry, size in zip(oldest_first, sizes, strict=True)
    ]
    return aligned(history, layers)


def aligned(history: Sequence[HistoryEntry], layers: int) -> tuple[HistoryEntry, ...]:
    """The history with exactly as many entries that made a layer as there are layers; engines insist on that."""
    entries = list(history)
    excess = sum(not entry.empty_layer for entry in entries) - layers
    if excess < 0:
        likely = [index for index, entry in enumerate(entries) if entry.empty_layer and _is_likely(entry)]
        others = [index for index, entry in enumerate(entries) if entry.empty_layer and not _is_likely(entry)]
        for index in (*likely, *others)[:-excess]:
            entries[index] = replace(entries[index], empty_layer=False)
        missing = layers - sum(not entry.empty_layer for entry in entries)
        entries = [HistoryEntry("", "")] * missing + entries
    for index in range(len(entries) - 1, -1, -1):
        if excess > 0 and not entries[index].empty_layer:
            entries[index] = replace(entries[index], empty_layer=True)
            excess -= 1
    return tuple(entries)


def _is_likely(entry: HistoryEntry) -> bool:
    return _MAKES_LAYER.search(entry.created_by) is not None


def _rfc3339(seconds: int) -> str:
    if seconds <= 0:
        return ""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
