"""Which nodes of a tree are rows on the screen: what is open, what the filter leaves, in which order. Pure."""

from contextlib import suppress

from stepper.image.entry import EntryKind
from stepper.image.path_filter import NO_FILTER, PathFilter
from stepper.tui.widgets.change_nodes import Node, SortBy, all_nodes

OPEN_AT_FIRST = 40
"""Folders of a new tree are opened, from the top, as long as no more rows than this come of it."""


class OpenFolders:
    """Which folders are open, by path: it outlives the tree, so that another layer opens the same way."""

    def __init__(self) -> None:
        self._chosen: dict[str, bool] = {}
        self._all: bool | None = None

    def set(self, path: str, is_open: bool) -> None:
        """The user opened or closed one folder."""
        self._chosen[path] = is_open

    def set_all(self, is_open: bool) -> None:
        """The user opened or closed everything, in trees to come too."""
        self._chosen.clear()
        self._all = is_open

    def reveal(self, path: str) -> None:
        """Open all folders above a path."""
        while (path := path.rpartition("/")[0]) != "":
            self._chosen[path] = True

    def is_open(self, path: str, by_default: bool) -> bool:
        """Whether a folder is open; `by_default` is for those the user never touched."""
        chosen = self._chosen.get(path)
        if chosen is not None:
            return chosen
        return by_default if self._all is None else self._all


class VisibleRows:
    """The rows of one tree: `nodes[i]` is shown `depths[i]` levels in."""

    def __init__(
        self, root: Node, open_folders: OpenFolders, *, sort: SortBy = SortBy.NAME, only: PathFilter = NO_FILTER
    ) -> None:
        self.root = root
        self.sort = sort
        self._open = open_folders
        self._open_at_first = _opened_at_first(root)
        self._matching: set[str] | None = None
        self._closed_in_filter: set[str] = set()
        self.nodes: list[Node] = []
        self.depths: list[int] = []
        self.matches = root.count
        """How many paths the filter leaves."""
        self._only = only
        if only:
            self._matching, self.matches = _paths_matching(root, only)
        self.rebuild()

    def is_open(self, node: Node) -> bool:
        """Whether a folder's children are shown. With a filter everything is open that was not closed since."""
        if self._matching is not None:
            return node.path not in self._closed_in_filter
        return self._open.is_open(node.path, node.path in self._open_at_first)

    def rebuild(self) -> None:
        """Collect all rows anew."""
        self.nodes, self.depths = self._rows_in(self.root, 0)

    def toggle(self, row: int) -> None:
        """Open or close the folder in this row; for anything else nothing happens."""
        node = self.nodes[row]
        if node.children:
            self.set_open(row, not self.is_open(node))

    def set_open(self, row: int, is_open: bool) -> None:
        """Open or close the folder in this row."""
        node, depth = self.nodes[row], self.depths[row]
        if not node.children or self.is_open(node) == is_open:
            return
        if self._matching is None:
            self._open.set(node.path, is_open)
        elif is_open:
            self._closed_in_filter.discard(node.path)
        else:
            self._closed_in_filter.add(node.path)
        if is_open:
            nodes, depths = self._rows_in(node, depth + 1)
            self.nodes[row + 1 : row + 1] = nodes
            self.depths[row + 1 : row + 1] = depths
        else:
            end = row + 1
            while end < len(self.depths) and self.depths[end] > depth:
                end += 1
            del self.nodes[row + 1 : end]
            del self.depths[row + 1 : end]

    def set_all(self, is_open: bool) -> None:
        """Open or close every folder."""
        if self._matching is None:
            self._open.set_all(is_open)
        elif is_open:
            self._closed_in_filter.clear()
        else:
            self._closed_in_filter = {node.path for node in all_nodes(self.root) if node.children}
        self.rebuild()

    def parent_of(self, row: int) -> int | None:
        """The row of the folder that this row is in; None at the top."""
        depth = self.depths[row]
        for above in range(row - 1, -1, -1):
            if self.depths[above] < depth:
                return above
        return None

    def row_of(self, path: str) -> int | None:
        """The row of a path; that of the closest folder above it when it is not shown; None where there is neither."""
        for node in reversed(self._nodes_to(path)):
            with suppress(ValueError):
                return self.nodes.index(node)
        return None

    def first_match(self, path: str) -> str:
        """The path of the first row that the filter means itself, but this path where it is one of them."""
        row = self.row_of(path)
        if row is not None and self.nodes[row].path == path and self._is_meant(self.nodes[row]):
            return path
        return next((node.path for node in self.nodes if self._is_meant(node)), path)

    def _is_meant(self, node: Node) -> bool:
        return self._only.matches(node.path, node.kind, _file_size(node))

    def _nodes_to(self, path: str) -> list[Node]:
        """The nodes from the top down to a path, as far as there are any."""
        found: list[Node] = []
        names = path.split("/")
        on_the_way = {"/".join(names[:end]) for end in range(2, len(names) + 1)}
        children = self.root.children or []
        while children:
            nearer = next((node for node in children if node.path in on_the_way), None)
            if nearer is None:
                break
            found.append(nearer)
            children = nearer.children or []
        return found

    def _rows_in(self, folder: Node, depth: int) -> tuple[list[Node], list[int]]:
        nodes: list[Node] = []
        depths: list[int] = []
        matching, is_open, sort = self._matching, self.is_open, self.sort
        children = folder.sorted_children(sort)
        if matching is None and not any(node.children for node in children):
            return children.copy(), [depth] * len(children)
        waiting = [(depth, node) for node in reversed(children)]
        while waiting:
            depth, node = waiting.pop()
            if matching is not None and node.path not in matching:
                continue
            nodes.append(node)
            depths.append(depth)
            if node.children and is_open(node):
                below = depth + 1
                waiting += [(below, child) for child in reversed(node.sorted_children(sort))]
        return nodes, depths


def _opened_at_first(root: Node) -> frozenset[str]:
    """What to open in a tree that is new to the user: level by level while there is room, a lone folder always."""
    opened: set[str] = set()
    level = list(root.children or ())
    rows = len(level)
    while level:
        below: list[Node] = []
        for node in level:
            if node.children and (rows == 1 or rows + len(node.children) <= OPEN_AT_FIRST):
                opened.add(node.path)
                rows += len(node.children)
                below += node.children
        level = below
    return frozenset(opened)


def _paths_matching(root: Node, only: PathFilter) -> tuple[set[str], int]:
    """The paths that the filter leaves and the folders that hold them; how many the former are."""
    matches = only.matches
    found: set[str] = set()
    count = 0
    trail: list[tuple[int, Node]] = []
    waiting = [(0, node) for node in root.children or ()]
    while waiting:
        depth, node = waiting.pop()
        del trail[depth:]
        trail.append((depth, node))
        if matches(node.path, node.kind, _file_size(node)):
            count += 1
            for _, above in reversed(trail):
                if above.path in found:
                    break
                found.add(above.path)
        if node.children:
            waiting += [(depth + 1, child) for child in node.children]
    return found, count


def _file_size(node: Node) -> int | None:
    """The bytes that a file has, a deleted one had."""
    entry = node.entry or (node.change.before if node.change is not None else None)
    return entry.size if entry is not None and entry.kind is EntryKind.FILE else None
