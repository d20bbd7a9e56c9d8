"""What the tabs with a tree of paths have in common: the tree, and below it what is known of the path at its cursor.

The extended attributes of files are in no listing, nor is what they hold: the file at the cursor and those of the rows
on the screen are looked into, one after the other, once the tree rests.
"""

from textual import on
from textual.timer import Timer

from stepper.tui.controller import Controller
from stepper.tui.file_attributes import (
    FileAttributes,
    FileAttributesStore,
    attributes_text,
    has_attributes,
    is_worth_a_look,
)
from stepper.tui.tabs.path_details import PathDetails
from stepper.tui.tabs.tab import InspectorTab, PathActivated
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import Row, row_of
from stepper.tui.widgets.change_tree import ChangeTree

SETTLE_SECONDS = 0.15
"""How long the tree rests before files are looked into."""


class PathTab(InspectorTab):
    """A tab over a `ChangeTree`. A subclass says in `draw` what is in the tree."""

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._tree = ChangeTree(id=self.panel.id)
        self._tree.look_into = self._look_into
        self._details = PathDetails(self._attributes_text, self._look_into)
        self._attributes = FileAttributesStore(controller, self._read)
        self._resting: Timer | None = None

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

    # What no listing tells

    def _attributes_text(self, node: Node) -> str:
        """The extended attributes of the path at the cursor, as far as they are known by now."""
        record = self._inspected.record
        if record is None or not has_attributes(record, row_of(node)):
            return ""
        found = self._attributes.of(record, node.path)
        if found is None:
            self._rest()
            return ""
        return attributes_text(found)

    def _look_into(self, node: Node) -> Row:
        """All that is known of a row by now."""
        record, row = self._inspected.record, row_of(node)
        if record is None or not has_attributes(record, row):
            return row
        found = self._attributes.of(record, node.path)
        if found is None and is_worth_a_look(record, row):
            self._rest()
        return found.added_to(row) if isinstance(found, FileAttributes) else row

    def _rest(self) -> None:
        if self._resting is None:
            self._resting = self.set_timer(SETTLE_SECONDS, self._ask)
        else:
            self._resting.reset()

    def _ask(self) -> None:
        """Have the next file read that is to be looked into: the one at the cursor first, then those on the screen."""
        self._resting = None
        record, at_cursor = self._inspected.record, self._tree.highlighted
        if record is None or at_cursor is None:
            return
        for node in (at_cursor, *self._tree.visible_nodes()):
            is_wanted = has_attributes if node is at_cursor else is_worth_a_look
            if is_wanted(record, row_of(node)) and self._attributes.of(record, node.path) is None:
                self._attributes.ask(record, node.path, node.change)
                return

    def _read(self) -> None:
        self.call_later(self._arrived)

    def _arrived(self) -> None:
        self._details.show_again()
        self._tree.refresh()
        self._ask()
