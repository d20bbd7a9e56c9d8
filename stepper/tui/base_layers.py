"""The files of base images as layers, for the Changes of a FROM.

They are listed in the session's thread, and the newest few are kept.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.debugger.state import StepRecord
from stepper.image.layer import EMPTY_LAYER, Change, ChangeKind, Layer, layer_of
from stepper.tui.controller import Controller

if TYPE_CHECKING:
    from stepper.debugger.session import Session

KEPT = 4


class BaseLayers:
    """`listed` is called from the session's thread when a layer has come in."""

    def __init__(self, controller: Controller, listed: Callable[[], None]) -> None:
        self._controller = controller
        self._listed = listed
        self._layers: OrderedDict[str, Layer] = OrderedDict()
        self._asked: set[str] = set()

    def of(self, record: StepRecord) -> Layer | None:
        """The layer of a FROM that ran; None while it is not known."""
        image = _image(record)
        if image is None:
            return EMPTY_LAYER
        layer = self._layers.get(image)
        if layer is not None:
            self._layers.move_to_end(image)
        return layer

    def ask(self, record: StepRecord) -> None:
        """Have the files listed, once; `of` knows the layer after `listed`."""
        image = _image(record)
        if image is None or image in self._asked or image in self._layers:
            return
        self._asked.add(image)

        def job(session: "Session") -> None:
            listing = session.snapshots.listing(record.id)
            layer = layer_of(
                Change(path, ChangeKind.ADDED, None, entry) for path, entry in listing.items() if path != "/"
            )
            self._layers[image] = layer
            while len(self._layers) > KEPT:
                self._layers.popitem(last=False)
            self._asked.discard(image)
            self._listed()

        self._controller.background(job)


def _image(record: StepRecord) -> str | None:
    return record.after.image if record.after is not None else None
