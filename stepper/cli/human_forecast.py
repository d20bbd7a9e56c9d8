"""`stepper run --dry-run` for people: which steps would run, why, and how long they took the last time."""

from stepper.cli.console import Console, fit
from stepper.debugger.state import SessionState
from stepper.text import human_seconds, printable

_TEXT = 60
"""Columns of an instruction."""


def write_forecast(out: Console, state: SessionState) -> None:
    """A line for each step that is to come, with how long it took the last time and why it would run."""
    forecast = state.forecast
    if forecast is None or not forecast.steps:
        out.line("Nothing is known of an earlier run: every step that is not in the step cache will run.")
        return
    for step, expected in forecast.steps.items():
        record = state.record(step)
        mark = ("≈" if out.unicode else "~") if expected.will_run else ("≡" if out.unicode else "=")
        took = human_seconds(expected.seconds) if expected.seconds is not None else ""
        text = " ".join(printable(record.instruction.text).split())
        out.line(f"{record.instruction.line:>5} {mark} {took:>7}  {fit(text, _TEXT).rstrip()}".rstrip())
        if expected.will_run:
            out.line(out.style(f"{'':>16} {printable(expected.why)}", "dim"))
    out.line()
    if forecast.will_run:
        they = "it" if forecast.will_run == 1 else "they"
        took = f"; {they} took {forecast.took} the last time" if forecast.took else ""
        out.line(f"{forecast.will_run} of {len(forecast.steps)} steps will run{took}")
    else:
        out.line("Nothing will run: all of it is expected from the cache")
    out.flush()
