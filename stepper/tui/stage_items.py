"""The stages as the stage list shows them. Pure."""

from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.dockerfile.model import Stage
from stepper.text import human_size
from stepper.tui.widgets.marks import Mark
from stepper.tui.widgets.stage_list import StageItem


def stage_items(state: SessionState) -> list[StageItem]:
    """One item a stage, in file order; none while the Dockerfile has never been read right."""
    if state.dockerfile is None:
        return []
    return [_item(state, stage) for stage in state.dockerfile.stages]


def _item(state: SessionState, stage: Stage) -> StageItem:
    records = state.stage_steps(stage.index)
    ran = sum(record.ran for record in records)
    added = [record.size for record in records[1:] if record.ran and record.size is not None]
    needed = stage.index in state.needed
    current = state.position is not None and state.position.stage == stage.index
    uses = state.graph.dependencies[stage.index] if state.graph is not None else ()
    return StageItem(
        stage.index,
        stage.label,
        _mark(records, current, needed),
        human_size(sum(added), signed=True) if added else "",
        (ran, len(records)) if current or 0 < ran < len(records) else None,
        needed or ran > 0,
        current,
        stage.index == state.target,
        tuple(sorted({use.stage for use in uses if use.stage is not None})),
    )


def _mark(records: tuple[StepRecord, ...], current: bool, needed: bool) -> Mark:
    statuses = {record.status for record in records}
    if Status.RUNNING in statuses:
        return Mark.RUNNING
    if Status.FAILED in statuses:
        return Mark.FAILED
    if all(record.ran for record in records):
        return Mark.CACHED if statuses == {Status.CACHED} else Mark.DONE
    if current:
        return Mark.NEXT
    return Mark.NONE if needed else Mark.NOT_NEEDED
