"""The images that steps name: found in the engine or pulled, each once for a command."""

from collections.abc import Callable
from dataclasses import dataclass, field

from stepper.debugger.options import BuildOptions
from stepper.debugger.store import StateStore
from stepper.dockerfile.edit_distance import did_you_mean
from stepper.dockerfile.graph import similar_stage
from stepper.engine.protocol import Engine, Report
from stepper.engine.step import Snapshot
from stepper.errors import EngineError

_Key = tuple[str, str | None]
"""A reference, and the platform that it is wanted for."""


@dataclass
class ImageLookup:
    """Finds images in one engine, and pulls those that are not there.

    What is found or refused counts for one command: later on the names may stand for other images.
    """

    states: StateStore
    engine: Engine
    options: BuildOptions
    interrupted: Callable[[], bool]
    _had: dict[_Key, Snapshot] = field(default_factory=dict)
    _refused: dict[_Key, EngineError] = field(default_factory=dict)
    _pulled: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """A command begins."""
        self._had.clear()
        self._refused.clear()

    def in_engine(self, reference: str, platform: str | None) -> Snapshot | None:
        """The snapshot of an image for which nothing has to be pulled; None for any other."""
        key = reference, platform
        if key not in self._had and not self._is_pulled_anew(reference):
            found = self.engine.find_base(reference, platform=platform)
            if found is not None:
                self._had[key] = found
        return self._had.get(key)

    def base(self, reference: str, platform: str | None, report: Report) -> Snapshot:
        """The snapshot of an image, pulled where it has to be. Raises `EngineError` that says why it cannot be had."""
        key = reference, platform
        if key in self._refused:
            raise self._refused[key]
        if key not in self._had:
            pull = self._is_pulled_anew(reference)
            try:
                self._had[key] = self.engine.base(reference, platform=platform, pull=pull, report=report)
            except EngineError as error:
                refused = self._perhaps_a_stage(error, reference)
                if not self.interrupted():
                    self._refused[key] = refused
                raise refused from error
            self._pulled.add(reference)
        return self._had[key]

    def meant_stage(self, reference: str) -> str | None:
        """The stage whose name is likely misspelt, where that is why an image is looked for."""
        dockerfile = self.states.state.dockerfile
        return similar_stage(dockerfile, reference) if dockerfile is not None else None

    def _is_pulled_anew(self, reference: str) -> bool:
        return self.options.pull and reference not in self._pulled

    def _perhaps_a_stage(self, error: EngineError, reference: str) -> EngineError:
        stage = self.meant_stage(reference)
        if stage is None:
            return error
        return EngineError(f"{error.message}{did_you_mean(f'the stage {stage}')}", hint=error.hint)
