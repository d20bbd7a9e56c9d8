"""What a name on the command line means: an image, or the snapshot after a line or a stage of a build.

What all names mean can be found out before the build begins, which it does when the first snapshot is made. Its
progress goes to standard error.
"""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from stepper.cli.build_options import build_options
from stepper.cli.connecting import connect_to
from stepper.cli.console import Console
from stepper.cli.human_report import HumanReport
from stepper.cli.interruptible import run_interruptibly
from stepper.cli.messages import show_error, show_note
from stepper.debugger.events import Event
from stepper.debugger.named import stage_named, step_on
from stepper.debugger.session import Session
from stepper.debugger.snapshot_build import image_after_stage, image_after_step
from stepper.dockerfile.graph import stage_names
from stepper.engine.protocol import BuiltImage
from stepper.engine.remote.workspace import Workspace
from stepper.engine.step import StepId
from stepper.errors import StepperError, UsageError
from stepper.frozen import frozen
from stepper.text import printable

_IMAGE = "docker-image://"
_LONGEST_LINE = 6
"""Digits of a line's number; more of them are an image's id."""


@frozen
class NamedSnapshot:
    """A snapshot of the build: after the step of a line, or at the end of a stage.

    `where` is what messages call it. `build` makes an image of it, with tags; `step` tells its step once it is built.
    """

    where: str
    build: Callable[[tuple[str, ...]], BuiltImage]
    step: Callable[[], StepId]


def image_name(written: str) -> str:
    """An image as the engine knows it."""
    return written.removeprefix(_IMAGE)


class Subjects:
    """The snapshots that a command's names mean. Has to be closed, as by `with`.

    `strict` has a name that is no stage refused where a build is given.
    """

    def __init__(self, parsed: argparse.Namespace, *, strict: bool) -> None:
        self._parsed = parsed
        self._strict = strict
        self._is_given = parsed.context is not None or parsed.file is not None
        self._workspace = Workspace()
        self._session: Session | None = None
        self._report = HumanReport(Console.of(sys.stderr), Console.of(sys.stderr))
        self._name = ""

    def __enter__(self) -> "Subjects":
        self._workspace.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._session is not None:
                self._session.close()
        except StepperError as failed:
            show_error(failed)
        finally:
            self._workspace.__exit__(kind, error, trace)

    def find(self, written: str) -> NamedSnapshot | None:
        """The snapshot that is meant; None where an image, or an archive, is meant as it is. Nothing is built.

        Raises `UsageError` for what there is not, `StepperError` where the Dockerfile cannot be read.
        """
        if written.startswith(_IMAGE) or written in ("", "-") or "/" in written:
            return None
        if written.isdecimal() and len(written) <= _LONGEST_LINE:
            return self._line(int(written))
        if not self._is_given and not Path("Dockerfile").is_file():
            return None
        return self._stage(written)

    def image(self, snapshot: NamedSnapshot, *, tags: tuple[str, ...] = ()) -> BuiltImage:
        """An image of a snapshot.

        Raises `StepperError` where the build does not come so far, `KeyboardInterrupt` where the user stopped it.
        """
        session = self._opened()
        built = self._built(session, lambda: snapshot.build(tags))
        self._tell_no_labels(session, snapshot.step(), snapshot.where)
        return built

    def _line(self, line: int) -> NamedSnapshot:
        session = self._opened()
        if session.state.dockerfile is None:
            raise self._error(session)
        record = step_on(session.state, line)
        show_note(f"{line} is line {line} of {self._name}; an image of that name is {_IMAGE}{line}")
        return NamedSnapshot(
            f"line {line}",
            lambda tags: image_after_step(session, record.id, tags),
            lambda: record.id,
        )

    def _stage(self, name: str) -> NamedSnapshot | None:
        session = self._opened()
        if session.state.dockerfile is None:
            if self._is_given:
                raise self._error(session)
            show_note(f"{self._name} has an error, so {printable(name)} is taken for an image")
            return None
        stage = stage_named(session.state, name)
        if stage is not None:
            told = printable(name)
            show_note(f"{told} is the stage {told} of {self._name}; the image of that name is {_IMAGE}{told}")
            return NamedSnapshot(
                f"the stage {told}",
                lambda tags: image_after_stage(session, stage, tags),
                lambda: session.state.stage_steps(stage)[-1].id,
            )
        if self._is_given and self._strict:
            names = ", ".join(stage_names(session.state.dockerfile))
            raise UsageError(
                f"{self._name} has no stage {printable(name)}",
                hint=f"Give a line, a stage ({printable(names) or 'none has a name'}), or {_IMAGE}NAME for an image.",
            )
        if self._is_given:
            show_note(f"{self._name} has no stage {printable(name)}, so that is taken for an image")
        return None

    def _opened(self) -> Session:
        """The session over the build, with the Dockerfile read."""
        if self._session is None:
            parsed = argparse.Namespace(**{**vars(self._parsed), "context": self._parsed.context or "."})
            options = replace(build_options(parsed, os.environ, self._workspace), tags=(), image_id_file=None)
            self._session = Session(options, connect_to(parsed.host), self._listen, keep_breakpoints=False)
            self._session.load()
            self._name = printable(options.name)
        return self._session

    def _built(self, session: Session, build: Callable[[], BuiltImage]) -> BuiltImage:
        found: list[BuiltImage] = []

        def work() -> int:
            self._connect(session)
            found.append(build())
            return 0

        try:
            interrupted = run_interruptibly(work, session)
        finally:
            sys.stderr.flush()
        if interrupted:
            raise KeyboardInterrupt
        return found[0]

    def _tell_no_labels(self, session: Session, step: StepId, where: str) -> None:
        """Say that the labels that were given are not in the image after a step, where it does not end the target."""
        if self._parsed.label and not session.snapshots.ends_target(step):
            show_note(f"--label is for the image of the target, and {where} is not its end; give it as the --target")

    def _connect(self, session: Session) -> None:
        if session.state.error is not None:
            raise session.state.error
        if session.state.engine is None:
            session.connect()
        if session.state.engine_error is not None:
            raise session.state.engine_error
        if session.state.error is not None:
            raise session.state.error

    def _error(self, session: Session) -> StepperError:
        return session.state.error or UsageError(f"{self._name} cannot be read")

    def _listen(self, event: Event) -> None:
        assert self._session is not None, "a session tells nothing while it is made"
        self._report.event(event, self._session.state)
