"""The paths of a layer below a line of the Step panel."""

from collections.abc import Hashable

from stepper.engine.step import StepId
from stepper.image.layer import Layer
from stepper.tui.image_rows import StepPath
from stepper.tui.widgets.report_view import Part, Row

_MOST_PATHS = 200


def path_rows(key: tuple[Hashable, ...], layer: Layer, step: StepId | None) -> tuple[Row, ...]:
    """A line for each of the first paths. Enter on one goes to it in the changes of `step`, if there is one."""
    rows = [
        Row(
            (*key, change.path),
            (Part(f"{change.kind.value} {change.path}"),),
            StepPath(step, change.path) if step is not None else None,
        )
        for change in layer.changes[:_MOST_PATHS]
    ]
    more = len(layer.changes) - _MOST_PATHS
    if more > 0:
        rows.append(Row((*key, "more"), (Part(f"and {more} more", "muted"),)))
    return tuple(rows)
