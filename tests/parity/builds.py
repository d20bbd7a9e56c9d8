"""Builds the cases by Stepper and by BuildKit on the same engine, each once, and compares what came of them."""

import contextlib
import queue
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import docker
import docker.errors

from stepper.debugger.events import Event, Notice
from stepper.debugger.options import BuildOptions
from stepper.debugger.session import Session
from stepper.debugger.state import SessionState
from stepper.engine.connect import Connection
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.engine_info import CONTAINERD, ask_engine
from stepper.engine.protocol import EngineInfo
from stepper.engine.step_cache import StepCache
from stepper.errors import StepperError
from tests.buildkit_trace import failed_instruction
from tests.parity.case import Case
from tests.parity.images import StoredImage, differences
from tests.parity.reported import ReportedStep, last_snapshots, reported_differences, reported_steps
from tests.parity.saved import saved_image
from tests.parity.trees import File, pack, write_tree
from tests.reference_build import ReferenceBuild, reference_build
from tests.remote_site import Site

_REPOSITORY = "stepper-parity"
_STEPPERS = 2
"""Builds of Stepper's at a time, each in an engine object of its own."""


@dataclass(frozen=True)
class Failed:
    """How a build failed, on either side: the instruction as BuildKit shows it, and a command's exit code."""

    message: str
    line: int | None
    instruction: str | None
    exit_code: int | None


@dataclass(frozen=True)
class Built:
    """One case, built twice. `report` has a line for each difference, where BuildKit builds it.

    `steps` is what Stepper tells of those that made a layer, of all stages.
    """

    ours: Failed | None
    reference: ReferenceBuild
    report: tuple[str, ...]
    steps: tuple[ReportedStep, ...] = ()

    @property
    def reference_instruction(self) -> str | None:
        """The instruction that failed in BuildKit."""
        return failed_instruction(self.reference.trace)


class _Ours(NamedTuple):
    """What came of a build of Stepper's: how it failed, or what it tells of its steps."""

    failed: Failed | None
    steps: Sequence[ReportedStep]


class _SharedEngine(DockerEngine):
    """One engine for many sessions: a session that is closed does not close it."""

    def close(self) -> None:
        """Nothing: the next session uses it."""

    def close_at_last(self) -> None:
        """Remove its containers and caches, and let go of the engine."""
        super().close()
        for cache in self._mount_caches.all():
            self._client.api.remove_volume(cache.volume)


class Builds:
    """All builds of a run of the tests. They begin when it is made: the two builders work side by side.

    `reference` is an engine whose BuildKit builds what Stepper's images are compared with, by default the same engine.
    For `copies_as_links` see `tests.parity.images.differences`.
    """

    def __init__(
        self,
        connection: Connection,
        folder: Path,
        cases: Iterable[Case],
        reference: Connection | None = None,
        *,
        copies_as_links: bool = False,
    ) -> None:
        self._connection = connection
        self._reference_client = (reference or connection).client
        self._folder = folder
        self._copies_as_links = copies_as_links
        self._run = secrets.token_hex(4)
        self._site = Site(_made(folder / "site")).__enter__()
        self._cases = [_with_site(case, self._site) for case in cases]
        self._engines = [
            _SharedEngine(connection.client, cache=folder / f"cache-{number}") for number in range(_STEPPERS)
        ]
        self._idle_engines: queue.SimpleQueue[_SharedEngine] = queue.SimpleQueue()
        for engine in self._engines:
            self._idle_engines.put(engine)
        self._references = ThreadPoolExecutor(1, "buildkit")
        self._steppers = ThreadPoolExecutor(_STEPPERS, "stepper")
        self._comparisons = ThreadPoolExecutor(2, "compare")
        for case in self._cases:
            write_tree(self._context(case), {**case.tree, case.dockerfile_path: File(case.dockerfile)})
        self._built = {case.name: self._start(case) for case in self._cases}

    @property
    def engine(self) -> EngineInfo:
        """What is known of the engine that Stepper builds in."""
        return self._engines[0].info

    @cached_property
    def reference(self) -> EngineInfo:
        """What is known of the engine whose BuildKit is the reference."""
        return ask_engine(self._reference_client, endpoint="", place="local").info

    def built(self, case: Case) -> Built:
        """What came of a case; waits for it."""
        return self._built[case.name].result()

    def reported(self, case: Case) -> list[str]:
        """How what Stepper tells of the case's layers differs from their archives, one line for each difference."""
        steps = self.built(case).steps
        lines: dict[str, None] = {}
        for snapshot in last_snapshots(steps):
            with saved_image(self._connection.client, snapshot) as image:
                found = reported_differences(steps, image, on_containerd=self.engine.storage == CONTAINERD)
                lines.update(dict.fromkeys(found))
        return list(lines)

    def close(self) -> None:
        """Remove all images that were made."""
        for pool in (self._references, self._steppers, self._comparisons):
            pool.shutdown(wait=True, cancel_futures=True)
        self._site.__exit__(None, None, None)
        for engine in self._engines:
            engine.close_at_last()
        client = self._connection.client
        for case in self._cases:
            for engine_client, name in (
                (client, self._tag(case, "ours")),
                (self._reference_client, self._tag(case, "buildkit")),
            ):
                with contextlib.suppress(docker.errors.APIError):
                    engine_client.api.remove_image(name)
        identity = ask_engine(client, endpoint="", place="local").identity
        for number in range(_STEPPERS):
            cache = StepCache(self._folder / f"cache-{number}", identity)
            for image in reversed(cache.images()):
                with contextlib.suppress(docker.errors.APIError):
                    client.api.remove_image(image, noprune=True)
            cache.close()

    def _context(self, case: Case) -> Path:
        return self._folder / case.name

    def _tag(self, case: Case, builder: str) -> str:
        return f"{_REPOSITORY}-{self._run}:{case.name}-{builder}"

    def _start(self, case: Case) -> "Future[Built]":
        reference = self._references.submit(self._build_reference, case)
        ours = self._steppers.submit(self._build_ours, case)
        return self._comparisons.submit(self._compare, case, ours, reference)

    def _build_reference(self, case: Case) -> ReferenceBuild:
        return reference_build(
            self._reference_client,
            pack(self._context(case), without=case.ignored, instead=_instead(case)),
            tag=self._tag(case, "buildkit"),
            dockerfile=case.dockerfile_path,
            target=case.target,
            build_args=case.build_args,
            labels=case.labels,
            platform=case.platform,
            settings=case.settings,
        )

    def _build_ours(self, case: Case) -> "_Ours":
        context = self._context(case)
        options = BuildOptions(
            context=context,
            dockerfile=context / case.dockerfile_path,
            tags=(self._tag(case, "ours"),),
            target=case.target,
            build_args=case.build_args,
            labels=case.labels,
            platform=case.platform,
            run_settings=case.settings,
        )
        engine = self._idle_engines.get()
        errors: list[str] = []

        def note(event: Event) -> None:
            if isinstance(event, Notice) and event.error:
                errors.append(event.message)

        session = Session(options, lambda: engine, note, keep_breakpoints=False)
        try:
            session.load()
            if session.state.error is None:
                session.connect()
                session.resume()
            failed = _failure(session.state, errors)
            return _Ours(failed, reported_steps(self._connection.client, session.state) if failed is None else [])
        finally:
            session.close()
            self._idle_engines.put(engine)

    def _compare(self, case: Case, ours: "Future[_Ours]", reference: "Future[ReferenceBuild]") -> Built:
        (failed, steps), built = ours.result(), reference.result()
        report: list[str] = []
        if failed is not None and built.error is None:
            report = [f"Stepper fails at line {failed.line}: {failed.message}"]
        elif failed is None and built.error is None:
            ours_stored = StoredImage(self._connection.client, self._tag(case, "ours"))
            reference_stored = StoredImage(self._reference_client, self._tag(case, "buildkit"))
            report = differences(
                ours_stored,
                reference_stored,
                same_steps=case.stands_for is None,
                same_time="SOURCE_DATE_EPOCH" in case.build_args,
                copies_as_links=self._copies_as_links,
            )
        return Built(failed, built, tuple(report), tuple(steps))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _with_site(case: Case, site: Site) -> Case:
    """Serve what the case has for a web server; the case with its address."""
    for path, page in case.pages.items():
        headers = {key: value.replace("http://SITE", f"{site.url}/{case.name}") for key, value in page.headers.items()}
        site.add(f"/{case.name}{path}", replace(page, headers=headers))
    for name, commits in case.repositories.items():
        site.add_repository(
            f"{case.name}/{name}",
            [
                replace(each, submodules={path: f"{case.name}/{other}" for path, other in each.submodules.items()})
                for each in commits
            ],
        )
    return replace(case, dockerfile=case.dockerfile.replace("http://SITE", f"{site.url}/{case.name}"))


def _instead(case: Case) -> dict[str, bytes]:
    return {} if case.stands_for is None else {case.dockerfile_path: case.stands_for.encode()}


def _failure(state: SessionState, errors: Sequence[str]) -> Failed | None:
    error = state.error or state.engine_error
    if error is not None:
        return Failed(str(error), getattr(error, "line", None), None, None)
    record = state.failure
    if record is None and state.image is None and state.errors:
        return _refused(state, state.errors[0])
    if record is None or record.failure is None:
        return None if state.image is not None else Failed("; ".join(errors), None, None, None)
    failure, instruction = record.failure, record.instruction
    return Failed(failure.message, instruction.line, instruction.text, failure.exit_code)


def _refused(state: SessionState, error: StepperError) -> Failed:
    """Something in a line was found wrong before its step's turn."""
    line = getattr(error, "line", None)
    record = state.record_at(line) if line is not None else None
    return Failed(str(error), line, record.instruction.text if record is not None else None, None)
