"""Runs the steps of several stages at the same time, where nothing stops in them.

The stages are those that wait before the first one in which something may stop: so at every stop the build stands as if
its stages had run one after the other, and so do the ways back go through them. When a step fails nothing new is begun;
what runs ends, and may fail as well.
"""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from stepper.debugger.breakpoint import Hit
from stepper.debugger.build import Build
from stepper.debugger.executor import Executor
from stepper.debugger.state import StepRecord
from stepper.debugger.stops import Stops
from stepper.engine.step import StepId
from stepper.errors import EngineUnavailable

MOST = 4
"""So many steps run at the same time at most: each has a container, and the engine other work too."""


@dataclass
class Ended:
    """How a run side by side ended: the steps that failed, in the order in which they did, and where to stop."""

    failed: list[StepRecord] = field(default_factory=list)
    hit: Hit | None = None

    @property
    def stage(self) -> int | None:
        """The stage in which the build stands then, None where that is the next one."""
        if self.failed:
            return worst_of(self.failed).id.stage
        return self.hit.step.stage if self.hit is not None else None


def worst_of(failed: Collection[StepRecord]) -> StepRecord:
    """Of steps that failed the one to stand at: the first in file order that was not only interrupted."""
    own = [record for record in failed if not record.was_interrupted]
    return min(own or failed, key=lambda record: record.id)


@dataclass
class SideBySide:
    """Runs the stages of one build. `apart` are those that are not run beside others, `interrupted` asks to stop."""

    build: Build
    executor: Executor
    stops: Stops
    interrupted: Callable[[], bool]
    apart: Collection[int]

    def can_run(self) -> bool:
        """Whether there are steps to be run at the same time."""
        return self._limit > 1 and len(list(self._ready(()))) > 1

    def run(self) -> Ended:
        """Run until a step fails or hits a breakpoint, or nothing is left to run.

        Raises `EngineUnavailable` once all steps have ended.
        """
        ended = Ended()
        ran_before = {visit.step for visit in self.build.visits}
        lost: EngineUnavailable | None = None
        running: dict[Future[StepRecord], StepId] = {}
        with ThreadPoolExecutor(self._limit, "step") as pool:
            while True:
                if not (ended.failed or ended.hit or lost or self.interrupted()):
                    for step in list(self._ready({each.stage for each in running.values()})):
                        if len(running) < self._limit:
                            running[pool.submit(self._run, step)] = step
                if not running:
                    break
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    del running[done]
                    try:
                        self._ended(done.result(), ended)
                    except EngineUnavailable as error:
                        lost = error
        self._put_in_order(ran_before, last=ended.stage)
        if lost is not None:
            raise lost
        return ended

    @property
    def _limit(self) -> int:
        return min(self.executor.engine.info.cpus, MOST)

    def _run(self, step: StepId) -> StepRecord:
        self.build.forget({step}, self.executor.engine)
        self.stops.tell(step)
        return self.executor.run(step, self.build)

    def _put_in_order(self, ran_before: Collection[StepId], *, last: int | None) -> None:
        """Let what ran count as run stage by stage, the one where the build stands last."""
        visits = self.build.visits
        ran = [visit for visit in visits if visit.step not in ran_before]
        ran.sort(key=lambda visit: (visit.step.stage == last, visit.step))
        self.build.visits = [*(visit for visit in visits if visit.step in ran_before), *ran]

    def _ended(self, record: StepRecord, ended: Ended) -> None:
        hit = self.stops.after(record)
        ended.hit = ended.hit or hit
        if record.failure is not None:
            ended.failed.append(record)

    def _ready(self, busy: Collection[int]) -> Iterator[StepId]:
        """The next steps of the stages that can go on beside the busy ones."""
        for stage in self._stages():
            step = self.build.first_waiting(stage) if stage not in busy else None
            if step is not None and self.build.is_ready(step):
                yield step

    def _stages(self) -> Iterator[int]:
        """Those before the first in which something may stop, and the one that comes next before all others."""
        position = self.build.next()
        if position is None or self._may_stop_in(position.stage):
            return
        yield position.stage
        for stage in self.build.needed():
            if stage != position.stage and self.build.first_waiting(stage) is not None:
                if self._may_stop_in(stage):
                    return
                yield stage

    def _may_stop_in(self, stage: int) -> bool:
        return stage in self.apart or self.stops.may_stop_in(stage)
