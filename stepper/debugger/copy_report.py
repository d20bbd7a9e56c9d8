"""All that is known of one COPY or ADD: what it copies, who made that, what it leaves behind, what it will miss."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from stepper.debugger.copied_binaries import MissingLibraries, lacking
from stepper.debugger.copied_layer import as_happened
from stepper.debugger.file_contents import read_content
from stepper.debugger.provenance import lowest_from, writers
from stepper.debugger.state import SessionState, StepRecord
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.context import BuildContext
from stepper.engine.copy_record import Check, CopiedFile, CopyRecord, Origin, go_on
from stepper.engine.protocol import Engine
from stepper.engine.step import ContextSource, Snapshot, Step
from stepper.errors import StepperError
from stepper.frozen import frozen
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import Listing


class Taken(NamedTuple):
    """What the COPYs of a stage take from another one, and what there is, in bytes of its whole filesystem."""

    stage: str
    """The stage that takes."""
    source: str
    """The stage, or image, that is taken from."""
    taken: int
    total: int

    @property
    def left(self) -> int:
        """Bytes that stay behind."""
        return self.total - self.taken


@frozen
class CopyReport:
    """What one instruction copies. With `is_preview` it has not run."""

    record: CopyRecord
    is_preview: bool
    changed: bool = False
    """The sources are not any more what they were when it ran."""
    makers: Mapping[str, StepRecord] = field(default_factory=dict)
    """The step of the source stage that wrote a source last, by its path."""
    source_base: StepRecord | None = None
    """The FROM of the source stage, which others are from; None where the source is no stage."""
    source_name: str = ""
    """The stage or image that is copied from; "" for a build context."""
    missing: tuple[MissingLibraries, ...] = ()
    taken: Taken | None = None

    def maker(self, file: CopiedFile) -> StepRecord | None:
        """The step of the source stage that a file is from; None where the source is no stage."""
        return self.makers.get(file.source, self.source_base)


@dataclass
class CopyReporter:
    """Makes reports from an engine and the session as it stands."""

    engine: Engine
    state: SessionState
    check: Check = go_on
    """What it raises goes through `report`."""

    def report(self, record: StepRecord, step: Step, before: Snapshot) -> CopyReport:
        """The report of a step that has run on `before`, or would run there next."""
        operation = step.operation
        assert isinstance(operation, CopyOperation), "only COPY and ADD copy"
        copied, changed = self._copied(record, step, before)
        report = CopyReport(copied, not record.ran, changed, source_name=self._source_name(operation))
        if operation.from_stage is not None:
            last = self.state.stage_steps(operation.from_stage)[-1].id
            wrote = writers(self.state, last)
            makers = {file.source: wrote[file.source] for file in copied.files if file.source in wrote}
            base = lowest_from(self.state, last)
            report = replace(report, makers=makers, source_base=base)
        if isinstance(step.source, Snapshot):
            report = replace(report, taken=self._taken(record, copied, step.source, report.source_name))
        return replace(report, missing=tuple(self._missing(record, step, before, copied)))

    def _copied(self, record: StepRecord, step: Step, before: Snapshot) -> tuple[CopyRecord, bool]:
        operation = step.operation
        if isinstance(operation, CopyOperation) and step.source is None:
            return CopyRecord(not_fetched=(self._source_name(operation),)), False
        copied = self.engine.copied(step, before, check=self.check)
        if record.ran and record.layer is not None:
            copied, changed = as_happened(copied, record.layer)
            return replace(copied, error=None, hint=None), changed or copied.error is not None
        return copied, False

    def _source_name(self, operation: CopyOperation) -> str:
        if operation.from_stage is not None and self.state.dockerfile is not None:
            return self.state.dockerfile.stages[operation.from_stage].label
        return operation.from_image or ""

    def _taken(self, record: StepRecord, copied: CopyRecord, source: Snapshot, name: str) -> Taken:
        """What this step's stage takes from the source with all its COPYs that have run, this one included."""
        assert self.state.dockerfile is not None, "a step of a Dockerfile"
        listing = self.engine.listing(source)
        paths = {file.source for file in copied.files}
        for other in self.state.stage_steps(record.id.stage):
            step = other.step
            if other.id == record.id or step is None or other.before is None or not other.ran:
                continue
            if isinstance(step.operation, CopyOperation) and step.source == source:
                paths |= {file.source for file in self.engine.copied(step, other.before, check=self.check).files}
        stage = self.state.dockerfile.stages[record.id.stage].label
        taken = _bytes(listing[path] for path in paths if path in listing)
        return Taken(stage, name, taken, _bytes(listing.values()))

    def _missing(
        self, record: StepRecord, step: Step, before: Snapshot, copied: CopyRecord
    ) -> Iterable[MissingLibraries]:
        ran = record.after if record.ran else None
        there: Listing = self.engine.listing(ran or before)
        if ran is None:
            there = {**there, **{file.destination: file.entry for file in copied.files}}

        def read(file: CopiedFile, limit: int) -> bytes:
            if ran is not None:
                return read_content(self.engine.archive(ran, file.destination), limit=limit).data
            if isinstance(step.source, Snapshot):
                return read_content(self.engine.archive(step.source, file.source), limit=limit).data
            return _read_context(step.source, file, limit)

        return lacking(copied.files, there, read)


def _read_context(source: ContextSource | None, file: CopiedFile, limit: int) -> bytes:
    if source is None or file.origin is not Origin.FILE:
        raise StepperError("its content is not on this machine")
    with BuildContext(source).open(file.source) as opened:
        return opened.read(limit)


def _bytes(entries: Iterable[Entry]) -> int:
    """Of files; one with several hard links counts once."""
    total = 0
    seen: set[int] = set()
    for entry in entries:
        if entry.kind is not EntryKind.FILE or (entry.links > 1 and entry.inode in seen):
            continue
        if entry.links > 1 and entry.inode:
            seen.add(entry.inode)
        total += entry.size
    return total
