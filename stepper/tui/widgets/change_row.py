"""One row of the tree of changes as coloured text: kind, indented name with a note, size."""

from collections.abc import Callable
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from stepper.text import printable
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import Row, permissions, row_note, size_text
from stepper.tui.widgets.line_view import ROW_META

INDENT = 2
ARROW_PART = "arrow"
"""The `ROW_META` of the sign that opens and closes a folder."""


class RowParts(NamedTuple):
    """A row from left to right; the name may be wider than the room for it."""

    mark: Segment
    name: Strip
    size: Segment


def row_parts(
    node: Node, depth: int, *, row: Row, is_open: bool, match: str, style: Callable[[str], Style]
) -> RowParts:
    """Colour one node. `row` is what is known of it, `match` the filter's text, to underline; `style` gives the style
    of a component class.
    """
    kind_style = style(f"path-tree--{node.kind.name.lower()}") if node.kind is not None else Style.null()
    folder = node.is_directory
    segments = [
        Segment(" " * (INDENT * depth), Style.null()),
        _arrow(node, is_open),
        *_marked(
            printable(node.name) + ("/" if folder else ""),
            match,
            kind_style + style("path-tree--folder") if folder else kind_style,
            style("path-tree--match"),
        ),
    ]
    note = row_note(node, row)
    if note:
        segments.append(Segment(f"  {note}", style("path-tree--note")))
    return RowParts(
        Segment(node.kind.value if node.kind is not None else " ", kind_style),
        Strip(segments),
        Segment(f" {size_text(node)} ", style("path-tree--size")),
    )


def written_by_parts(
    node: Node, written_by: Callable[[str], str], style: Callable[[str], Style], *, wide: bool
) -> list[Segment]:
    """The right edge of a row of a whole filesystem: its size, who wrote it, and where there is room its permissions.

    A folder has many writers, so none is named.
    """
    note, figures = style("path-tree--note"), style("path-tree--size")
    writer = "" if node.is_directory else written_by(node.path)
    parts = [Segment(f" {size_text(node):>8}", figures), Segment(f" {writer:>8} ", note)]
    if wide and node.entry is not None:
        owner = f"{node.entry.uid}:{node.entry.gid}"
        parts.insert(0, Segment(f" {permissions(node.entry)} {owner:>9}", note))
    return parts


def _arrow(node: Node, is_open: bool) -> Segment:
    if not node.children:
        return Segment("  ", Style.null())
    return Segment("▾ " if is_open else "▸ ", Style.from_meta({ROW_META: ARROW_PART}))


def _marked(name: str, match: str, style: Style, match_style: Style) -> list[Segment]:
    """The name, with the text of the filter that is in it underlined."""
    wanted = match.rpartition("/")[2] or match
    start = name.find(wanted) if wanted.lower() != wanted else name.lower().find(wanted)
    if not wanted or start < 0:
        return [Segment(name, style)]
    end = start + len(wanted)
    return [Segment(name[:start], style), Segment(name[start:end], style + match_style), Segment(name[end:], style)]
