"""The stage graph: who builds on whom, what a target needs and what it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from stepper.dockerfile.model import Dockerfile


class DependencyKind(Enum):
    """How a stage uses another stage or image; the value is what the screen says."""

    FROM = "FROM"
    COPY = "COPY --from"
    MOUNT = "RUN --mount"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One use, at `line` of the using stage: exactly one of `stage` (an index) and `image` (a reference) is set."""

    kind: DependencyKind
    line: int
    stage: int | None = None
    image: str | None = None


@dataclass(frozen=True)
class StageGraph:
    """The uses of every stage, by stage index, in the order of their lines. `scratch` is no dependency."""

    dependencies: tuple[tuple[Dependency, ...], ...]

    def needed(self, target: int) -> frozenset[int]:
        """The stages that `target` needs, itself included."""
        found: set[int] = set()
        waiting = [target]
        while waiting:
            stage = waiting.pop()
            if stage not in found:
                found.add(stage)
                waiting.extend(d.stage for d in self.dependencies[stage] if d.stage is not None)
        return frozenset(found)

    def users(self, stage: int) -> tuple[int, ...]:
        """The stages that use `stage` directly."""
        return tuple(
            index
            for index, uses in enumerate(self.dependencies)
            if any(dependency.stage == stage for dependency in uses)
        )


def stage_graph(dockerfile: Dockerfile, build_args: Mapping[str, str]) -> StageGraph:
    """The graph of a Dockerfile, with the arguments in FROM lines expanded.

    Raises `DockerfileError` for a circular reference or a stage that does not exist, with its line.
    """
    raise NotImplementedError


def find_stage(dockerfile: Dockerfile, name: str) -> int | None:
    """The index of the stage with that name (in any case of letters) or number, or None."""
    raise NotImplementedError
