"""What is known of an image before its layers were read."""

from stepper.image.config import HistoryEntry
from stepper.image.history import HistoryLine
from stepper.image.outline import ImageOutline, LayerOutline, layer_outlines


def test_the_layers_are_those_entries_of_the_history_that_made_one() -> None:
    history = [
        HistoryLine(HistoryEntry("", "", comment="Imported from -"), 100),
        HistoryLine(HistoryEntry("", "ENV A=1", empty_layer=True), 0),
        HistoryLine(HistoryEntry("2026", "RUN /bin/sh -c make # buildkit"), 7),
    ]
    layers = layer_outlines(history)
    assert layers == (LayerOutline("", "Imported from -", "", 100), LayerOutline("RUN make", "", "2026", 7))
    assert ImageOutline("app", "linux/amd64", layers).size == 107
