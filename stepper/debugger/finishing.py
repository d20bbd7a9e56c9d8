"""Makes the image of a goal whose steps have all run, and keeps the file of `--iidfile`."""

from contextlib import suppress
from dataclasses import dataclass, replace

from stepper.debugger.build import Build
from stepper.debugger.events import BuildFinished, BuildStarted, Notice
from stepper.debugger.executor import Executor
from stepper.debugger.interruption import Interruption
from stepper.debugger.state import StopReason
from stepper.debugger.stops import Stops
from stepper.debugger.store import StateStore
from stepper.errors import EngineUnavailable, StepperError


@dataclass
class Finishing:
    """The beginning and the end of a run towards the goal, as they are told."""

    states: StateStore
    build: Build
    stops: Stops
    executor: Executor
    interruption: Interruption

    def begin(self) -> None:
        """Tell that the run has begun, once for a goal."""
        if not self.build.announced:
            self.build.announced = True
            if self.executor.options.image_id_file is not None:
                # A build that fails must not leave the id of an earlier one.
                with suppress(OSError):
                    self.executor.options.image_id_file.unlink()
            self.states.emit(BuildStarted(self.states.state))

    def finish(self) -> StopReason:
        """Make the image and tell of it; why the session stands then."""
        build = self.build
        snapshot = build.result(build.goal)
        assert snapshot is not None, "a goal without waiting steps has a result"
        is_target = build.goal == build.plan.target
        try:
            image = self.executor.finish(snapshot, is_target=is_target)
        except EngineUnavailable:
            raise
        except StepperError as error:
            if self.interruption():
                return StopReason.INTERRUPTED
            self.states.emit(Notice(f"The image could not be made: {error}", hint=error.hint, error=True))
            return StopReason.FAILURE
        state = self.states.update(lambda state: replace(state, image=image, position=None))
        if is_target:
            self.stops.finished()
            self._write_image_id(image.id)
        self.states.emit(BuildFinished(image, state))
        return StopReason.FINISHED

    def _write_image_id(self, image: str) -> None:
        """Into the file of `--iidfile`, in the form in which docker writes it."""
        path = self.executor.options.image_id_file
        if path is None:
            return
        try:
            path.write_text(image)
        except OSError as error:
            message = f"the image is built, but its id cannot be written to {path}: {error.strerror or error}"
            self.states.emit(Notice(message, error=True))
