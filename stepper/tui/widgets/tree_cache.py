"""Trees that were built lately, so that going back to a layer shows it at once."""

from collections import OrderedDict

from stepper.tui.widgets.change_nodes import Node

PATHS_KEPT = 250_000
"""About 120 bytes each; at least the newest tree is kept."""


class TreeCache:
    """The newest trees by what they were built from, and as which of the two: flat or not.

    The source is kept too: its identity is the key.
    """

    def __init__(self) -> None:
        self._trees: OrderedDict[tuple[int, bool], tuple[object, Node]] = OrderedDict()

    def get(self, source: object, *, flat: bool = False) -> Node | None:
        """The tree of this very object, if it is still here."""
        found = self._trees.get((id(source), flat))
        if found is None:
            return None
        self._trees.move_to_end((id(source), flat))
        return found[1]

    def keep(self, source: object, root: Node, *, flat: bool = False) -> Node:
        """Remember a tree; the oldest go when there are too many paths."""
        if source is None:
            return root
        self._trees[id(source), flat] = (source, root)
        self._trees.move_to_end((id(source), flat))
        total = sum(kept.count for _, kept in self._trees.values())
        while total > PATHS_KEPT and len(self._trees) > 1:
            _, (_, oldest) = self._trees.popitem(last=False)
            total -= oldest.count
        return root
