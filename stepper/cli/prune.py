"""`stepper prune`: removes everything that Stepper keeps in the engine."""

import sys
from collections.abc import Sequence
from contextlib import closing

from stepper.cli.connecting import connect_to
from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.engine.layer_cache import LayerCache
from stepper.engine.protocol import MountCache, PruneReport
from stepper.errors import UsageError
from stepper.folders import cache_folder
from stepper.text import human_size, printable


def prune(host: str | None, *, force: bool) -> int:
    """Remove all snapshots, containers and volumes of Stepper's, once the user agreed, and say what went."""
    if not force and not sys.stdin.isatty():
        raise UsageError("prune asks before it removes anything, and nobody can answer here", hint="Use --force.")
    engine = connect_to(host)()
    try:
        if not force and not _agreed(printable(engine.info.endpoint), engine.mount_caches()):
            print("Nothing was removed.")
            return ExitCode.BUILT
        report = engine.prune()
    finally:
        engine.close()
    with closing(LayerCache(cache_folder())) as cache:
        cache.clear()
    console = Console.of(sys.stdout)
    for line in _told(report):
        console.line(line)
    return ExitCode.BUILT


def _agreed(endpoint: str, caches: Sequence[MountCache]) -> bool:
    print(f"This removes all cached snapshots, containers and volumes of Stepper from {endpoint}.")
    if caches:
        print("Among them are the caches of RUN --mount=type=cache:")
        print("\n".join(_listed(caches)))
    print("Images that were built and tagged stay. Steps will run anew next time.")
    try:
        return input("Remove them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _listed(caches: Sequence[MountCache]) -> list[str]:
    """A line for each cache: its id, and how big it is where the engine tells."""
    width = max(len(printable(cache.id)) for cache in caches)
    return [
        f"  {printable(cache.id):<{width}}  {human_size(cache.size) if cache.size is not None else ''}".rstrip()
        for cache in caches
    ]


def _told(report: PruneReport) -> list[str]:
    counts = (
        (report.images, "image"),
        (report.containers, "container"),
        (report.volumes, "volume"),
        (len(report.caches), "cache"),
    )
    things = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count)
    if not things:
        return ["There was nothing to remove."]
    caches = ["The caches were:", *_listed(report.caches)] if report.caches else []
    return [f"Removed {things}; {human_size(report.reclaimed)} freed.", *caches]
