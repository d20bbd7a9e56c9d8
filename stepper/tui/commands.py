"""The registry of user commands: each is one value that says all there is to know about it.

Key bindings, footer, help screen, command palette and the README's key table are made from it.
"""

from collections.abc import Callable
from enum import Enum

from stepper.frozen import frozen
from stepper.tui import situation
from stepper.tui.intents import Intents
from stepper.tui.panels import Panel
from stepper.tui.situation import Situation


class Group(Enum):
    """The sections of the help screen, in order."""

    RUN = "Run"
    INSPECT = "Look around"
    FILE = "Dockerfile and engine"
    PANELS = "Panels"
    APP = "Stepper"


@frozen
class FooterLabel:
    """How a command stands in the footer. Where not all fit, a higher `rank` goes first."""

    text: str
    rank: int
    only_when_possible: bool = False
    """Not shown at all, instead of dimmed, while the command cannot be run."""


@frozen
class Command:
    """One thing the user can ask for.

    `keys` are Textual's key names, the main one first. `refusal` gives the reason why it cannot be run in a
    situation, None when it can. `run` is what happens.
    """

    id: str
    title: str
    description: str
    group: Group
    keys: tuple[str, ...]
    run: Callable[[Intents], None]
    refusal: Callable[[Situation], str | None] = situation.always
    footer: FooterLabel | None = None

    @property
    def key_names(self) -> tuple[str, ...]:
        """The keys as people read them."""
        return tuple(key_name(key) for key in self.keys)


def _panel_command(panel: Panel) -> Command:
    return Command(
        panel.id,
        f"{panel.value} panel",
        f"Shows and focuses {panel.shows}.",
        Group.PANELS,
        (panel.key,),
        lambda intents: intents.focus_panel(panel),
    )


COMMANDS: tuple[Command, ...] = (
    Command(
        "step_over",
        "Step over",
        "Runs the next instruction and stops.",
        Group.RUN,
        ("n", "f10"),
        Intents.step_over,
        situation.can_run,
        FooterLabel("next", 1),
    ),
    Command(
        "continue",
        "Continue",
        "Runs until a breakpoint, a failure, or the end of the target.",
        Group.RUN,
        ("c", "f5"),
        Intents.resume,
        situation.can_run,
        FooterLabel("continue", 2),
    ),
    Command(
        "toggle_breakpoint",
        "Toggle breakpoint",
        "Sets or removes a breakpoint at the cursor's line. A click in the gutter does the same.",
        Group.RUN,
        ("b", "f9"),
        Intents.toggle_breakpoint,
        situation.can_toggle_breakpoint,
        FooterLabel("break", 3),
    ),
    Command(
        "run_to_cursor",
        "Run to cursor",
        "Runs until the instruction at the cursor is next, or goes back to it. Breakpoints on the way stop as well.",
        Group.RUN,
        ("t",),
        Intents.run_to_cursor,
        situation.can_run_to_cursor,
        FooterLabel("to cursor", 8),
    ),
    Command(
        "interrupt",
        "Interrupt the step",
        "Stops the running step at once; its container stays, so you can look around and run it again.",
        Group.RUN,
        ("i", "ctrl+c"),
        Intents.interrupt,
        situation.can_interrupt,
        FooterLabel("interrupt", 0, only_when_possible=True),
    ),
    Command(
        "step_back",
        "Step back",
        "Stands before the step that ran last again. Nothing is run: its snapshot is still there.",
        Group.RUN,
        ("N",),
        Intents.step_back,
        situation.can_step_back,
        FooterLabel("back", 7),
    ),
    Command(
        "go_to_stage",
        "Go to stage",
        "Picks a stage and stands at its first instruction; what it depends on is built first.",
        Group.RUN,
        ("g",),
        Intents.go_to_stage,
        situation.can_go_to_stage,
        FooterLabel("go to", 10),
    ),
    Command(
        "open_shell",
        "Open a shell",
        "Opens a shell in the state that is shown: the failed container, or the snapshot after a step.",
        Group.INSPECT,
        ("x",),
        Intents.open_shell,
        situation.can_open_shell,
        FooterLabel("shell", 4),
    ),
    Command(
        "edit",
        "Edit the Dockerfile",
        "Opens the Dockerfile in $VISUAL or $EDITOR at the cursor's line and reads it again afterwards.",
        Group.FILE,
        ("e",),
        Intents.edit,
        situation.idle,
        FooterLabel("edit", 6),
    ),
    Command(
        "rerun",
        "Run this step again",
        "Runs the failed step, or the one that is shown, again on the state before it and not from the cache.",
        Group.RUN,
        ("R",),
        Intents.rerun,
        situation.can_rerun,
        FooterLabel("re-run", 9),
    ),
    Command(
        "restart",
        "Restart",
        "Stands before the first step of the target again. Steps that have run are taken from the cache.",
        Group.RUN,
        ("r",),
        Intents.restart,
        situation.engine_there,
    ),
    Command(
        "clear_breakpoints",
        "Clear all breakpoints",
        "Removes every breakpoint of this Dockerfile.",
        Group.RUN,
        ("d",),
        Intents.clear_breakpoints,
        situation.can_clear_breakpoints,
    ),
    Command(
        "find",
        "Find",
        "Finds text in the focused panel. Enter goes on to the next match, Escape ends it.",
        Group.INSPECT,
        ("slash",),
        Intents.find,
        footer=FooterLabel("find", 11),
    ),
    Command(
        "show_position",
        "Show the position",
        "Moves the cursor to the step that runs next.",
        Group.INSPECT,
        ("p", "full_stop"),
        Intents.show_position,
    ),
    Command(
        "sort_changes",
        "Sort by name or size",
        "Switches Changes, or Files, between the order of names and the largest first.",
        Group.INSPECT,
        ("S",),
        lambda intents: intents.paths.sort(),
    ),
    Command(
        "expand_changes",
        "Expand all folders",
        "Opens every folder in Changes, or in Files.",
        Group.INSPECT,
        ("E",),
        lambda intents: intents.paths.expand(),
    ),
    Command(
        "collapse_changes",
        "Collapse all folders",
        "Closes every folder in Changes, or in Files.",
        Group.INSPECT,
        ("C",),
        lambda intents: intents.paths.collapse(),
    ),
    Command(
        "flatten",
        "Tree or list",
        "Switches Changes, or Files, between a tree of folders and a list of whole paths.",
        Group.INSPECT,
        ("f",),
        lambda intents: intents.paths.flatten(),
    ),
    Command(
        "go_to_writer",
        "Go to what wrote it",
        "Moves the cursor to the step that wrote the path before the one that is shown; again, to the one before that.",
        Group.INSPECT,
        ("w",),
        lambda intents: intents.paths.go_to_writer(),
    ),
    Command(
        "view_file",
        "View the file",
        "Opens the file at the cursor of Changes, or of Files, as it is after the step; Enter does the same.",
        Group.INSPECT,
        ("v",),
        lambda intents: intents.paths.view_file(),
    ),
    Command(
        "save_path",
        "Save to disk",
        "Writes the file or folder at the cursor of Changes, or of Files, to a place of yours.",
        Group.INSPECT,
        ("D",),
        lambda intents: intents.paths.save(),
    ),
    Command(
        "copy_path",
        "Copy the path",
        "Puts the path at the cursor of Changes, or of Files, on the clipboard where the terminal allows it.",
        Group.INSPECT,
        ("y",),
        lambda intents: intents.paths.copy(),
    ),
    Command(
        "show_context",
        "Build context",
        "Shows what of the build context is included, and what the ignore file leaves out by which rule.",
        Group.INSPECT,
        ("B",),
        Intents.show_context,
    ),
    Command(
        "reload",
        "Reload the Dockerfile",
        "Reads the Dockerfile and the build context again. Steps that are still valid are kept.",
        Group.FILE,
        ("L",),
        Intents.reload,
        situation.idle,
    ),
    Command(
        "connect",
        "Try the engine again",
        "Looks for an engine again after none was found.",
        Group.FILE,
        ("a",),
        Intents.connect,
        situation.can_connect,
        FooterLabel("try again", 0, only_when_possible=True),
    ),
    *(_panel_command(panel) for panel in Panel),
    Command(
        "next_panel",
        "Next panel",
        "Goes to the next panel.",
        Group.PANELS,
        ("tab",),
        Intents.next_panel,
    ),
    Command(
        "previous_panel",
        "Previous panel",
        "Goes to the panel before.",
        Group.PANELS,
        ("shift+tab",),
        Intents.previous_panel,
    ),
    Command(
        "help",
        "Help",
        "Shows all keys and what the marks mean.",
        Group.APP,
        ("question_mark", "f1"),
        Intents.help,
        footer=FooterLabel("help", 1),
    ),
    Command(
        "palette",
        "Command palette",
        "Finds any command by its name.",
        Group.APP,
        ("ctrl+p",),
        Intents.palette,
        footer=FooterLabel("commands", 5),
    ),
    Command(
        "theme",
        "Change the theme",
        "Picks the colours: Stepper's own dark or light ones, or any other of Textual's.",
        Group.APP,
        ("T",),
        Intents.change_theme,
    ),
    Command(
        "quit",
        "Quit",
        "Leaves Stepper. The containers are removed; the snapshots stay, so the next start is quick.",
        Group.APP,
        ("q", "ctrl+q"),
        Intents.quit,
        footer=FooterLabel("quit", 12),
    ),
)

_NAMES = {"slash": "/", "question_mark": "?", "full_stop": ".", "tab": "Tab", "enter": "Enter", "escape": "Esc"}


def key_name(key: str) -> str:
    """A key as people read it: `^p`, `F5`, `Shift+Tab`, `?`."""
    if key.startswith("ctrl+"):
        return f"^{key_name(key.removeprefix('ctrl+'))}"
    if key.startswith("shift+"):
        return f"Shift+{key_name(key.removeprefix('shift+'))}"
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return _NAMES.get(key, key)


def command(command_id: str) -> Command:
    """The command of that id; KeyError when there is none."""
    for candidate in COMMANDS:
        if candidate.id == command_id:
            return candidate
    raise KeyError(command_id)


def key_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = ["| Key | Command | What it does |", "| --- | --- | --- |"]
    for group in Group:
        rows += [
            f"| {' '.join(f'`{name}`' for name in each.key_names)} | {each.title} | {each.description} |"
            for each in COMMANDS
            if each.group is group
        ]
    return "\n".join(rows) + "\n"
