"""The table of hints, and how they are looked up.

To add one: a module here with `hints(facts)`, which yields a `Hint` for each fact it finds and looks at the engine only
when the output asks for it, and a line in `TABLE`. What it says it has looked up.
"""

import time
from collections.abc import Callable, Iterator

from stepper.debugger.hints import commands, inner_commands, missing_files, network, permissions, programs, resources
from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.errors import EngineUnavailable, StepperError

TABLE: tuple[Callable[[Facts], Iterator[Hint]], ...] = (
    inner_commands.hints,
    resources.hints,
    programs.hints,
    commands.hints,
    missing_files.hints,
    permissions.hints,
    network.hints,
)
"""In the order in which they are told."""
MOST_HINTS = 6


def find_hints(facts: Facts, *, seconds: float, given_up: Callable[[], bool] = lambda: False) -> tuple[Hint, ...]:
    """The facts that are found in about so many seconds, until `given_up`; one that cannot be looked up is left out.

    Raises `EngineUnavailable`.
    """
    found: list[Hint] = []
    end = time.monotonic() + seconds
    for look in TABLE:
        if time.monotonic() > end or given_up():
            break
        try:
            found += look(facts)
        except EngineUnavailable:
            raise
        except StepperError:
            continue
    return tuple(dict.fromkeys(found))[:MOST_HINTS]
