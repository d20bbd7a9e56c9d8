"""What the tabs with a tree of paths have in common: the tree, and below it what is known of the path at its cursor."""

from textual import on

from stepper.tui.controller import Controller
from stepper.tui.path_looks import PathLooks
from stepper.tui.tabs.path_details import PathDetails
from stepper.tui.tabs.tab import InspectorTab, PathActivated
from stepper.tui.widgets.change_tree import ChangeTree


class PathTab(InspectorTab):
    """A tab over a `ChangeTree`. A subclass says in `draw` what is in the tree."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._tree = ChangeTree(id=self.panel.id)
        looks = PathLooks(self._tree, controller, lambda: self._inspected.record, lambda: self._details.show_again())
        self._tree.look_into = looks.look_into
        self._details = PathDetails(looks.attributes, looks.look_into)

    @property
    def view(self) -> ChangeTree:
        """The tree."""
        return self._tree

    @property
    def paths(self) -> ChangeTree:
        """The tree."""
        return self._tree

    @on(ChangeTree.Activated)
    def _activated(self, event: ChangeTree.Activated) -> None:
        event.stop()
        self.post_message(PathActivated())

    @on(ChangeTree.Highlighted)
    def _highlighted(self, event: ChangeTree.Highlighted) -> None:
        event.stop()
        self._details.show(self._inspected, event.node)
