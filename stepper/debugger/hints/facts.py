"""What hints look at: the failure of one step, and all that is known around it, looked up when it is asked for."""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from stepper.debugger.file_contents import read_content
from stepper.debugger.inspection import state_after
from stepper.debugger.provenance import steps_below
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.operations import RunOperation
from stepper.engine.evidence import NO_EVIDENCE, Evidence
from stepper.engine.protocol import Engine
from stepper.engine.step import ContextSource, Failure, Step
from stepper.errors import StepperError
from stepper.image.config import ImageConfig
from stepper.image.entry import Entry
from stepper.image.layer import Listing
from stepper.terminal_text import remove_styles


class OtherStage(NamedTuple):
    """Another stage that ran: what people call it, its last step that did, and the files there."""

    label: str
    record: StepRecord
    listing: Listing


class Facts:
    """All about one failed step.

    `ignore_name` is what people call the ignore file. What fails of the look-ups raises `StepperError`.
    """

    def __init__(self, state: SessionState, record: StepRecord, engine: Engine, ignore_name: str) -> None:
        assert record.failure is not None, "hints are for failures"
        self.state = state
        self.record = record
        self.failure: Failure = record.failure
        self.ignore_name = ignore_name
        self._engine = engine

    @property
    def step(self) -> Step | None:
        """The expanded step, None where that is what failed."""
        return self.record.step

    @property
    def run(self) -> RunOperation | None:
        """The operation, where it is a RUN that was started."""
        operation = self.step.operation if self.step is not None else None
        return operation if isinstance(operation, RunOperation) and self.record.before is not None else None

    @property
    def config(self) -> ImageConfig:
        """The image configuration that the step ran with."""
        return self.record.before.config if self.record.before is not None else ImageConfig()

    @cached_property
    def text(self) -> str:
        """What failed in words, and the last of what was printed."""
        return f"{remove_styles(self.record.last_output)}\n{self.failure.message}"

    @property
    def platform(self) -> str:
        """That of the engine, as `linux/amd64`."""
        return self._engine.info.platform

    @cached_property
    def listing(self) -> Listing:
        """The filesystem as the step left it."""
        return self._engine.listing(state_after(self.record))

    @cached_property
    def evidence(self) -> Evidence:
        """What the engine and the kernel noted about the container."""
        return self._engine.evidence(self.failure) if self.failure.container is not None else NO_EVIDENCE

    def read(self, path: str, limit: int) -> bytes:
        """The first bytes of a file."""
        return read_content(self._engine.archive(state_after(self.record), path), limit=limit).data

    def absolute(self, path: str) -> str:
        """A path as the command sees it from its working directory."""
        return posixpath.normpath(posixpath.join(self.config.working_dir or "/", path))

    def entry(self, path: str) -> Entry | None:
        """What is at a path, links in it followed."""
        found = self.real_path(path)
        return self.listing.get(found) if found is not None else None

    def real_path(self, path: str) -> str | None:
        """Where a path leads once its links are followed, None where that is nowhere."""
        from stepper.engine.file_tree import ListingTree, follow  # Not before something failed.

        try:
            found = follow(ListingTree(self.listing, lambda _: ""), self.absolute(path))
        except StepperError:
            return None
        return found if found in self.listing else None

    @property
    def search_path(self) -> tuple[str, ...]:
        """The folders in which commands are looked for."""
        path = self.step.environment.get("PATH") if self.step is not None else None
        return tuple(filter(None, (path or self.config.environment.get("PATH", "")).split(":")))

    @cached_property
    def other_stages(self) -> tuple[OtherStage, ...]:
        """The stages besides the failed step's that have run, as far as they have."""
        return tuple(self._other_stages())

    def _other_stages(self) -> Iterator[OtherStage]:
        dockerfile = self.state.dockerfile
        for stage in dockerfile.stages if dockerfile is not None else ():
            ran = [record for record in self.state.stage_steps(stage.index) if record.ran]
            if stage.index != self.record.id.stage and ran and ran[-1].after is not None:
                yield OtherStage(stage.label, ran[-1], self._engine.listing(ran[-1].after))

    @property
    def copies(self) -> Iterator[tuple[StepRecord, ContextSource]]:
        """The COPYs from the build context that made the filesystem, the last first."""
        for record in reversed(steps_below(self.state, self.record.id)):
            if record.step is not None and isinstance(record.step.source, ContextSource):
                yield record, record.step.source
