"""What an image of a build says that its snapshot does not: the platform that was built for, and the build's labels."""

from dataclasses import replace

from stepper.debugger.options import BuildOptions
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.platforms import image_platform, parse_platform
from stepper.engine.protocol import EngineInfo
from stepper.engine.step import Snapshot


def to_finish(
    snapshot: Snapshot, dockerfile: Dockerfile | None, options: BuildOptions, engine: EngineInfo, *, is_target: bool
) -> Snapshot:
    """The snapshot with the configuration of the image that the build gives where it ends there.

    The labels of the command line are for the build's target. An image that the engine's own builder built has it all.
    """
    if dockerfile is not None and dockerfile.handed_over is not None:
        return snapshot
    config = snapshot.config
    target = parse_platform(options.platform or engine.platform)
    says = image_platform(config.os, config.architecture, config.variant, target)
    config = replace(config, os=says.os, architecture=says.architecture, variant=says.variant)
    if is_target and options.labels:
        config = replace(config, labels=tuple(sorted({**dict(config.labels), **options.labels}.items())))
    return Snapshot(snapshot.image, config)
