"""Images side by side: figures and layers of all, how the configuration and the files of the first two differ."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import ContentSwitcher

from stepper.debugger.file_contents import ReadFile
from stepper.image.comparison import Compared, Comparison, growth
from stepper.image.layer import ChangeKind, Layer
from stepper.text import human_size, printable
from stepper.tui.changes_summary import changes_summary
from stepper.tui.comparing.differences_screen import DIFFERENCE, TIMES, DifferencesScreen
from stepper.tui.comparing.file_screen import SavedFileScreen
from stepper.tui.tree_screen import BACK, TREE_KEYS
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.config_view import ConfigView
from stepper.tui.widgets.report_view import Part, ReportView, Row
from stepper.tui.widgets.size_bar import size_bar

_NAME_CELLS = 24
_BAR_CELLS = 16
_VIEWS = ("tree", "layers-of-all", "configuration")


class ImagesScreen(DifferencesScreen):
    """`1` to `3` and Tab go from the files to the layers and the configuration; Enter on a file shows its difference.

    `read` reads the files of the first two images. What differs in its time only is not in the tree at first: two
    builds of the same files differ in the times of all.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "view('tree')", "Files", show=False),
        Binding("2", "view('layers-of-all')", "Layers", show=False),
        Binding("3", "view('configuration')", "Configuration", show=False),
        Binding("tab", "next_view", "Next", show=False, priority=True),
    ]

    DEFAULT_CSS = "ImagesScreen > ContentSwitcher { height: 1fr; }"

    keys = (
        ("1", "files", "view('tree')"),
        ("2", "layers", "view('layers-of-all')"),
        ("3", "config", "view('configuration')"),
        DIFFERENCE,
        *TREE_KEYS,
        TIMES,
        BACK,
    )
    shows_times = False

    def __init__(self, comparison: Comparison, read: tuple[ReadFile, ReadFile]) -> None:
        super().__init__()
        self._comparison = comparison
        self._read = read
        self._layers = ReportView(id=_VIEWS[1])
        self._config = ConfigView(id=_VIEWS[2])
        self._switcher = ContentSwitcher(initial=_VIEWS[0])

    def compose(self) -> ComposeResult:
        """The figures, one of the views, what is known of the path under the cursor, the keys."""
        title, tree, *rest = super().compose()
        yield title
        with self._switcher:
            yield tree
            yield self._layers
            yield self._config
        yield from rest

    def on_mount(self) -> None:
        """All is known."""
        found = self._comparison
        first, second = found.images[:2]
        self.show_differences(found.changes)
        self._layers.show(layer_rows(found))
        self._layers.open_all()
        self._config.show(first.analysis.config, second.analysis.config, nothing="Nothing is configured")

    def update_title(self, found: Layer, note: str) -> None:
        """The figures of all."""
        self.title_view.update(Content.assemble(figures_text(self._comparison), (f"  {note}", "$text-muted")))

    def activated(self, node: Node) -> None:
        """Show the difference of a file."""
        if node.change is not None and not node.is_directory:
            first, second = (image.name for image in self._comparison.images[:2])
            where = {
                ChangeKind.ADDED: f"only in {second}",
                ChangeKind.DELETED: f"only in {first}",
                ChangeKind.MODIFIED: f"{first} → {second}",
            }[node.change.kind]
            self.app.push_screen(SavedFileScreen(node.change, where, self._read))

    def action_view(self, view: str) -> None:
        """Show the files, the layers or the configuration."""
        self._switcher.current = view
        self._details.display = view == _VIEWS[0] and self.tree_view.highlighted is not None
        # At once: the next key may be there already.
        self.set_focus(self.query_one(f"#{view}"))

    def action_next_view(self) -> None:
        """To the next of them."""
        self.action_view(_VIEWS[(_VIEWS.index(self._switcher.current or _VIEWS[0]) + 1) % len(_VIEWS)])

    def leave(self) -> None:
        """It is the only screen."""
        self.app.exit(None)


def figures_text(found: Comparison) -> Content:
    """A line for each image, and one for what the first two differ in."""
    first = found.images[0]
    lines = [Content.styled(f"{'':{_NAME_CELLS}} {'size':>18} {'layers':>7} {'files':>9} {'unreachable':>12}", "dim")]
    lines += [
        Content.assemble((f"{_cut(image.name):<{_NAME_CELLS}} ", "bold"), _figures(image, first))
        for image in found.images
    ]
    names = f"{printable(first.name)} → {printable(found.images[1].name)}  "
    lines.append(Content.assemble((names, "bold"), changes_summary(found.changes, growth(found.changes))))
    return Content("\n").join(lines)


def _figures(image: Compared, first: Compared) -> str:
    analysis = image.analysis
    size = human_size(analysis.size)
    if image is not first:
        size += f" ({human_size(analysis.size - first.analysis.size, signed=True)})"
    unreachable = human_size(analysis.stack.unreachable)
    return f"{size:>18} {len(analysis.contents):>7} {image.files:>9,} {unreachable:>12}"


def _cut(name: str) -> str:
    told = printable(name)
    return told if len(told) <= _NAME_CELLS else f"{told[: _NAME_CELLS - 1]}…"


def layer_rows(found: Comparison) -> tuple[Row, ...]:
    """Each image with its layers as bars, all on one scale."""
    largest = max((image.largest_layer for image in found.images), default=0)
    rows = []
    for number, image in enumerate(found.images):
        layers = tuple(
            Row(
                (number, index),
                (
                    Part(size_bar(layer.size, largest, _BAR_CELLS), "bar"),
                    Part(f" {human_size(layer.size):>8}  "),
                    Part(" ".join((layer.instruction or layer.comment).split()) or "(nothing is known of it)"),
                ),
            )
            for index, layer in enumerate(image.analysis.layers)
        )
        parts = (Part(image.name, "heading"), Part(f"  {human_size(image.analysis.size)}"))
        rows.append(Row(number, parts, None, layers))
    return tuple(rows)
