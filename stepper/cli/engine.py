"""`stepper engine`: which engine was found, and how."""

import sys

from stepper.cli.connecting import connect_to
from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.text import printable


def show_engine(host: str | None) -> int:
    """Say what the engine is; raises `EngineUnavailable`, which lists what was tried, when there is none."""
    engine = connect_to(host)()
    try:
        info = engine.info
    finally:
        engine.close()
    console = Console.of(sys.stdout)
    console.line(console.style(printable(f"{info.product} {info.version}"), "bold"))
    rows = {
        "endpoint": info.endpoint,
        "found by": info.origin,
        "place": info.place,
        "platform": info.platform,
        "image store": info.storage,
    }
    for name, value in rows.items():
        if value:
            console.line(f"  {name:<12} {printable(value)}")
    console.flush()
    return ExitCode.BUILT
