"""What a build came to, stage by stage: the figures behind the summary and `build.finished`."""

from stepper.debugger.state import SessionState, Status
from stepper.dockerfile.model import Stage
from stepper.frozen import frozen


@frozen
class StageSummary:
    """One stage of which steps have run. Sizes are in bytes; `size` is what its image has by now."""

    name: str
    """What `--target` calls it."""
    label: str
    """What people call it."""
    steps: int
    cached: int
    base: int
    added: int

    @property
    def size(self) -> int:
        """Base and additions together."""
        return self.base + self.added


def stage_name(stage: Stage) -> str:
    """What `--target` calls the stage: its name, or its index."""
    return stage.name if stage.name is not None else str(stage.index)


def summarize(state: SessionState) -> tuple[StageSummary, ...]:
    """The stages of which at least one step has run, in file order."""
    found: list[StageSummary] = []
    for stage in state.dockerfile.stages if state.dockerfile is not None else ():
        ran = [record for record in state.stage_steps(stage.index) if record.ran]
        if not ran:
            continue
        base, *others = [record.size or 0 for record in ran]
        cached = sum(record.status is Status.CACHED for record in ran)
        found.append(StageSummary(stage_name(stage), stage.label, len(ran), cached, base, sum(others)))
    return tuple(found)
