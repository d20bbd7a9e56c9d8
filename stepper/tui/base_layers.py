"""The files of base images as layers, for the Changes of a FROM.

They are listed beside the session's thread, and the newest few are kept.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepper.debugger.state import StepRecord
from stepper.errors import StepperError
from stepper.image.layer import EMPTY_LAYER, Change, ChangeKind, Layer, layer_of
from stepper.tui.controller import Controller
from stepper.tui.kept_answers import KeptAnswers

if TYPE_CHECKING:
    from stepper.debugger.session import Session

KEPT = 4


class BaseLayers:
    """`listed` is called from another thread when a layer has come in."""

    def __init__(self, controller: Controller, listed: Callable[[], None]) -> None:
        self._answers: KeptAnswers[Layer] = KeptAnswers(controller.look, listed, most=KEPT)

    def of(self, record: StepRecord) -> Layer | StepperError | None:
        """The layer of a FROM that ran, or why its files cannot be listed; None while that is not known."""
        return EMPTY_LAYER if record.after is None else self._answers.of(record.after.identity)

    def ask(self, record: StepRecord) -> None:
        """Have its files listed; `of` knows them after `listed`. What was asked before and not begun is dropped."""

        def layer(session: "Session") -> Layer:
            listing = session.snapshots.listing(record.id)
            return layer_of(
                Change(path, ChangeKind.ADDED, None, entry) for path, entry in listing.items() if path != "/"
            )

        if record.after is not None:
            self._answers.ask(record.after.identity, layer)
