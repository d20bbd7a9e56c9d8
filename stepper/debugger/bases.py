"""The snapshot that a stage starts from, with the configuration that BuildKit gives it."""

from dataclasses import replace

from stepper.engine.protocol import EngineInfo
from stepper.engine.step import Snapshot
from stepper.image.config import ImageConfig

_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def scratch(platform: str | None, engine: EngineInfo) -> Snapshot:
    """`FROM scratch`: an empty filesystem for a platform, by default the engine's own."""
    system, _, architecture = (platform or engine.platform).partition("/")
    architecture, _, variant = architecture.partition("/")
    config = ImageConfig(architecture=architecture, os=system, variant=variant, working_dir="/")
    return started(Snapshot(None, config))


def started(base: Snapshot) -> Snapshot:
    """A base as FROM leaves it: there always is a PATH, and its triggers are no longer part of it."""
    config = base.config
    if "PATH" not in config.environment:
        config = replace(config, env=(*config.env, ("PATH", _DEFAULT_PATH)))
    return Snapshot(base.image, replace(config, on_build=()))
