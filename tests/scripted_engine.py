"""A deterministic Engine that runs nothing: a test scripts what images there are and what each instruction does.

    engine = ScriptedEngine()
    engine.image("busybox", size=4_000_000, files={"/bin/sh": file_entry(1000)})
    engine.on("RUN make", output=["cc main.c\\n"], changes=[added("/app", 512)], seconds=2.0)
    engine.on("RUN false", exit_code=1)
    gate = engine.hold("RUN sleep 60")    # the step stands still until gate.open() or an interrupt

Instructions are matched by the beginning of their text; the script added last wins. An instruction without a script
succeeds at once: it prints nothing and changes nothing. `engine.calls` lists all that was asked of it, in order.
"""

import contextlib
import hashlib
import os
import socket
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from stepper.dockerfile.operations import (
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    LabelOperation,
    OnbuildOperation,
    Operation,
    RunOperation,
    ShellOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.place import DEFAULT_SHELL
from stepper.dockerfile.shell.split import split
from stepper.engine.build_request import BuildRequest
from stepper.engine.copy_digest import Reading
from stepper.engine.copy_plan import Rules, absolute
from stepper.engine.copy_preview import PreviewTarget, in_context, preview
from stepper.engine.copy_record import Check, CopyRecord, go_on
from stepper.engine.evidence import NO_EVIDENCE, Evidence
from stepper.engine.file_tree import FileTree, ListingTree
from stepper.engine.protocol import (
    Attempt,
    BuiltImage,
    EndedShell,
    EngineInfo,
    MountCache,
    PruneReport,
    Report,
    StepUsage,
)
from stepper.engine.step import (
    CommandRun,
    Failure,
    Kept,
    Outcome,
    Output,
    Progress,
    Snapshot,
    StandingRun,
    Step,
    StepId,
)
from stepper.errors import EngineError, StepperError, UsageError
from stepper.image.archive import END, Header, padding, write_header
from stepper.image.config import ImageConfig
from stepper.image.entry import Entry, EntryKind
from stepper.image.layer import EMPTY_LAYER, Change, ChangeKind, Layer, Listing, layer_of
from tests.scripted_stepped_run import ScriptedCommand, ScriptedSteppedRun

INFO = EngineInfo(
    product="Docker",
    version="28.5.2",
    endpoint="unix:///var/run/docker.sock",
    place="local",
    platform="linux/amd64",
    storage="overlay2",
)
NOW_NS = 1_700_000_000 * 10**9
WAIT_SECONDS = 30.0
"""How long a held step or a waiting test stands still before the test counts as stuck."""


def file_entry(size: int = 0, *, mode: int = 0o644, mtime_ns: int = NOW_NS, uid: int = 0, gid: int = 0) -> Entry:
    """A regular file."""
    return Entry(EntryKind.FILE, mode, uid, gid, size, mtime_ns)


def directory_entry(*, mode: int = 0o755) -> Entry:
    """A directory."""
    return Entry(EntryKind.DIRECTORY, mode, 0, 0, 0, NOW_NS)


def link_entry(target: str) -> Entry:
    """A symlink."""
    return Entry(EntryKind.SYMLINK, 0o777, 0, 0, 0, NOW_NS, target=target)


def added(path: str, size: int = 0, *, entry: Entry | None = None) -> Change:
    """A change that adds a path; a path that ends in a slash is a directory."""
    return Change(path.rstrip("/"), ChangeKind.ADDED, None, entry if entry is not None else _entry_for(path, size))


def modified(path: str, size: int = 0, *, was: int = 0) -> Change:
    """A change of a file that had `was` bytes and has `size` bytes now."""
    return Change(path, ChangeKind.MODIFIED, _entry_for(path, was), replace_time(_entry_for(path, size)))


def deleted(path: str, size: int = 0) -> Change:
    """A change that removes a path that had `size` bytes."""
    return Change(path.rstrip("/"), ChangeKind.DELETED, _entry_for(path, size), None)


def replace_time(entry: Entry) -> Entry:
    """The same entry, a second later."""
    return entry._replace(mtime_ns=entry.mtime_ns + 10**9)


def _entry_for(path: str, size: int) -> Entry:
    return directory_entry() if path.endswith("/") else file_entry(size)


class Gate:
    """Holds a step while it runs. The test waits for `entered`, looks at what it wants, and lets go with `open`."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._released = threading.Condition()
        self._open = False

    def wait_entered(self, timeout: float = WAIT_SECONDS) -> None:
        """Return once the step stands at the gate; AssertionError when it never comes."""
        assert self._entered.wait(timeout), "the held step was never reached"

    @property
    def entered(self) -> bool:
        """Whether the step stands, or stood, at the gate."""
        return self._entered.is_set()

    def open(self) -> None:
        """Let the step go on."""
        with self._released:
            self._open = True
            self._released.notify_all()

    def hold(self, interrupted: Callable[[], bool]) -> None:
        """Called by the engine: stand still until the gate is open or the step is interrupted."""
        self._entered.set()
        with self._released:
            reached = self._released.wait_for(lambda: self._open or interrupted(), WAIT_SECONDS)
        assert reached, "a held step was neither let go nor interrupted"

    def wake(self) -> None:
        """Called by the engine when it is interrupted."""
        with self._released:
            self._released.notify_all()


@dataclass(frozen=True)
class Script:
    """What one instruction does when it runs; made by `ScriptedEngine.on`."""

    text: str
    reports: tuple[Output | Progress, ...] = ()
    layer: Layer = EMPTY_LAYER
    size: int | None = None
    seconds: float = 0.0
    exit_code: int = 0
    message: str | None = None
    hint: str | None = None
    error: StepperError | None = None
    gate: Gate | None = None
    hook: Callable[[Step], None] | None = None
    commands: Mapping[int, ScriptedCommand] = field(default_factory=dict)
    later: tuple[Output | Progress, ...] = ()


@dataclass
class ScriptedImage:
    """An image that `base` can give. `pull` are the reports of a pull; without them the image is there already."""

    snapshot: Snapshot
    size: int
    pull: tuple[Output | Progress, ...] = ()
    gate: Gate | None = None
    present: bool = True


@dataclass
class ScriptedShell:
    """A shell that echoes what is typed after a prompt and ends at `exit` or Ctrl-D. `typed` is all it was sent."""

    state: Snapshot | Failure
    step: Step | None
    config: ImageConfig
    size: tuple[int, int]
    prompt: bytes = b"/ # "
    typed: bytes = b""
    closed: bool = False
    notes: tuple[str, ...] = ("a note",)
    ended: EndedShell = field(default_factory=EndedShell)
    has_prompted: bool = True
    exit_code: int = 0
    _ours: socket.socket = field(init=False, repr=False)
    _theirs: socket.socket = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._theirs.sendall(self.prompt)

    def fileno(self) -> int:
        return self._ours.fileno()

    def read(self) -> bytes:
        return os.read(self._ours.fileno(), 65536)

    def write(self, data: bytes) -> None:
        self.typed += data
        ended = b"\x04" in data or self.typed.rstrip(b"\r\n").endswith(b"exit")
        self._theirs.sendall(data.replace(b"\r", b"\r\n"))
        if ended and data[-1:] in b"\r\n\x04":
            self._theirs.shutdown(socket.SHUT_WR)
        elif b"\r" in data or b"\n" in data:
            self._theirs.sendall(self.prompt)

    def resize(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)

    def close(self) -> int | None:
        if not self.closed:
            self._ours.close()
            self._theirs.close()
        self.closed = True
        return self.exit_code


class ScriptedEngine:
    """See the module's docstring. It is an `Engine` in every respect, but what it runs is written down beforehand."""

    def __init__(self, info: EngineInfo = INFO) -> None:
        self.info: EngineInfo = info
        self.calls: list[str] = []
        self.rested_after: list[str] = []
        """The calls that hints to rest followed."""
        self.executed: list[Step] = []
        self.attempted: list[Step] = []
        """What was tried in containers that were kept."""
        self.finished: list[Snapshot] = []
        self.built: list[BuildRequest] = []
        self.asked: list[tuple[str, str | None]] = []
        """The images that `base` was asked for, with their platforms."""
        self.shells: list[ScriptedShell] = []
        self.entered = EndedShell()
        """What shells in states tell that it was entered in them."""
        self.kept: dict[str, Listing] = {}
        """The containers that failures kept and that nobody has released yet, with their filesystems."""
        self.tagged: dict[str, BuiltImage] = {}
        self.closed = False
        self.pruned = PruneReport(images=0, containers=0, volumes=0, reclaimed=0)
        self.caches: tuple[MountCache, ...] = ()
        self.noted: Evidence = NO_EVIDENCE
        self.finish_gate: Gate | None = None
        self.finish_reports: tuple[Progress, ...] = ()
        self.contents: dict[str, bytes] = {}
        """The contents of files by their paths, in every state."""
        self.xattrs: dict[str, Mapping[str, bytes]] = {}
        """The extended attributes of files by their paths, in every state."""
        self.paused = False
        """Whether the step that runs was told to stand still."""
        self.used = StepUsage(0.0, 0.0, 64_000_000)
        """What a step that runs uses."""
        self.changed: tuple[str, ...] = ("/a", "/b")
        """What a step that runs has changed so far."""
        self._running: dict[StepId, Step] = {}
        self._running_on: dict[StepId, Snapshot] = {}
        self.standing_in = StandingRun("", "/", {"PATH": PATH[1]})
        """What the shell of a RUN tells of itself that is stepped into."""
        self.stepped: ScriptedSteppedRun | None = None
        """The RUN that was stepped into last."""
        self._standing: dict[str, Listing] = {}
        self.context_version = 0
        """Count this up to say that the files in the build context are others now: every COPY misses the cache."""
        self._scripts: list[Script] = []
        self._images: dict[str, ScriptedImage] = {}
        self._listings: dict[str | None, dict[str, Entry]] = {None: {}}
        self._sizes: dict[str | None, int] = {None: 0}
        self._cache: dict[object, Outcome] = {}
        self.gone: set[str] = set()
        """The keys of steps whose snapshots were removed behind the engine's back."""
        self._interrupted = threading.Event()
        self._working = threading.Lock()
        self._executing = 0
        self._gates: list[Gate] = []
        self._next_container = 0

    # What a test says beforehand

    def image(
        self,
        name: str,
        *,
        size: int = 4_000_000,
        config: ImageConfig | None = None,
        files: Mapping[str, Entry] | None = None,
        pull: Sequence[Progress] = (),
        gate: Gate | None = None,
    ) -> Snapshot:
        """Let there be an image; with `pull` it has to be pulled first, telling that progress."""
        snapshot = Snapshot(_image_id("image", name), config if config is not None else ImageConfig(env=(PATH,)))
        self._images[name] = ScriptedImage(snapshot, size, tuple(pull), gate, present=not pull and gate is None)
        self._listings[snapshot.image] = {"/": directory_entry(), **(files or {})}
        self._sizes[snapshot.image] = size
        if gate is not None:
            self._gates.append(gate)
        return snapshot

    def on(
        self,
        text: str,
        *,
        output: Iterable[str | bytes | Output | Progress] = (),
        changes: Iterable[Change] = (),
        size: int | None = None,
        seconds: float = 0.0,
        exit_code: int = 0,
        message: str | None = None,
        hint: str | None = None,
        error: StepperError | None = None,
        gate: Gate | None = None,
        hook: Callable[[Step], None] | None = None,
        commands: Mapping[int, ScriptedCommand] | None = None,
        later: Iterable[str | bytes | Output | Progress] = (),
    ) -> None:
        """What the instructions do whose text begins with `text`.

        A step fails with an `exit_code` other than 0, or with a `message` and no exit code (as a COPY without its
        source does); `error` is raised. First comes `output`, then the step stands at its `gate`, then comes what it
        prints `later`, then `hook` is called. `commands` says by its number what each command of a RUN's script does,
        also where that is not stepped into.
        """
        script = Script(
            text,
            tuple(_report(item) for item in output),
            layer_of(changes),
            size,
            seconds,
            exit_code,
            message,
            hint,
            error,
            gate,
            hook,
            commands or {},
            tuple(_report(item) for item in later),
        )
        self._scripts.insert(0, script)
        if gate is not None:
            self._gates.append(gate)

    def hold(self, text: str, *, output: Iterable[str | bytes | Output | Progress] = ()) -> Gate:
        """Let the instructions that begin with `text` stand still when they run; the gate to wait for and to open."""
        gate = Gate()
        self.on(text, output=output, gate=gate)
        return gate

    @property
    def ran(self) -> list[str]:
        """The texts of the instructions that were run (and did not come from the cache), in order."""
        return [call.removeprefix("run ") for call in self.calls if call.startswith("run ")]

    # The Engine protocol

    def base(self, reference: str, *, platform: str | None = None, pull: bool = False, report: Report) -> Snapshot:
        self._begin()
        self.calls.append(f"base {reference}" + (" pull" if pull else ""))
        self.asked.append((reference, platform))
        image = self._images.get(reference)
        if image is None:
            raise EngineError(f"image {reference} not found", hint="Check its name.")
        if pull or not image.present:
            for item in image.pull:
                report(item)
            if image.gate is not None:
                image.gate.hold(self._interrupted.is_set)
            if self._interrupted.is_set():
                raise EngineError("interrupted")
            image.present = True
        return image.snapshot

    def find_base(self, reference: str, *, platform: str | None = None) -> Snapshot | None:
        image = self._images.get(reference)
        if image is None or not image.present:
            return None
        self.calls.append(f"base {reference}")
        self.asked.append((reference, platform))
        return image.snapshot

    def image_size(self, snapshot: Snapshot) -> int:
        return self._sizes[snapshot.image]

    def execute(self, step: Step, on: Snapshot, *, report: Report, use_cache: bool = True) -> Outcome:
        assert not isinstance(step.operation, FromOperation), "FROM is no step to execute"
        with self._during():
            return self._execute(step, on, report, use_cache)

    def _execute(self, step: Step, on: Snapshot, report: Report, use_cache: bool) -> Outcome:
        text = step.instruction.text
        script = self._script_of(text)
        if script.error is not None:
            self.calls.append(f"refuse {text}")
            raise script.error
        key = self._cache_key(step, on)
        cached = self._cache.get(key) if use_cache else None
        if cached is not None:
            self.calls.append(f"cache {text}")
            return replace(cached, cached=True, seconds=0.0, key=_digest(key), kept=Kept.THERE)
        self.calls.append(f"run {text}")
        self.executed.append(step)
        self._running[step.id], self._running_on[step.id] = step, on
        try:
            outcome = self._run(step, script, on, report)
        finally:
            self._running.pop(step.id, None)
        if outcome.snapshot is not None:
            self._cache[key] = outcome
        return replace(outcome, key=_digest(key), kept=Kept.GONE if _digest(key) in self.gone else Kept.UNKNOWN)

    def find(self, key: str) -> Kept:
        if any(_digest(known) == key for known in self._cache):
            return Kept.THERE
        return Kept.GONE if key in self.gone else Kept.UNKNOWN

    def remove_snapshots(self) -> None:
        """Somebody else removes all images that steps made: the step cache knows them still."""
        self.gone.update(map(_digest, self._cache))
        self._cache.clear()

    def step_into(self, step: Step, on: Snapshot, *, report: Report) -> ScriptedSteppedRun:
        self._interrupted.clear()
        text = step.instruction.text
        script = self._script_of(text)
        self.calls.append(f"step into {text}")
        if script.error is not None:
            raise script.error
        self.executed.append(step)
        self._running[step.id], self._running_on[step.id] = step, on
        self.stepped = self._stepped(step, script, on, report)
        return self.stepped

    def build(self, request: BuildRequest, *, report: Report) -> Outcome:
        """A whole build: scripted by the beginning of its file; it gives the image that is named `WHOLE_BUILD`."""
        self._interrupted.clear()
        text = request.file.decode()
        script = self._script_of(text)
        self.calls.append(f"build {request.name}")
        self.built.append(request)
        if script.error is not None:
            raise script.error
        for item in script.reports:
            report(item)
        if script.gate is not None:
            script.gate.hold(self._interrupted.is_set)
        if self._interrupted.is_set():
            return Outcome(None, None, failure=Failure("interrupted", interrupted=True))
        if script.exit_code or script.message is not None:
            failure = Failure(script.message or "it failed", script.hint, script.exit_code or None)
            return Outcome(None, None, seconds=script.seconds, failure=failure)
        image = self._images[WHOLE_BUILD]
        return Outcome(image.snapshot, None, image.size, script.seconds)

    def get_ready(self) -> None:
        """There is nothing to load."""

    def prepare(self, on: Snapshot) -> None:
        self.calls.append(f"prepare {self.name_of(on)}")

    def rest(self) -> None:
        self.rested_after += self.calls[-1:]

    def finish(self, snapshot: Snapshot, *, tags: tuple[str, ...], report: Report) -> BuiltImage:
        self._interrupted.clear()
        self.calls.append(" ".join(("finish", *tags)))
        self.finished.append(snapshot)
        for item in self.finish_reports:
            report(item)
        if self.finish_gate is not None:
            self._gates = [*self._gates, self.finish_gate]
            self.finish_gate.hold(self._interrupted.is_set)
        if self._interrupted.is_set():
            raise EngineError("interrupted")
        built = BuiltImage(_image_id("built", repr(snapshot)), tags, self._sizes[snapshot.image])
        self.tagged.update(dict.fromkeys(tags, built))
        return built

    def listing(self, state: Snapshot | Failure | StandingRun) -> Listing:
        self.calls.append(f"listing {self.name_of(state)}")
        if isinstance(state, Failure):
            if state.container is None:
                raise EngineError("the failure kept no container")
            return self.kept[state.container]
        if isinstance(state, StandingRun):
            return self.kept.get(state.container) or self._standing[state.container]
        return self._listings[state.image]

    def archive(self, state: Snapshot | Failure | StandingRun, path: str) -> Generator[bytes, None, None]:
        """Files have the content in `contents`, others that many zeros."""
        listing = self.listing(state)
        if path not in listing:
            raise EngineError(f"could not read {path}: there is no such path")
        above = path.rpartition("/")[0]
        for name in sorted(each for each in listing if each == path or each.startswith(f"{path.rstrip('/')}/")):
            entry = listing[name]
            content = self.contents.get(name, bytes(entry.size if entry.kind is EntryKind.FILE else 0))
            header = Header(
                name.removeprefix(above).lstrip("/") or ".",
                entry.kind,
                entry.mode,
                size=len(content),
                link=entry.target,
                xattrs=self.xattrs.get(name, {}),
            )
            yield write_header(header) + content + padding(len(content))
        yield END

    def evidence(self, failure: Failure) -> Evidence:
        self.calls.append(f"evidence {failure.container}")
        return self.noted

    def copied(self, step: Step, on: Snapshot, *, check: Check = go_on) -> CopyRecord:
        """What the files of a folder, or of a snapshot as it is listed, make of it."""
        operation = step.operation
        assert isinstance(operation, CopyOperation)
        self.calls.append(f"copied {step.instruction.text}")
        listing = self._listings[on.image]
        target = PreviewTarget(listing, _tree(listing), 0, on_top=False)
        source: FileTree | list[Reading]
        not_fetched: list[str] = []
        if isinstance(step.source, Snapshot):
            source = _tree(self._listings[step.source.image])
        else:
            assert step.source is not None
            source, not_fetched = in_context(operation, step.source)
        destination = absolute(operation.destination, on.config.working_dir)
        return preview(
            operation, source, target, destination=destination, rules=Rules(), not_fetched=not_fetched, check=check
        )

    def open_shell(
        self, state: Snapshot | Failure, *, step: Step | None, config: ImageConfig, size: tuple[int, int]
    ) -> ScriptedShell:
        self.calls.append(f"shell {self.name_of(state)}")
        shell = ScriptedShell(state, step, config, size, ended=self.entered)
        self.shells.append(shell)
        return shell

    def adopt_shell(self, shell: EndedShell, step: Step, on: Snapshot) -> str:
        """A RUN whose script is what it does gives that without being run."""
        self.calls.append(f"adopt {step.instruction.text}")
        if shell.why_not:
            return shell.why_not
        script = self._script_of(step.instruction.text)
        outcome = Outcome(self._commit(step, script, on, script.layer.size), script.layer, script.layer.size)
        self._cache[self._cache_key(step, on)] = outcome
        return ""

    def release_shell(self, shell: EndedShell) -> None:
        self.calls.append(f"release shell {shell.container}")

    def attempt(self, state: Failure | StandingRun, step: Step, config: ImageConfig, *, report: Report) -> Attempt:
        text = step.instruction.text
        script = self._script_of(text)
        self.calls.append(f"attempt {text} in {state.container}")
        self.attempted.append(step)
        self._interrupted.clear()
        for item in script.reports:
            report(item)
        if script.gate is not None:
            script.gate.hold(self._interrupted.is_set)
        code = script.exit_code
        failed = Failure(f"the command ended with exit code {code}", exit_code=code) if code else None
        return Attempt(script.layer, failed, script.seconds)

    def open_running_shell(self, step: StepId, *, size: tuple[int, int]) -> ScriptedShell:
        running = self._in_container(step)
        self.calls.append(f"shell into {running.instruction.text}")
        shell = ScriptedShell(self._running_on[step], running, ImageConfig(), size)
        self.shells.append(shell)
        return shell

    def pause(self) -> None:
        if not self._running:
            raise UsageError("there is nothing to pause now")
        self.calls.append("pause")
        self.paused = True

    def unpause(self) -> None:
        self.calls.append("unpause")
        self.paused = False

    def usage(self, step: StepId) -> StepUsage | None:
        """What the test put into `used`."""
        return self.used if step in self._running else None

    def count_changes(self, step: StepId) -> int | None:
        return len(self.changed) if step in self._running else None

    def release(self, state: Failure | StandingRun) -> None:
        self.calls.append(f"release {state.container}")
        if state.container is not None:
            del self.kept[state.container]

    def interrupt(self) -> None:
        self.calls.append("interrupt")
        self._interrupted.set()
        for gate in self._gates:
            gate.wake()

    def mount_caches(self) -> Sequence[MountCache]:
        """What the test put into `caches`."""
        return self.caches

    def prune(self) -> PruneReport:
        self.calls.append("prune")
        self._cache.clear()
        return self.pruned

    def close(self) -> None:
        self.calls.append("close")
        self.kept.clear()
        self.closed = True

    # How it does that

    def _script_of(self, text: str) -> Script:
        """What was written down last for what begins so; it succeeds where nothing was."""
        return next((script for script in self._scripts if text.startswith(script.text)), Script(text))

    def _begin(self) -> None:
        """A wish to stop is for what goes on, not for what comes later."""
        with self._working:
            if not self._executing:
                self._interrupted.clear()

    @contextlib.contextmanager
    def _during(self) -> Iterator[None]:
        self._begin()
        with self._working:
            self._executing += 1
        try:
            yield
        finally:
            with self._working:
                self._executing -= 1

    def name_of(self, state: Snapshot | Failure | StandingRun) -> str:
        """A short name of a state for `calls`: an image's name, `scratch`, or the beginning of an id."""
        if not isinstance(state, Snapshot):
            return state.container or "nothing"
        if state.image is None:
            return "scratch"
        named = (name for name, image in self._images.items() if image.snapshot.image == state.image)
        return next(named, state.image.removeprefix("sha256:")[:8])

    def _in_container(self, step: StepId) -> Step:
        if step not in self._running:
            raise UsageError("the step is in no container now")
        return self._running[step]

    def _cache_key(self, step: Step, on: Snapshot) -> object:
        environment = tuple(sorted(step.environment.items()))
        source = step.source if isinstance(step.source, Snapshot) else (step.source, self.context_version)
        is_copy, is_run = isinstance(step.operation, CopyOperation), isinstance(step.operation, RunOperation)
        mounted = [self.context_version for each in step.mount_sources if each is not None]
        return (
            on,
            step.operation,
            environment,
            source if is_copy else None,
            (step.settings, *mounted) if is_run else None,
        )

    def _run(self, step: Step, script: Script, on: Snapshot, report: Report) -> Outcome:
        if script.commands:
            stepped = self._stepped(step, script, on, report)
            stepped.advance(to_end=True)
            assert stepped.outcome is not None
            return stepped.outcome
        for item in script.reports:
            report(item)
        if script.gate is not None:
            script.gate.hold(self._interrupted.is_set)
        for item in script.later:
            report(item)
        if script.hook is not None:
            script.hook(step)
        size = script.size if script.size is not None else script.layer.size
        if self._interrupted.is_set():
            failure = Failure("interrupted", container=self._keep(on, script.layer), interrupted=True)
        elif script.exit_code:
            message = script.message or f"the command ended with exit code {script.exit_code}"
            failure = Failure(message, script.hint, script.exit_code, self._keep(on, script.layer))
        elif script.message is not None:
            failure = Failure(script.message, script.hint)
        else:
            snapshot = self._commit(step, script, on, size)
            return Outcome(snapshot, script.layer, size, script.seconds)
        return Outcome(None, script.layer, size, script.seconds, failure=failure)

    def _stepped(self, step: Step, script: Script, on: Snapshot, report: Report) -> ScriptedSteppedRun:
        def finish(runs: tuple[CommandRun, ...], layer: Layer, stopped: bool) -> Outcome:
            self._running.pop(step.id, None)
            code = runs[-1].exit_code if runs else script.exit_code
            seconds = sum(run.seconds for run in runs)
            does = replace(script, layer=layer, exit_code=code or 0, seconds=seconds, reports=(), commands={})
            if stopped:
                self._interrupted.set()
            outcome = replace(self._run(step, does, on, report), commands=runs)
            if outcome.snapshot is not None:
                self._cache[self._cache_key(step, on)] = replace(outcome, commands=())
            return replace(outcome, key=_digest(self._cache_key(step, on)))

        def stand(layer: Layer, is_copy: bool) -> StandingRun:
            if is_copy:
                container = self._keep(on, layer)
                self.calls.append(f"copy {step.instruction.text} to {container}")
                return replace(self.standing_in, container=container)
            container = f"that of {step.instruction.keyword}"
            self._standing[container] = _changed(self._listings[on.image], layer)
            return replace(self.standing_in, container=container)

        operation = step.operation
        assert isinstance(operation, RunOperation), "only RUN is stepped into"
        found = split(operation.script or "", on.config.shell or DEFAULT_SHELL)
        return ScriptedSteppedRun(found, script.commands, report, finish, self._interrupted.is_set, stand)

    def _commit(self, step: Step, script: Script, on: Snapshot, size: int) -> Snapshot:
        config = scripted_config(step.operation, on.config)
        if not script.layer.changes and not size:
            return Snapshot(on.image, config)
        image = _image_id("step", f"{on.image} {step.instruction.text} {len(self.executed)}")
        self._listings[image] = _changed(self._listings[on.image], script.layer)
        self._sizes[image] = self._sizes[on.image] + size
        return Snapshot(image, config)

    def _keep(self, on: Snapshot, layer: Layer) -> str:
        self._next_container += 1
        container = f"container-{self._next_container}"
        self.kept[container] = _changed(self._listings[on.image], layer)
        return container


WHOLE_BUILD = "what the engine's builder builds"
"""The name of the image that `ScriptedEngine.build` gives."""

PATH = ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


def scripted_config(operation: Operation, config: ImageConfig) -> ImageConfig:
    """The configuration after an operation, as far as tests of the debugger and the screen look at it."""
    match operation:
        case EnvOperation(pairs):
            return replace(config, env=tuple({**dict(config.env), **dict(pairs)}.items()))
        case LabelOperation(pairs):
            return replace(config, labels=tuple(sorted({**dict(config.labels), **dict(pairs)}.items())))
        case CmdOperation(argv, script):
            return replace(config, cmd=_command(argv, script, config))
        case EntrypointOperation(argv, script):
            return replace(config, entrypoint=_command(argv, script, config), cmd=None)
        case WorkdirOperation(path):
            return replace(config, working_dir=path)
        case UserOperation(user):
            return replace(config, user=user)
        case ExposeOperation(ports):
            return replace(config, exposed_ports=tuple(sorted({*config.exposed_ports, *ports})))
        case VolumeOperation(paths):
            return replace(config, volumes=tuple(sorted({*config.volumes, *paths})))
        case ShellOperation(argv):
            return replace(config, shell=argv)
        case OnbuildOperation(text):
            return replace(config, on_build=(*config.on_build, text))
        case _:
            return config


def _command(argv: tuple[str, ...] | None, script: str | None, config: ImageConfig) -> tuple[str, ...]:
    if argv is not None:
        return argv
    return (*(config.shell or ("/bin/sh", "-c")), script or "")


def _tree(listing: Listing) -> ListingTree:
    return ListingTree(listing, lambda path: "")


def _changed(listing: Mapping[str, Entry], layer: Layer) -> dict[str, Entry]:
    after = dict(listing)
    for change in layer.changes:
        if change.after is None:
            after.pop(change.path, None)
        else:
            after[change.path] = change.after
    return after


def _report(item: str | bytes | Output | Progress) -> Output | Progress:
    if isinstance(item, str):
        return Output(item.encode())
    return Output(item) if isinstance(item, bytes) else item


def _image_id(*parts: str) -> str:
    return "sha256:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _digest(key: object) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()
