"""The screen of the build context as the engine sees it: what is included, what is ignored and by which rule."""

import asyncio
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from stepper.debugger.context_report import ContextPath, ContextReport, Total, context_report
from stepper.debugger.options import BuildOptions
from stepper.errors import StepperError
from stepper.image.layer import Change, ChangeKind, Layer, layer_of
from stepper.text import counted, human_size, printable
from stepper.tui.tree_screen import BACK, TREE_KEYS, TreeScreen
from stepper.tui.widgets.change_nodes import Node
from stepper.tui.widgets.change_text import permissions
from stepper.tui.widgets.collector import collector_paused


class ContextScreen(TreeScreen):
    """A tree in which `+` marks what is included and `-` what is ignored. It is looked at apart from the session."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("L", "look", "Look again", show=False)]

    keys = (*TREE_KEYS, ("L", "look again", "look"), BACK)

    def __init__(self, options: BuildOptions) -> None:
        super().__init__()
        self._options = options
        self._report: ContextReport | None = None
        self._by_path: dict[str, ContextPath] = {}

    def on_mount(self) -> None:
        """Begin to look."""
        self.action_look()

    def action_look(self) -> None:
        """Look at the folder as it is now."""
        self.tree_view.show(None, nothing="Looking at the build context …")
        self.title_view.update(Content.styled(f"Build context · {printable(str(self._options.context))}", "bold"))
        self._look()

    @work(exclusive=True, group="look")
    async def _look(self) -> None:
        try:
            report, layer = await asyncio.to_thread(_look_at, self._options)
        except StepperError as error:
            self.tree_view.show(None, nothing=str(error))
            return
        self._report = report
        self._by_path = {path.path: path for path in report.paths}
        self.title_view.update(_title_text(report))
        self.tree_view.show(layer, nothing="The build context is empty")

    def details_of(self, node: Node) -> str:
        """By which rule it is included or ignored."""
        path = self._by_path.get(node.path)
        if path is None or self._report is None:
            return ""
        return _details_text(self._report, path, node.size, node.count if node.children is not None else 0)


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
    return f"{counted(total.files, 'file')}, {human_size(total.size)}"


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
