"""The changes of a layer, or a whole filesystem, as a tree with kinds and sizes; quick with 100,000 paths."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Unpack

from textual.worker import WorkType

from stepper.image.layer import Layer, Listing
from stepper.image.path_filter import NO_FILTER, PathFilter
from stepper.tui.widgets.change_nodes import Node, SortBy, layer_tree, listing_tree
from stepper.tui.widgets.collector import collector_paused
from stepper.tui.widgets.line_view import WidgetOptions
from stepper.tui.widgets.path_tree import NO_ROOT, PathTree, WrittenBy
from stepper.tui.widgets.tree_cache import TreeCache
from stepper.tui.widgets.visible_rows import VisibleRows

BUILT_AT_ONCE = 3000
"""Paths up to which a tree is built at once; a larger one is built by a thread."""

Build = Callable[[bool], Node]
"""Makes the root of what is shown; flat or not."""


class ChangeTree(PathTree):
    """Builds the tree, filters and sorts it. Which folders are open is kept by path when another layer is shown."""

    def __init__(self, **options: Unpack[WidgetOptions]) -> None:
        super().__init__(**options)
        self._sort = SortBy.NAME
        self._filter = NO_FILTER
        self._flat = False
        self._trees = TreeCache()
        self._source: object = None
        self._count = 0
        self._build: Build = lambda _: NO_ROOT
        self._nothing = ""
        self._asked = 0
        self._applied = asyncio.Event()
        self._applied.set()

    # What is shown

    def show(self, layer: Layer | None, *, nothing: str = "Nothing changed on disk") -> None:
        """Show a layer; `nothing` is said where it is empty or None."""
        self._written_by = None
        if layer is None:
            self._show(None, 0, nothing, lambda _: NO_ROOT)
        else:
            self._show(layer, len(layer.changes), nothing, lambda flat: layer_tree(layer, flat=flat))

    def show_listing(
        self, listing: Listing | None, *, nothing: str = "No files", written_by: WrittenBy | None = None
    ) -> None:
        """Show a whole filesystem; `written_by` tells of a path which step wrote it."""
        self._written_by = written_by
        if listing is None:
            self._show(None, 0, nothing, lambda _: NO_ROOT)
        else:
            self._show(listing, len(listing), nothing, lambda flat: listing_tree(listing, flat=flat))

    def prepare(self, layer: Layer, root: Node) -> None:
        """Take the tree of a layer that somebody has built already: then it is shown at once."""
        self._trees.keep(layer, root)

    def _show(self, source: object, count: int, nothing: str, build: Build) -> None:
        if source is self._source and source is not None:
            self.repaint()
            return
        self._source, self._count, self._nothing, self._build = source, count, nothing, build
        self._show_source()

    def _show_source(self) -> None:
        source, flat = self._source, self._flat
        self._asked += 1
        root = self._trees.get(source, flat=flat)
        if root is None and (self._count <= BUILT_AT_ONCE or not self.is_attached):
            root = self._trees.keep(source, self._build(flat), flat=flat)
        if root is not None:
            self._show_root(root, at_once=not flat and not self._filter)
            return
        self.use_rows(VisibleRows(NO_ROOT, self._open_folders))
        self._applied.clear()
        self.placeholder = f"Sorting {self._count:,} paths …"
        work: WorkType[None] = partial(self._build_apart, self._asked, flat)
        self.run_worker(work, group="build", exclusive=True)

    async def _build_apart(self, asked: int, flat: bool) -> None:
        source, build, sort, only = self._source, self._build, self._sort, self._filter

        def build_all() -> VisibleRows:
            with collector_paused():
                return VisibleRows(build(flat), self._open_folders, sort=sort, only=only)

        rows = await asyncio.to_thread(build_all)
        if asked == self._asked:
            self._trees.keep(source, rows.root, flat=flat)
            self._filtered(rows)

    def _show_root(self, root: Node, *, at_once: bool = False) -> None:
        """Show the tree that is built, as it is to be filtered and sorted now."""
        if at_once or root.count <= BUILT_AT_ONCE or not self.is_attached:
            self._filtered(VisibleRows(root, self._open_folders, sort=self._sort, only=self._filter))
        else:
            self._applied.clear()
            work: WorkType[None] = partial(self._show_root_apart, self._asked, root)
            self.run_worker(work, group="build", exclusive=True)

    async def _show_root_apart(self, asked: int, root: Node) -> None:
        rows = await asyncio.to_thread(VisibleRows, root, self._open_folders, sort=self._sort, only=self._filter)
        if asked == self._asked:
            self._filtered(rows)

    def _filtered(self, rows: VisibleRows) -> None:
        """Show rows that are as they are to be; with a filter the cursor stands on what it means."""
        if self._filter:
            self._path = rows.first_match(self._path)
        self.placeholder = "No path fits the filter" if rows.root.count and self._filter else self._nothing
        self.use_rows(rows)
        self._applied.set()

    def _renew(self) -> None:
        self._asked += 1
        root = self._trees.get(self._source, flat=self._flat)
        if root is not None:
            self._show_root(root)
        elif self._source is not None:
            self._show_source()

    # How it is shown

    @property
    def only(self) -> PathFilter:
        """The filter in force."""
        return self._filter

    @property
    def shows_changes(self) -> bool:
        """Whether it shows a layer, not a whole filesystem."""
        return self._written_by is None

    async def filtered(self) -> int:
        """How many paths the filter leaves, once it has been applied."""
        await self._applied.wait()
        return self._rows.matches

    def filter(self, only: PathFilter) -> None:
        """Show only the paths that a filter leaves and the folders above them."""
        if only != self._filter:
            self._filter = only
            self._match = only.texts[0] if only.texts else ""
            self._renew()

    @property
    def sort_by(self) -> SortBy:
        """The order of the rows."""
        return self._sort

    def sort(self, by: SortBy) -> None:
        """Sort the rows of every folder."""
        if by is not self._sort:
            self._sort = by
            self._renew()

    def toggle_sort(self) -> None:
        """By name, by size, by name."""
        self.sort(SortBy.SIZE if self._sort is SortBy.NAME else SortBy.NAME)

    @property
    def flat(self) -> bool:
        """Whether it is a list of whole paths instead of a tree."""
        return self._flat

    def toggle_flat(self) -> None:
        """A tree, a list, a tree."""
        self._flat = not self._flat
        self._show_source()
