"""The inspector: the panel whose tabs show one step from all sides, and which of them is shown."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Static

from stepper.debugger.state import Status
from stepper.text import printable
from stepper.tui.controller import Controller
from stepper.tui.panel_tabs import tabs
from stepper.tui.panels import INSPECTOR, Panel
from stepper.tui.tabs.changes import ChangesTab
from stepper.tui.tabs.config import ConfigTab
from stepper.tui.tabs.copy import CopyTab
from stepper.tui.tabs.files import FilesTab
from stepper.tui.tabs.image import ImageTab
from stepper.tui.tabs.step import StepTab
from stepper.tui.tabs.tab import Inspected, InspectorTab
from stepper.tui.tabs.variables import VariablesTab
from stepper.tui.widgets.change_tree import ChangeTree
from stepper.tui.wording import step_text

TABS: tuple[type[InspectorTab], ...] = (
    ChangesTab,
    FilesTab,
    CopyTab,
    ConfigTab,
    ImageTab,
    VariablesTab,
    StepTab,
)
"""One for each panel in `INSPECTOR`."""
_AROUND_TITLE = 6
"""Cells of a border that Textual does not give to its title."""


class Inspector(Vertical):
    """The step's text, and below it the chosen tab.

    To add a tab: a member of `Panel` at its place among `INSPECTOR` (its key, command, place in the tab order, help and
    key table come of that; renew the README's table with `key_table()`), a subclass of `InspectorTab` in
    `stepper.tui.tabs`, and the class in `TABS`. Its view has the panel's id. Only the chosen tab is told what to show.
    """

    def __init__(self, controller: Controller) -> None:
        super().__init__(id="inspector-panel", classes="panel")
        self._title = Static("", id="inspected-title", markup=False)
        self._tabs = {tab.panel: tab(controller) for tab in TABS}
        self._switcher = ContentSwitcher(initial=self._tabs[INSPECTOR[0]].id, id="inspector")
        self._chosen = INSPECTOR[0]
        self._inspected = Inspected(controller.state)

    def compose(self) -> ComposeResult:
        """The title line and the tabs."""
        yield self._title
        with self._switcher:
            yield from self._tabs.values()

    @property
    def chosen(self) -> Panel:
        """The tab that is shown."""
        return self._chosen

    @property
    def inspected(self) -> Inspected:
        """What the chosen tab shows."""
        return self._inspected

    def choose(self, panel: Panel) -> None:
        """Show a tab."""
        self._chosen = panel
        self._switcher.current = self._tabs[panel].id
        self._name_step()
        self._tabs[panel].show(self._inspected)

    def tab(self, panel: Panel) -> InspectorTab:
        """The tab of a panel; KeyError where that is none of the inspector's."""
        return self._tabs[panel]

    @property
    def tree_panel(self) -> Panel:
        """The panel that the commands for paths mean: the chosen one where it shows a tree, else Changes."""
        return Panel.CHANGES if self._tabs[self._chosen].paths is None else self._chosen

    def tree_of(self, panel: Panel) -> ChangeTree | None:
        """The tree that a panel shows, if it shows one."""
        tab = self._tabs.get(panel)
        return tab.paths if tab is not None else None

    def show(self, inspected: Inspected) -> None:
        """Show a step in the chosen tab; the others are shown it when they are chosen."""
        self._inspected = inspected
        self._name_step()
        self._tabs[self._chosen].show(inspected)

    def _name_step(self) -> None:
        """Say which step the chosen tab is about, and of the one at the cursor that it has not run."""
        record, here = self._tabs[self._chosen].subject(self._inspected), self._inspected.at_cursor
        self._title.update(printable(step_text(record)) if record is not None else "")
        waits = here is not None and here.status is Status.WAITING and here.id != self._inspected.state.position
        self.border_subtitle = f"line {here.instruction.line} has not run" if here is not None and waits else ""

    def show_title(self, folded: bool) -> None:
        """The tabs in the border, where they are not in the line of all tabs already."""
        room = self.outer_size.width - _AROUND_TITLE
        self.border_title = self._chosen.value if folded else tabs(INSPECTOR, self._chosen, room=room)
