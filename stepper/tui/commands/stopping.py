"""The commands that set where a run stops."""

from stepper.tui import situation
from stepper.tui.commands.command import Command, Group

STOPPING: tuple[Command, ...] = (
    Command(
        "list_breakpoints",
        "Breakpoints",
        "Lists all breakpoints, logpoints, watchpoints and exceptions: switches them on and off, edits, removes, adds.",
        Group.RUN,
        ("l",),
        lambda intents: intents.breakpoints.show_all(),
        situation.has_dockerfile,
    ),
    Command(
        "edit_breakpoint",
        "Edit the breakpoint",
        "Gives the breakpoint at the cursor's line a condition or a hit count, or makes it log something and go on.",
        Group.RUN,
        ("m",),
        lambda intents: intents.breakpoints.edit(),
        situation.can_toggle_breakpoint,
    ),
    Command(
        "watch_path",
        "Watch this path",
        "Stops after a step that adds, modifies or deletes the path under the cursor of Changes or Files, or no more.",
        Group.RUN,
        ("W",),
        lambda intents: intents.paths.watch(),
        situation.has_dockerfile,
    ),
)
