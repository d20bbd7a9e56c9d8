"""Looks into the files of the paths that a tree shows: for their extended attributes, which are in no listing, and for
whether a content is another.

The file at the cursor and those of the rows on the screen are looked into, one after the other, once the tree rests.
"""

from collections.abc import Callable

from textual.timer import Timer

from stepper.debugger.state import StepRecord
from stepper.tui.controller import Controller
from stepper.tui.file_attributes import (
    FileAttributes,
    FileAttributesStore,
    attributes_text,
    has_attributes,
    is_worth_a_look,
)
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import Row, row_of
from stepper.tui.widgets.change_tree import ChangeTree

SETTLE_SECONDS = 0.15
"""How long the tree rests before files are looked into."""


class PathLooks:
    """`record` gives the step whose state the tree shows, None while it shows none; `arrived` is called on the event
    loop when more is known. What a file was before is looked for in the state before that step, or in that after the
    step `against`.
    """

    def __init__(
        self,
        tree: ChangeTree,
        controller: Controller,
        record: Callable[[], StepRecord | None],
        arrived: Callable[[], None],
        *,
        against: StepRecord | None = None,
    ) -> None:
        self._tree = tree
        self._record = record
        self._told = arrived
        self._store = FileAttributesStore(controller, self._read, against=against)
        self._resting: Timer | None = None

    def attributes(self, node: Node) -> str:
        """The extended attributes of the path at the cursor, as far as they are known by now."""
        record = self._record()
        if record is None or not has_attributes(record, row_of(node)):
            return ""
        found = self._store.of(record, node.path)
        if found is None:
            self._rest()
            return ""
        return attributes_text(found)

    def look_into(self, node: Node) -> Row:
        """All that is known of a row by now."""
        record, row = self._record(), row_of(node)
        if record is None or not has_attributes(record, row):
            return row
        found = self._store.of(record, node.path)
        if found is None and is_worth_a_look(record, row):
            self._rest()
        return found.added_to(row) if isinstance(found, FileAttributes) else row

    def _rest(self) -> None:
        if self._resting is None:
            self._resting = self._tree.set_timer(SETTLE_SECONDS, self._ask)
        else:
            self._resting.reset()

    def _ask(self) -> None:
        """Have the next file read that is to be looked into: the one at the cursor first, then those on the screen."""
        self._resting = None
        record, at_cursor = self._record(), self._tree.highlighted
        if record is None or at_cursor is None:
            return
        for node in (at_cursor, *self._tree.visible_nodes()):
            is_wanted = has_attributes if node is at_cursor else is_worth_a_look
            if is_wanted(record, row_of(node)) and self._store.of(record, node.path) is None:
                self._store.ask(record, node.path, node.change)
                return

    def _read(self) -> None:
        self._tree.call_later(self._arrived)

    def _arrived(self) -> None:
        self._told()
        self._tree.refresh()
        if self._resting is not None:
            self._resting.stop()
        self._ask()
