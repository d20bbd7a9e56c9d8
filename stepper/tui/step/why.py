"""Why the step ran and did not come from the cache; of one that waits whether it is expected to."""

from collections.abc import Sequence

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.debugger.why.forecast import Forecast
from stepper.text import human_seconds
from stepper.tui.step.section import Section
from stepper.tui.widgets.report_view import Part, Row


class WhySection(Section):
    """A line or two."""

    def rows(self, state: SessionState, record: StepRecord) -> Sequence[Row]:
        """The reason of a step that ran, the forecast of one that waits, and for all that wait together."""
        if record.why:
            return (Row(("why",), (Part(f"Run, {record.why}" if record.why.startswith("because") else record.why),)),)
        forecast = state.forecast
        expected = forecast.steps.get(record.id) if forecast is not None else None
        if forecast is None or expected is None or record.status is not Status.WAITING:
            return ()
        took = f", {human_seconds(expected.seconds)} the last time" if expected.seconds is not None else ""
        if expected.will_run:
            rows = [Row(("why",), (Part(f"≈ will run{took}: ", "warning"), Part(expected.why)))]
        else:
            note = Part(f" (it took{took[1:]})" if took else "", "muted")
            rows = [Row(("why",), (Part("≡ expected from the cache", "good"), note))]
        if forecast.will_run:
            rows.append(Row(("why", "all"), (Part(_in_all(forecast), "muted"),)))
        return rows


def _in_all(forecast: Forecast) -> str:
    """`2 of the 5 steps that wait will run; they took 3.4s the last time`, without a time that nobody knows."""
    will_run, waiting = forecast.will_run, len(forecast.steps)
    text = f"{will_run} of the {waiting} steps that wait will run" if waiting > 1 else "One step waits, and will run"
    if not forecast.took:
        return text
    return f"{text}; {'it' if will_run == 1 else 'they'} took {forecast.took} the last time"
