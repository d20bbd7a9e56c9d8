"""The images that the steps of a build need: looked for before anything runs, and at hand for each step that does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from stepper.debugger.build import Build
from stepper.debugger.image_lookup import ImageLookup
from stepper.debugger.inputs import Input, mount_inputs, source_input
from stepper.debugger.look_ahead import LookAhead, MissingImageError
from stepper.debugger.plan import Plan
from stepper.engine.protocol import Report
from stepper.engine.step import ContextSource, Snapshot, Step, StepId


@dataclass
class StepImages:
    """The images of one session's steps. Several threads may use `base` and `with_images`.

    `report_of` tells how far the pull for a step has come. `note_missing` is told the images that cannot be had, each
    time that this is known anew.
    """

    lookup: ImageLookup
    report_of: Callable[[StepId], Report]
    note_missing: Callable[[Sequence[MissingImageError]], None]

    def __post_init__(self) -> None:
        self._missing: tuple[MissingImageError, ...] = ()
        self._looked_at: tuple[Plan, int] | None = None
        """The plan, and the goal, whose images were looked for."""
        self._has_images = False
        """Whether they were pulled as well, in this command."""

    def begin(self) -> None:
        """A command begins: names may stand for other images than before."""
        self.lookup.begin()
        self._has_images = False

    def look_ahead(self, build: Build, position: StepId, *, pull: bool) -> tuple[MissingImageError, ...]:
        """Look for the images of all steps that wait but the one at the position; those that cannot be had.

        With `pull` they are pulled where they have to be, once in a command; without it a build is looked at once, and
        little is tried: see `LookAhead`.
        """
        seen, goal = self._looked_at or (None, None)
        if seen is not build.plan or goal != build.goal or (pull and not self._has_images):
            self._looked_at, self._has_images = (build.plan, build.goal), pull
            self._tell_missing(LookAhead(build, position, self.lookup, self.report_of, pull=pull).run())
        return self._missing

    def note_had(self, step: StepId) -> None:
        """A step has run: its images can be had after all."""
        if any(each.step == step for each in self._missing):
            self._tell_missing(tuple(each for each in self._missing if each.step != step))

    def base(self, step: StepId, reference: str, platform: str | None = None) -> Snapshot:
        """The snapshot of an image for a step, pulled where it has to be. Raises `EngineError`.

        It is for the platform of the build, unless another one is given.
        """
        return self.lookup.base(reference, platform or self.lookup.options.platform, self.report_of(step))

    def with_images(self, step: Step) -> Step:
        """The step with the images that `--from` and its mounts name as its sources. Raises `EngineError`."""
        return replace(
            step,
            source=self._with_image(step, source_input(step.operation), step.source),
            mount_sources=tuple(
                self._with_image(step, mounted, source)
                for mounted, source in zip(mount_inputs(step.operation), step.mount_sources, strict=True)
            ),
        )

    def _with_image(
        self, step: Step, read: Input | None, source: Snapshot | ContextSource | None
    ) -> Snapshot | ContextSource | None:
        return source if read is None or read.image is None else self.base(step.id, read.image)

    def _tell_missing(self, missing: tuple[MissingImageError, ...]) -> None:
        self._missing = missing
        self.note_missing(missing)
