"""The main screen: its panels, which of them has the focus, and the way from a key to a command's effect.

It holds the cursor and the chosen panel; what the panels show of the session is the work of `stepper.tui.presenter`.
What is not on the first frame (find, help, picker) is imported when it is asked for.
"""

from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from stepper.debugger.events import Notice
from stepper.debugger.options import BuildOptions
from stepper.errors import StepperError
from stepper.tui.banner import Banner
from stepper.tui.commands.registry import COMMANDS, command
from stepper.tui.controller import Controller
from stepper.tui.footer import CommandFooter
from stepper.tui.inspector import Inspector
from stepper.tui.intents import Intents
from stepper.tui.panel_tabs import PanelTabs
from stepper.tui.panels import INSPECTOR, Panel
from stepper.tui.presenter import Presenter
from stepper.tui.shell_handover import Handover
from stepper.tui.shell_intents import ShellOpened
from stepper.tui.situation import Situation
from stepper.tui.tabs.copy import StepChosen
from stepper.tui.tabs.report_tab import LineChosen
from stepper.tui.tabs.tab import PathActivated
from stepper.tui.title_bar import TitleBar
from stepper.tui.widgets.output_view import OutputView
from stepper.tui.widgets.source_view import SourceView
from stepper.tui.widgets.stage_list import StageList

if TYPE_CHECKING:
    from stepper.tui.console.intents import ConsoleIntents

COMMAND_ACTION = "command"
"""The action that every key, label and palette entry of a command runs, with the command's id."""
HOLDING_ACTION = "holding_command"
"""That of the keys of commands that hold the keys typed after them."""

_BY_WIDTH = [(0, "-folded"), (100, "-wide")]
_BY_HEIGHT = [(0, "-short"), (30, "-tall")]


class MainScreen(Screen[None]):
    """The one screen that is always there; help and pickers lie over it."""

    AUTO_FOCUS = "#dockerfile"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                ",".join(each.keys),
                f"{HOLDING_ACTION if each.holds_keys else COMMAND_ACTION}('{each.id}')",
                each.title,
                show=False,
                id=each.id,
                # Before the focused widget has it: so the keys typed right after it are still to be sent somewhere.
                priority=each.holds_keys,
            )
            for each in COMMANDS
        ),
        Binding("escape", "end_find", "End the search", show=False),
    ]
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = _BY_WIDTH
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = _BY_HEIGHT

    def __init__(
        self, options: BuildOptions, controller: Controller, handover: Handover, file: str, size: Size
    ) -> None:
        # With the classes of its size from the beginning, the screen is not styled twice before it is shown.
        by_size = _fitting(_BY_WIDTH, size.width), _fitting(_BY_HEIGHT, size.height)
        super().__init__(classes=" ".join((f"-on-{Panel.DOCKERFILE.id}", *by_size)))
        self.file = file
        self.title_bar = TitleBar(file)
        self.tabs = PanelTabs()
        self.stages = StageList(id="stages")
        self.source = SourceView(id="dockerfile")
        self.output = OutputView(id="output")
        self.inspector = Inspector(controller)
        self.banner = Banner()
        self.stages_panel = Container(id="stages-panel", classes="panel")
        self.dockerfile_panel = Container(id="dockerfile-panel", classes="panel")
        self.output_panel = Vertical(id="output-panel", classes="panel")
        self.footer = CommandFooter()
        self._controller = controller
        self._opening_line: Awaitable[object] | None = None
        self._panel = Panel.DOCKERFILE
        self._has_console = False
        self._intents = Intents(self, controller, options, handover)
        self._presenter = Presenter(self, controller, options.dockerfile)

    def compose(self) -> ComposeResult:
        """Title, panels, footer."""
        yield self.title_bar
        yield self.tabs
        with Container(id="panels"):
            with Horizontal(id="upper"):
                with self.stages_panel:
                    yield self.stages
                with self.dockerfile_panel:
                    yield self.source
                yield self.inspector
            with self.output_panel:
                yield self.banner
                yield self.output
        yield self.footer

    def on_mount(self) -> None:
        """Begin at the Dockerfile."""
        self.stages_panel.border_title = Panel.STAGES.value
        self.dockerfile_panel.border_title = Panel.DOCKERFILE.value
        self.call_after_refresh(self.focus_panel, Panel.DOCKERFILE)
        self._presenter.begin()

    # Commands

    @property
    def situation(self) -> Situation:
        """What commands are judged by."""
        return Situation(self._controller.state, self.source.cursor_line, self._controller.busy, self._panel.id)

    def action_command(self, command_id: str) -> None:
        """Run a command, or say why it cannot be run."""
        if command_id == "interrupt" and self.get_selected_text():
            self.action_copy_text()
            return
        asked = command(command_id)
        reason = asked.refusal(self.situation)
        if reason is None:
            asked.run(self._intents)
        else:
            self.footer.refuse(asked, reason)

    async def action_holding_command(self, command_id: str) -> None:
        """Run a command that opens something to type in, and let no other key come before that has the focus."""
        self.action_command(command_id)
        opening, self._opening_line = self._opening_line, None
        if opening is not None:
            await opening

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a line that is being typed the key of such a command is text."""
        if action == HOLDING_ACTION and isinstance(self.focused, Input):
            return False
        return super().check_action(action, parameters)

    def drain(self) -> None:
        """Show what happened in the session, as soon as there is something to show it on."""
        if self.is_mounted:
            self._presenter.drain()

    # What the user is told

    def flash(self, text: str) -> None:
        """Say something short in the footer for a moment."""
        self.footer.flash(text)

    def report(self, error: StepperError) -> None:
        """Say what went wrong."""
        self._controller.tell(Notice(str(error), hint=error.hint, error=True))

    # Panels

    @property
    def panel(self) -> Panel:
        """The panel that has the focus, or had it last."""
        return self._panel

    def focus_panel(self, panel: Panel) -> None:
        """Show a panel and give it the focus."""
        self.show_panel(panel)
        self.set_focus(self._view_of(panel))

    def show_panel(self, panel: Panel) -> None:
        """Show a panel and leave the focus where it is.

        Giving it the focus takes effect later, and would take the keys from a line that the user types in by then.
        """
        self._panel = panel
        if panel in INSPECTOR:
            self.inspector.choose(panel)
        self.set_class(panel in INSPECTOR, "-on-inspector")
        for each in Panel:
            self.set_class(each is panel, f"-on-{each.id}")
        self.tabs.chosen = panel
        self._title_inspector()
        self.footer.situation = self.situation

    def on_resize(self, event: events.Resize) -> None:
        """The panels may fold now, or unfold."""
        self.call_after_refresh(self._title_inspector)

    def _title_inspector(self) -> None:
        self.inspector.show_title(self.has_class("-folded"))

    def _view_of(self, panel: Panel) -> Widget:
        if panel in INSPECTOR:
            return self.inspector.tab(panel).view
        return {Panel.STAGES: self.stages, Panel.DOCKERFILE: self.source, Panel.OUTPUT: self.output}[panel]

    @on(events.DescendantFocus)
    def _panel_focused(self, event: events.DescendantFocus) -> None:
        for panel in Panel:
            if event.widget is self._view_of(panel):
                self.show_panel(panel)

    # What commands need of the screen

    def follow(self) -> None:
        """The user asked to run something: the cursor goes along."""
        self._presenter.follow()

    def show_position(self) -> None:
        """Move the cursor to the position."""
        self._presenter.show_position()

    def open_find(self) -> None:
        """Find in the focused panel; a search that goes on elsewhere ends."""
        from stepper.tui.find_bar import FILTER_HINT, FindBar, TreeFilter

        for open_bar in self.query(FindBar):
            open_bar.end()
        if self._panel is Panel.OUTPUT:
            bar = FindBar(self.output, self.output)
        elif (tree := self.inspector.tree_of(self._panel)) is not None:
            bar = FindBar(TreeFilter(tree), tree, FILTER_HINT)
        else:
            self.show_panel(Panel.DOCKERFILE)
            bar = FindBar(self.source, self.source)
        self.open_line(bar)

    def open_line(self, line: Widget) -> None:
        """Show a line to type in above the footer; it takes the focus by itself."""
        self._opening_line = self.mount(line, before=self.footer)

    def open_over(self, screen: Screen[None]) -> None:
        """Show a screen over this one; it takes the keys by itself."""
        self._opening_line = self.app.push_screen(screen)

    @cached_property
    def console(self) -> "ConsoleIntents":
        """The console, made when it is opened for the first time."""
        from stepper.tui.console.intents import ConsoleIntents

        self._has_console = True
        return ConsoleIntents(self, self._controller)

    @property
    def open_console(self) -> "ConsoleIntents | None":
        """The console while its line is on the screen."""
        return self.console if self._has_console and self.console.is_open else None

    def redraw(self) -> None:
        """Show the session's state again: something else is to be seen of it."""
        self._presenter.present()

    def action_end_find(self) -> None:
        """End a search from outside of its line."""
        from stepper.tui.find_bar import FindBar

        for open_bar in self.query(FindBar):
            open_bar.action_close()

    def pick_stage(self, go: Callable[[int], None]) -> None:
        """Ask for a stage, and go there when one is chosen."""
        situation = self.situation
        record = situation.at_cursor
        current = record.id.stage if record is not None else situation.state.goal

        from stepper.tui.stage_picker import StagePicker

        def chosen(stage: int | None) -> None:
            if stage is not None:
                go(stage)

        self.app.push_screen(StagePicker(situation.state, current), chosen)

    def open_help(self) -> None:
        """Show the help."""
        from stepper.tui.help_screen import HelpScreen

        self.app.push_screen(HelpScreen())

    # What the widgets tell

    @on(SourceView.CursorMoved)
    def _cursor_moved(self, event: SourceView.CursorMoved) -> None:
        event.stop()
        self._presenter.cursor_moved(event.line)

    @on(SourceView.GutterClicked)
    def _gutter_clicked(self, event: SourceView.GutterClicked) -> None:
        event.stop()
        self._controller.toggle_breakpoint(event.line)

    @on(SourceView.LineActivated)
    def _line_activated(self, event: SourceView.LineActivated) -> None:
        event.stop()
        self.focus_panel(self.inspector.chosen)

    @on(StageList.StageSelected)
    def _stage_selected(self, event: StageList.StageSelected) -> None:
        event.stop()
        dockerfile = self._controller.state.dockerfile
        if dockerfile is not None and event.index < len(dockerfile.stages):
            self.focus_panel(Panel.DOCKERFILE)
            self.source.move_to(dockerfile.stages[event.index].line)

    @on(PathActivated)
    def _path_activated(self, event: PathActivated) -> None:
        event.stop()
        self.action_command("view_file")

    @on(StepChosen)
    def _step_chosen(self, event: StepChosen) -> None:
        """Go to the step, or to the path in its changes."""
        event.stop()
        record = self._controller.state.find(event.step._replace(trigger=0))
        if record is None:
            self.report(StepperError("That step is no longer in the Dockerfile."))
            return
        self.source.move_to(record.instruction.line)
        if not event.path:
            self.focus_panel(Panel.DOCKERFILE)
            return
        self.focus_panel(Panel.CHANGES)
        tree = self.inspector.tree_of(Panel.CHANGES)
        if tree is not None:
            tree.reveal(event.path)

    @on(LineChosen)
    def _line_chosen(self, event: LineChosen) -> None:
        event.stop()
        self.source.move_to(event.line)
        self.focus_panel(Panel.DOCKERFILE)

    @on(ShellOpened)
    def _shell_opened(self, event: ShellOpened) -> None:
        self.run_worker(self._intents.shells.hand_over(event), group="shell")


def _fitting(breakpoints: Iterable[tuple[int, str]], cells: int) -> str:
    """The class of the last breakpoint that so many cells reach."""
    return [name for least, name in breakpoints if cells >= least][-1]
