"""Why a step has to run, in words: what is not as it was the last time. Pure."""

from collections.abc import Iterator, Mapping

from stepper.debugger.why.inputs import Inputs, is_hidden
from stepper.debugger.why.known_runs import KnownRuns
from stepper.engine.step import StepId
from stepper.text import printable

NEVER = "never run before"
UNKNOWN = "nothing is known of earlier runs"
GONE = "its snapshot is gone from the engine"
NOT_KEPT = "the step cache has nothing of it"
BEFORE = "what is before it is not as it was"
CHANGED = "what it reads or is run with has changed"
FAILED = "it failed the last time"
WORKING = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
"""Instructions that are work to carry out; the others only change the configuration, in no time."""
KEPT = WORKING | {"FROM"}
"""Those of which the last run is kept."""
_LONGEST = 60


def own_reasons(step: StepId, now: Inputs, known: KnownRuns) -> list[str]:
    """What the step itself is not as it was: its text, what it reads, how it is run. Nothing where all is the same."""
    last = known.last(step)
    if last is None:
        was = known.text_before(step)
        return [NEVER if was is None else f"the instruction is another one: it was {_short(' '.join(was.split()))}"]
    then = last.inputs
    return [
        *_variables(now.variables, then.variables),
        *_files(now.files, then.files),
        *_settings(now.settings, then.settings),
        *(f"{_short(name)} is not what it was" for name, source in now.sources.items() if _differs(then, name, source)),
    ]


def _variables(now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[str]:
    changed = [name for name in (*now, *(name for name in then if name not in now)) if now.get(name) != then.get(name)]
    for name in changed[:1]:
        value, before = now.get(name), then.get(name)
        more = f" (and {len(changed) - 1} more)" if len(changed) > 1 else ""
        if value is None:
            yield f"the variable {name} is gone{more}"
        elif is_hidden(value) or (before is not None and is_hidden(before)):
            yield f"the variable {name} has another value{more}"
        elif before is None:
            yield f"the variable {name} is new: {_short(value)}{more}"
        else:
            yield f"the variable {name} is {_short(value)}, it was {_short(before)}{more}"


def _files(now: Mapping[str, str] | None, then: Mapping[str, str] | None) -> Iterator[str]:
    if now is None or then is None:
        return
    changed = [path for path in now if path in then and now[path] != then[path]]
    new = [path for path in now if path not in then]
    gone = [path for path in then if path not in now]
    told = [*(f"{_name(p)} changed" for p in changed), *(f"{_name(p)} is new" for p in new)]
    told += [f"{_name(path)} is gone" for path in gone]
    if told:
        yield told[0] + (f" (and {len(told) - 1} more)" if len(told) > 1 else "")


def _settings(now: Mapping[str, str], then: Mapping[str, str]) -> Iterator[str]:
    for name, value in now.items():
        before = then.get(name, value)
        if value != before:
            yield f"{name} is {_short(value)}, it was {_short(before)}"


def _differs(then: Inputs, name: str, source: str) -> bool:
    return then.sources.get(name, source) != source


def _name(path: str) -> str:
    return printable(path.lstrip("/")) or "the build context's folder"


def _short(text: str) -> str:
    shown = printable(text)
    return (shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…") or '""'
