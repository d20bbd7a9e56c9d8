"""Whole builds by the engine's own builder, as snapshots that can be looked at, entered and tagged."""

import time
from collections.abc import Callable

from stepper.engine.base_images import BaseImages
from stepper.engine.build_request import BuildRequest
from stepper.engine.builder import Builder
from stepper.engine.protocol import Report
from stepper.engine.step import Outcome, Snapshot


class WholeBuilds:
    """Remembers which image each snapshot of a whole build is. `note` is told the ids of the images that were made."""

    def __init__(self, builder: Builder, bases: BaseImages, note: Callable[[str], None]) -> None:
        self._builder = builder
        self._bases = bases
        self._note = note
        self._images: dict[str, tuple[str, Snapshot]] = {}

    def build(self, request: BuildRequest, report: Report) -> Outcome:
        """Build; see `stepper.engine.protocol.Engine.build`."""
        begun = time.monotonic()
        image, failure = self._builder.build(request, report)
        if image is None:
            return Outcome(None, None, seconds=time.monotonic() - begun, failure=failure)
        self._note(image)
        snapshot = self._bases.snapshot(image, platform=None, pull=False, report=report)
        assert snapshot.image is not None, "what was built is an image"
        self._images[snapshot.image] = image, snapshot
        return Outcome(snapshot, None, self._bases.size(snapshot.image), time.monotonic() - begun)

    def image_of(self, snapshot: Snapshot) -> str | None:
        """The image of a whole build, which is to be tagged as it is; None for another snapshot."""
        known = self._images.get(snapshot.image) if snapshot.image is not None else None
        return known[0] if known is not None and known[1] == snapshot else None
