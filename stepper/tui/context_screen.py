"""The screen of the build context as the engine sees it: what is included, what is ignored and by which rule."""

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from stepper.debugger.context_report import ContextPath, ContextReport, Total, context_report
from stepper.debugger.options import BuildOptions
from stepper.errors import StepperError
from stepper.image.layer import Change, ChangeKind, Layer, layer_of
from stepper.text import human_size, printable
from stepper.tui.find_bar import FILTER_HINT, FindBar, TreeFilter
from stepper.tui.widgets.change_text import permissions
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.widgets.collector import collector_paused

_KEYS = (
    ("S", "largest first", "sort"),
    ("f", "list", "flatten"),
    ("E", "expand", "expand"),
    ("/", "filter", "filter"),
    ("L", "look again", "look"),
    ("Esc", "back", "close"),
)


class ContextScreen(Screen[None]):
    """A tree in which `+` marks what is included and `-` what is ignored. It is looked at apart from the session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("q", "close", "Close", show=False),
        Binding("S", "sort", "By name, or the largest first", show=False),
        Binding("f", "flatten", "A tree, or a list of paths", show=False),
        Binding("E", "expand", "Open all folders", show=False),
        Binding("C", "collapse", "Close all folders", show=False),
        Binding("slash", "filter", "Filter", show=False),
        Binding("L", "look", "Look again", show=False),
        Binding("ctrl+q", "app.quit", "Quit", show=False),
    ]

    DEFAULT_CSS = """
    ContextScreen {
        & > #context-title, & > #context-keys { height: auto; padding: 0 1; background: $panel; }
        & > #context-keys { link-style: none; link-color: $foreground; link-background-hover: $panel; }
        & > #context { height: 1fr; }
    }
    """

    def __init__(self, options: BuildOptions) -> None:
        super().__init__()
        self._options = options
        self._title = Static("", id="context-title", markup=False)
        self._tree = ChangeTree(id="context")
        self._details = Static("", classes="path-details", markup=False)
        self._report: ContextReport | None = None
        self._by_path: dict[str, ContextPath] = {}

    def compose(self) -> ComposeResult:
        """The totals, the tree, what is known of the path under the cursor, the keys."""
        yield self._title
        yield self._tree
        yield self._details
        yield Static(_keys_text(), id="context-keys")

    def on_mount(self) -> None:
        """Begin to look."""
        self._details.display = False
        self._tree.focus()
        self.action_look()

    @property
    def paths(self) -> ChangeTree:
        """What is shown."""
        return self._tree

    def action_look(self) -> None:
        """Look at the folder as it is now."""
        self._tree.show(None, nothing="Looking at the build context …")
        self._title.update(Content.styled(f"Build context · {printable(str(self._options.context))}", "bold"))
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        try:
            report, layer = await asyncio.to_thread(_look_at, self._options)
        except StepperError as error:
            self._tree.show(None, nothing=str(error))
            return
        self._report = report
        self._by_path = {path.path: path for path in report.paths}
        self._title.update(_title_text(report))
        self._tree.show(layer, nothing="The build context is empty")

    @on(ChangeTree.Highlighted)
    def _highlighted(self, event: ChangeTree.Highlighted) -> None:
        event.stop()
        path = self._by_path.get(event.node.path) if event.node is not None else None
        self._details.display = path is not None
        if path is not None and event.node is not None and self._report is not None:
            count = event.node.count if event.node.children is not None else 0
            self._details.update(_details_text(self._report, path, event.node.size, count))

    def action_sort(self) -> None:
        """By name, or the largest first."""
        self._tree.toggle_sort()

    def action_flatten(self) -> None:
        """A tree, or a list of whole paths."""
        self._tree.toggle_flat()

    def action_expand(self) -> None:
        """Open all folders."""
        self._tree.expand_all()

    def action_collapse(self) -> None:
        """Close all folders."""
        self._tree.collapse_all()

    def action_filter(self) -> None:
        """Filter the tree."""
        self._end_filter()
        self.mount(FindBar(TreeFilter(self._tree), self._tree, FILTER_HINT), after=self._details)

    def action_close(self) -> None:
        """End a filter, else go back."""
        if not self._end_filter():
            self.dismiss()

    def _end_filter(self) -> bool:
        bars = list(self.query(FindBar))
        for bar in bars:
            bar.action_close()
        return bool(bars)


def _look_at(options: BuildOptions) -> tuple[ContextReport, Layer]:
    """What there is, and as changes to show: what is ignored has its size, and the mark of what is not there."""
    with collector_paused():
        report = context_report(options)
        kinds = {True: ChangeKind.ADDED, False: ChangeKind.DELETED}
        layer = layer_of(Change(path.path, kinds[path.is_included], None, path.entry) for path in report.paths)
    return report, layer


def _title_text(report: ContextReport) -> Content:
    name = report.ignore_name.rpartition("/")[2]
    ignored = f"{_total_text(report.ignored)} by {printable(name)}" if name else "nothing: there is no ignore file"
    return Content.assemble(
        (f"Build context · {printable(str(report.folder))}\n", "bold"),
        (f"+ includes {_total_text(report.included)} · - ignores {ignored}", "$text-muted"),
    )


def _total_text(total: Total) -> str:
    return f"{total.files:,} file{'' if total.files == 1 else 's'}, {human_size(total.size)}"


def _details_text(report: ContextReport, path: ContextPath, size: int, count: int) -> str:
    entry = path.entry
    figures = f"{permissions(entry)} · {human_size(size)}" + (f" in {count:,} paths" if count > 1 else "")
    if path.rule is None:
        why = "included: no rule ignores it"
    else:
        name = printable(report.ignore_name.rpartition("/")[2])
        rule = f"{name}:{path.rule.line} {printable(path.rule.text)}"
        why = f"ignored by {rule}"
        if path.is_included:
            back = path.rule.reincludes
            why = f"included by {rule}" if back else f"{rule} ignores it, but not all that is in it"
    return f"{printable(path.path[1:])} · {figures}\n{why}"


def _keys_text() -> Content:
    return Content("  ").join(
        Content.assemble((key, "bold $text-accent"), " ", (label, "$text-muted")).stylize(f"@click=screen.{action}")
        for key, label, action in _KEYS
    )
