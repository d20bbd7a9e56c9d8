"""The snapshot that a stage starts from, with the configuration that BuildKit gives it."""

from stepper.engine.configuration import begin_stage, scratch_config
from stepper.engine.protocol import EngineInfo
from stepper.engine.step import Snapshot


def scratch(platform: str | None, engine: EngineInfo) -> Snapshot:
    """`FROM scratch`: an empty filesystem for a platform, by default the engine's own."""
    return Snapshot(None, scratch_config(platform or engine.platform))


def started(base: Snapshot) -> Snapshot:
    """A base as FROM leaves it."""
    return Snapshot(base.image, begin_stage(base.config))
