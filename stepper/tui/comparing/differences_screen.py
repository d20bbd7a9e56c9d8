"""The tree of how one filesystem differs from another; what differs in its time only can be left out of it."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from stepper.image.layer import Layer
from stepper.tui.tree_screen import TreeScreen
from stepper.tui.widgets.key_labels import Key

DIFFERENCE: Key = ("Enter", "diff", "open")
TIMES: Key = ("t", "times", "times")


class DifferencesScreen(TreeScreen):
    """A subclass writes the title in `update_title`, and has differences shown by `show_differences`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "times", "With files that differ in their time only, or without", show=False)
    ]

    DEFAULT_CSS = "DifferencesScreen > #tree-title { text-wrap: nowrap; text-overflow: ellipsis; }"

    shows_times = True
    """Whether files that differ in their time only are in the tree."""
    note = ""
    """What else is to be said of the differences."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Layer | None = None

    def show_differences(self, found: Layer) -> None:
        """Show these, and say in the title how many they are."""
        self._found = found
        shown = found if self.shows_times else found.without_times
        hides = found.time_only and not self.shows_times
        nothing = "Nothing but times differs: t shows them" if hides else "Their files are the same"
        self.tree_view.show(shown, nothing=nothing)
        notes = (self.note, "t shows them" if hides else "")
        self.update_title(found, " · ".join(filter(None, notes)))

    def update_title(self, found: Layer, note: str) -> None:
        """Say what is compared, how many differ, and the `note`."""

    def action_open(self) -> None:
        """As Enter."""
        if self.tree_view.highlighted is not None:
            self.activated(self.tree_view.highlighted)

    def action_times(self) -> None:
        """With the files that differ in their time only, or without."""
        self.shows_times = not self.shows_times
        if self._found is not None:
            self.show_differences(self._found)
