"""The console of the screen, as a user with a failed build works at it."""

from tests.e2e.terminal import Terminal


def build_with_a_fix(terminal: Terminal, fix: str, *, adds: str, fails_at: int) -> str:
    """Try a command at the console after a failure, keep it above the failed line, and build to the end; the screen."""
    terminal.press(":")
    terminal.wait_for("Console", "Esc closes")
    terminal.press(f"{fix}\r")
    terminal.wait_for("✔ exit code 0", "in the failed container", f"+ {adds}")
    terminal.press("keep\r")
    terminal.wait_for(f"kept: RUN {fix}", f"⏸ before line {fails_at + 1}")
    terminal.press("\x1b")
    terminal.wait_for("Output")
    terminal.press("c")
    return terminal.wait_for("✔ finished")
