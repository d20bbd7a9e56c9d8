"""What conditions ask of a step and of the state around it. Looked up when it is asked for, and not before."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import cached_property
from glob import escape

from stepper.debugger.build import Build
from stepper.debugger.conditions.kinds import Value
from stepper.debugger.conditions.path_globs import path_glob, written_out
from stepper.debugger.file_contents import open_content, read_content
from stepper.debugger.image_so_far import size_so_far
from stepper.debugger.inspection import state_after
from stepper.debugger.state import SessionState, Status, StepRecord
from stepper.engine.copy_error import CopyError
from stepper.engine.file_tree import ListingTree, follow
from stepper.engine.protocol import Engine
from stepper.engine.step import Failure, Snapshot, StandingRun
from stepper.errors import EngineUnavailable, StepperError
from stepper.image.config import ImageConfig
from stepper.image.entry import EntryKind
from stepper.image.layer import EMPTY_LAYER, Change, ChangeKind, Layer, Listing
from stepper.image.path_filter import is_glob
from stepper.text import human_size

_LARGEST_FILE = 1_000_000
"""Bytes of a file that an expression may look into."""


class StepFacts:
    """The facts of one step: before it runs, those of the state in which it starts; after it, those of what it left.

    `hits` is how often the breakpoint that asks was reached, with this time.
    """

    def __init__(
        self, state: SessionState, record: StepRecord, build: Build, engine: Engine, *, is_after: bool, hits: int = 0
    ) -> None:
        self._state = state
        self._record = record
        self._build = build
        self._engine = engine
        self._is_after = is_after
        self.hits = hits

    def value(self, name: str) -> Value:
        """See `Facts`."""
        return _NAMES[name](self)

    def table(self, table: str) -> Mapping[str, str]:
        """See `Facts`."""
        if table == "env":
            return self._config.environment
        return dict(self._config.labels) if table == "label" else self._arguments

    def call(self, function: str, argument: str) -> Value:
        """See `Facts`."""
        return _FUNCTIONS[function](self, argument)

    def changes(self, glob: str, *kinds: ChangeKind) -> Iterable[Change]:
        """The changes of the step at paths like that, of these kinds or of any."""
        patterns = self._patterns(glob) if self._layer.changes else ()
        for change in self._layer.changes:
            if (not kinds or change.kind in kinds) and any(each.fullmatch(change.path) for each in patterns):
                yield change

    @cached_property
    def _snapshot(self) -> Snapshot | Failure | StandingRun | None:
        """The state that the facts are of, None for the empty one before a FROM."""
        if self._is_after:
            return state_after(self._record)
        return self._build.before(self._record.id)

    @cached_property
    def _config(self) -> ImageConfig:
        snapshot = self._snapshot
        if snapshot is not None and not isinstance(snapshot, Snapshot):
            snapshot = self._record.before
        return snapshot.config if snapshot is not None else ImageConfig()

    @cached_property
    def _listing(self) -> Listing:
        return self._engine.listing(self._snapshot) if self._snapshot is not None else {}

    @cached_property
    def _arguments(self) -> Mapping[str, str]:
        expander, step = self._build.expander, self._record.id
        ran = self._is_after and self._record.ran
        scope = expander.scope_after(step) if ran else expander.scope_before(step)
        if not ran and self._build.plan.previous(step) is None:
            return scope.global_args
        variables = scope.variables(self._config.environment)
        return {name: variables.get(name, value or "") for name, value in scope.declared.items()}

    @property
    def _layer(self) -> Layer:
        layer, is_from = self._record.layer, self._record.instruction.keyword == "FROM"
        if layer is None and not is_from:
            raise StepperError("what this step changed is not known")
        return layer if layer is not None else EMPTY_LAYER

    def _stage(self) -> str:
        dockerfile, index = self._state.dockerfile, self._record.id.stage
        name = dockerfile.stages[index].name if dockerfile is not None else None
        return name if name is not None else str(index)

    def _cached(self) -> bool:
        return self._record.status is Status.CACHED or self._record.instruction.keyword == "FROM"

    def _exit_code(self) -> int:
        failure = self._record.failure
        if self._record.status is Status.RUNNING:
            raise StepperError("the RUN has not ended yet")
        if failure is None:
            return 0
        if failure.exit_code is None:
            raise StepperError("the step failed without a command that has an exit code")
        return failure.exit_code

    def _files(self) -> int:
        written = (change.after for change in self._layer.changes)
        return sum(entry is not None and entry.kind is EntryKind.FILE for entry in written)

    def _image_size(self) -> int:
        step = self._record.id if self._is_after else self._build.plan.previous(self._record.id)
        so_far = self._layer.size if self._record.status is Status.RUNNING else 0
        return so_far + (size_so_far(self._state, step) if step is not None else 0)

    def _is_there(self, glob: str) -> bool:
        if glob.startswith("/") and not is_glob(glob):
            return self._followed(glob) in self._listing or glob.rstrip("/") in self._listing
        patterns = self._patterns(glob)
        return any(pattern.fullmatch(path) for path in self._listing for pattern in patterns)

    def _patterns(self, glob: str) -> list[re.Pattern[str]]:
        """The paths that are meant: as written, and where links in the folders lead that are written out."""
        folder, rest = written_out(glob)
        try:
            behind = self._followed(folder) if folder else ""
        except EngineUnavailable:
            raise
        except StepperError:
            behind = folder  # Nothing there lists files.
        found = [path_glob(glob)]
        if behind != folder:
            found.append(path_glob((escape(behind) if is_glob(behind) else behind).rstrip("/") + rest))
        return found

    def _file(self, path: str) -> str:
        followed = self._followed(path)
        entry = self._listing.get(followed)
        if entry is None or entry.kind is not EntryKind.FILE:
            return ""
        if entry.size > _LARGEST_FILE:
            raise StepperError(f"{path} has {human_size(entry.size)}: only files of up to 1 MB are looked into")
        assert self._snapshot is not None, "there is a file in it"
        return read_content(self._engine.archive(self._snapshot, followed)).data.decode(errors="replace")

    def _size(self, path: str) -> int:
        followed = self._followed(path)
        below = f"{followed.rstrip('/')}/"
        sizes: dict[object, int] = {}
        for name, entry in self._listing.items():
            if entry.kind is EntryKind.FILE and (name == followed or name.startswith(below)):
                sizes[entry.inode if entry.links > 1 and entry.inode else name] = entry.size
        return sum(sizes.values())

    def _followed(self, path: str) -> str:
        try:
            return follow(ListingTree(self._listing, self._read_link), path)
        except CopyError:
            return path  # A loop of links, or a way through a file: nothing is there.

    def _read_link(self, path: str) -> str:
        assert self._snapshot is not None, "there is a link in it"
        archive = self._engine.archive(self._snapshot, path)
        with closing(archive), open_content(archive) as stream:
            return stream.header.link


_NAMES: dict[str, Callable[[StepFacts], Value]] = {
    "instruction": lambda facts: facts._record.instruction.keyword,
    "text": lambda facts: facts._record.instruction.whole_text,
    "line": lambda facts: facts._record.instruction.line,
    "stage": StepFacts._stage,
    "hits": lambda facts: facts.hits,
    "cached": StepFacts._cached,
    "seconds": lambda facts: facts._record.seconds or 0.0,
    "exit_code": StepFacts._exit_code,
    "layer.size": lambda facts: facts._layer.size,
    "layer.files": StepFacts._files,
    "layer.added": lambda facts: facts._layer.count(ChangeKind.ADDED),
    "layer.modified": lambda facts: facts._layer.count(ChangeKind.MODIFIED),
    "layer.deleted": lambda facts: facts._layer.count(ChangeKind.DELETED),
    "image.size": StepFacts._image_size,
    "user": lambda facts: facts._config.user,
    "workdir": lambda facts: facts._config.working_dir,
}
_FUNCTIONS: dict[str, Callable[[StepFacts, str], Value]] = {
    "changed": lambda facts, glob: any(facts.changes(glob)),
    "added": lambda facts, glob: any(facts.changes(glob, ChangeKind.ADDED)),
    "modified": lambda facts, glob: any(facts.changes(glob, ChangeKind.MODIFIED)),
    "deleted": lambda facts, glob: any(facts.changes(glob, ChangeKind.DELETED)),
    "exists": StepFacts._is_there,
    "file": StepFacts._file,
    "size": StepFacts._size,
}
