"""Looks into the states of a build: whole filesystems, single files, and what a COPY copies. Nothing is run."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stepper.debugger.build import Build
from stepper.debugger.file_contents import Content, FileStream, open_content, read_content, save_to_disk
from stepper.debugger.final_image import to_finish
from stepper.debugger.inspection import state_after
from stepper.debugger.options import BuildOptions
from stepper.debugger.state import StepRecord
from stepper.debugger.store import StateStore
from stepper.dockerfile.operations import CopyOperation
from stepper.engine.copy_record import Check, go_on
from stepper.engine.protocol import BuiltImage, Engine
from stepper.engine.step import Snapshot, Step, StepId
from stepper.errors import StepperError, UsageError
from stepper.image.layer import Listing
from stepper.image.layer_contents import content_digest

if TYPE_CHECKING:
    from stepper.debugger.copy_report import CopyReport
    from stepper.debugger.step_in_targets import StepInTarget


class FileFacts(NamedTuple):
    """The extended attributes of a file, and what tells its content from another, None where that was not read."""

    xattrs: tuple[tuple[str, bytes], ...]
    digest: int | None


class Snapshots:
    """The states of a session's build, to be looked at from the session's thread.

    Other threads may list and read the files of steps that have ended, also while steps run.

    `engine` gives the engine and raises `StepperError` where there is none; `build` gives the build, None while no
    Dockerfile was read. All raise `StepperError` for a step that is not there any more since the file was read again.
    """

    def __init__(
        self,
        states: StateStore,
        options: BuildOptions,
        engine: Callable[[], Engine],
        build: Callable[[], Build | None],
    ) -> None:
        self._states = states
        self._options = options
        self._engine = engine
        self._build = build

    def listing(self, step: StepId) -> Listing:
        """The whole filesystem after a step that ran, or as a failed one left it."""
        return self._engine().listing(state_after(self._record(step)))

    def content(self, step: StepId, path: str, *, limit: int | None = None) -> Content:
        """A file as it is after a step, up to so many bytes of it. Raises `StepperError` where there is none."""
        return read_content(self._archive(step, path), limit=limit)

    def content_before(self, step: StepId, path: str, *, limit: int | None = None) -> Content:
        """A file as it was before a step. Raises `StepperError` where there was none."""
        return read_content(self._archive(step, path, before=True), limit=limit)

    def file(self, step: StepId, path: str, *, before: bool = False) -> AbstractContextManager[FileStream]:
        """A file as it is after a step, or as it was before it, to be read piece by piece. Raises `StepperError`."""
        return open_content(self._archive(step, path, before=before))

    def look_into(self, step: StepId, path: str, *, before: bool = False, content: bool = False) -> FileFacts:
        """What no listing tells of a file after a step, or of the one before it; its content is read where asked for.

        The extended attributes are those that the engine puts into a layer: Docker none but the capabilities. Raises
        `StepperError`.
        """
        with self.file(step, path, before=before) as stream:
            digest = content_digest(stream.chunks) if content else None
            return FileFacts(tuple(sorted(stream.header.xattrs.items())), digest)

    def digest(self, step: StepId, path: str) -> int:
        """What tells the content of a file after a step from another. Raises `StepperError`."""
        with self.file(step, path) as stream:
            return content_digest(stream.chunks)

    def save(self, step: StepId, path: str, to: Path, read: Callable[[int], None] = lambda _: None) -> int:
        """Write a file or folder as it is after a step to this machine's disk; see `save_to_disk`."""
        return save_to_disk(self._archive(step, path), to, read)

    def image(self, step: StepId, tags: tuple[str, ...] = ()) -> BuiltImage:
        """Make an image of the snapshot after a step that ran, and tag it: the one that a build gives which ends there.

        That has the configuration of the snapshot, and after the target's last step the build's labels. Raises
        `UsageError` for a step that did not run, `StepperError` where the engine cannot make it.
        """
        record = self._record(step)
        if record.after is None:
            raise UsageError(f"line {record.instruction.line} has no snapshot", hint="Step over it first.")
        engine, dockerfile = self._engine(), self._states.state.dockerfile
        is_target = self.ends_target(step)
        snapshot = to_finish(record.after, dockerfile, self._options, engine.info, is_target=is_target)
        return engine.finish(snapshot, tags=tags, report=lambda _: None)

    def ends_target(self, step: StepId) -> bool:
        """Whether a step is the last one of the build's target."""
        build = self._build()
        return build is not None and step == build.plan.last(build.plan.target)

    def copied(self, step: StepId, *, check: Check = go_on) -> "CopyReport":
        """What a COPY or ADD copies: of one that ran as it was done, of one that could run next a preview.

        Raises `UsageError` for any other, `DockerfileError` for one that cannot be expanded, and what `check` raises.
        """
        from stepper.debugger.copy_report import CopyReporter  # Not before somebody looks at one.

        record = self._record(step)
        expanded, before = self._expanded(record)
        if not isinstance(expanded.operation, CopyOperation):
            raise UsageError(f"line {record.instruction.line} copies nothing")
        return CopyReporter(self._engine(), self._states.state, check).report(record, expanded, before)

    def step_in_targets(self, step: StepId) -> "tuple[StepInTarget, ...]":
        """Where a step into this step leads: see `step_in_targets`. Nowhere for what is no COPY from a stage or image.

        Raises `UsageError` where no step made what it copies, and as `copied` does.
        """
        record = self._record(step)
        flag = record.instruction.flag("from") if record.instruction.keyword == "COPY" else None
        if flag is None:
            return ()
        from stepper.debugger.step_in_targets import copies_what_was_built, step_in_targets

        expanded, _ = self._expanded(record)
        return step_in_targets(expanded, self.copied(step)) if copies_what_was_built(expanded) else ()

    def _record(self, step: StepId) -> StepRecord:
        record = self._states.state.find(step)
        if record is None:
            raise StepperError("The Dockerfile is another one by now")
        return record

    def _expanded(self, record: StepRecord) -> tuple[Step, Snapshot]:
        """A step that ran or could run next, and the snapshot that it starts with."""
        expanded, before = record.step, record.before
        if not record.ran and record.failure is None:
            build = self._build()
            assert build is not None, "a step is of a Dockerfile that was read"
            before = build.before(record.id)
            expanded = build.expand(record.id) if before is not None else None
        if expanded is None or before is None:
            raise UsageError(
                f"what line {record.instruction.line} copies is known once the steps before it have run",
                hint="Step up to it first.",
            )
        return expanded, before

    def _archive(self, step: StepId, path: str, *, before: bool = False) -> Generator[bytes, None, None]:
        record = self._record(step)
        if not before:
            return self._engine().archive(state_after(record), path)
        if record.before is None:
            raise UsageError("before FROM there is no filesystem")
        return self._engine().archive(record.before, path)
