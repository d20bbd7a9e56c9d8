"""Has all images that a build needs before its first step runs, as BuildKit does: what cannot be had is told then."""

from collections import deque
from collections.abc import Callable, Iterator

from stepper.debugger.build import Build
from stepper.debugger.image_lookup import ImageLookup
from stepper.debugger.named_images import NamedImage, named_images
from stepper.debugger.plan import parse_triggers
from stepper.engine.protocol import Report
from stepper.engine.step import Snapshot, StepId
from stepper.errors import DockerfileError, EngineError


class MissingImageError(DockerfileError):
    """An image that cannot be had, or a base image whose triggers cannot be steps: `step` fails with `cause`."""

    def __init__(self, cause: EngineError | DockerfileError, image: NamedImage, file: str) -> None:
        super().__init__(cause.message, file=file, line=image.line, hint=cause.hint, word=image.written)
        self.step = image.step
        self.cause = cause


class LookAhead:
    """One look at the images that the waiting steps of the goal's stages name, triggers of base images included.

    What the step at the `position` names is only looked for in the engine: it runs now, and tells for itself.
    `report_of` tells how far the pull for a step has come. Without `pull`, of the images that are not in the engine
    only those are tried whose names are likely misspelt stages. With it nothing more is pulled after the first that
    cannot be.
    """

    def __init__(
        self,
        build: Build,
        position: StepId,
        images: ImageLookup,
        report_of: Callable[[StepId], Report],
        *,
        pull: bool,
    ) -> None:
        self._build = build
        self._position = position
        self._plan = build.plan
        self._ran = frozenset(record.id for record in images.states.state.steps if record.ran)
        self._images = images
        self._report_of = report_of
        self._pull = pull
        self._absent: list[NamedImage] = []
        self._missing: list[MissingImageError] = []

    def run(self) -> tuple[MissingImageError, ...]:
        """What is wrong, in the order of the lines. An interrupt ends it."""
        waiting = deque(self._named())
        seen: set[NamedImage] = set()
        while (waiting or self._absent) and not self._images.interrupted():
            if waiting:
                image = waiting.popleft()
                base = self._in_engine(image) if image not in seen else None
                seen.add(image)
            else:
                base = self._pulled(image := self._next_absent())
            if base is not None and image.is_base and self._take_triggers(image, base):
                waiting.extend(self._named())
        return tuple(sorted(self._missing, key=lambda error: error.line or 0))

    def _named(self) -> Iterator[NamedImage]:
        return named_images(
            self._plan,
            self._build.goal,
            platform=self._images.options.platform,
            is_waiting=lambda step: step not in self._ran,
        )

    def _in_engine(self, image: NamedImage) -> Snapshot | None:
        try:
            found = self._images.in_engine(image.reference, image.platform)
        except EngineError as error:
            if not self._images.interrupted():
                self._note(error, image)
            return None
        if found is None and image.step != self._position:
            self._absent.append(image)
        return found

    def _next_absent(self) -> NamedImage:
        """What is likely no image goes first: that is known soon, while pulls take their time."""
        image = min(self._absent, key=lambda image: self._images.meant_stage(image.reference) is None)
        self._absent.remove(image)
        return image

    def _pulled(self, image: NamedImage) -> Snapshot | None:
        is_misspelt = self._images.meant_stage(image.reference) is not None
        if not is_misspelt and (self._missing or not self._pull):
            return None
        try:
            return self._images.base(image.reference, image.platform, self._report_of(image.step))
        except EngineError as error:
            if not self._images.interrupted():
                self._note(error, image)
            return None

    def _take_triggers(self, image: NamedImage, base: Snapshot) -> bool:
        """Whether the stage that starts from this base gets steps that are not in the plan yet."""
        before, stage = self._plan, image.step.stage
        try:
            triggers = parse_triggers(base.config.on_build, stage, before.dockerfile)
            self._plan = before.with_triggers(stage, triggers)
        except DockerfileError as error:
            self._note(error, image)
        return self._plan is not before

    def _note(self, error: EngineError | DockerfileError, image: NamedImage) -> None:
        if image.step != self._position:
            self._missing.append(MissingImageError(error, image, self._plan.dockerfile.name))
