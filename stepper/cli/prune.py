"""`stepper prune`: removes everything that Stepper keeps in the engine."""

import sys

from stepper.cli.connecting import connect_to
from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.engine.protocol import PruneReport
from stepper.errors import UsageError
from stepper.text import human_size, printable


def prune(host: str | None, *, force: bool) -> int:
    """Remove all snapshots, containers and volumes of Stepper's, once the user agreed, and say what went."""
    if not force and not sys.stdin.isatty():
        raise UsageError("prune asks before it removes anything, and nobody can answer here", hint="Use --force.")
    engine = connect_to(host)()
    try:
        if not force and not _agreed(printable(engine.info.endpoint)):
            print("Nothing was removed.")
            return ExitCode.BUILT
        report = engine.prune()
    finally:
        engine.close()
    Console.of(sys.stdout).line(_told(report))
    return ExitCode.BUILT


def _agreed(endpoint: str) -> bool:
    print(f"This removes all cached snapshots, containers and volumes of Stepper from {endpoint}.")
    print("Images that were built and tagged stay. Steps will run anew next time.")
    try:
        return input("Remove them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _told(report: PruneReport) -> str:
    if not (report.images or report.containers or report.volumes):
        return "There was nothing to remove."
    counts = ((report.images, "image"), (report.containers, "container"), (report.volumes, "volume"))
    things = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts if count)
    return f"Removed {things}; {human_size(report.reclaimed)} freed."
