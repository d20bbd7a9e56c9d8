"""Finds what is kept of earlier runs for the steps of a Dockerfile that was edited since: by what the steps are. Pure.

A step is the one that it was as long as its text is the same, wherever it stands by now. One with a new text stands for
an instruction that is gone if that stood behind the same step; of several by how much their texts have in common.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property

from stepper.debugger.why.history import Key, LastRun
from stepper.engine.step import StepId

_LEAST_IN_COMMON = 0.5
"""Of two texts one of which became the other, where more lines came than went, or the other way round."""
_LONGEST_COMPARED = 2000


class KnownRuns:
    """What is known of the steps of a Dockerfile, `keys`, by the earlier `runs`, the oldest first."""

    def __init__(self, keys: Mapping[StepId, Key], runs: Mapping[Key, LastRun]) -> None:
        self._keys = keys
        self._runs = runs

    def last(self, step: StepId) -> LastRun | None:
        """The last run of a step; None where its text never ran in its stage."""
        key = self._found[step]
        return None if key is None else self._runs[key]

    def text_before(self, step: StepId) -> str | None:
        """The text of the instruction in whose place a step that never ran stands; None where it is a new one."""
        new = [self._keys[each] for each in self._new_ones_around(step)]
        gone = list(self._gone_instead_of(new[0]))
        if len(gone) != len(new):
            return _pairs(new, gone).get(self._keys[step])
        was = gone[new.index(self._keys[step])]
        return was.text if _keyword(was) == _keyword(self._keys[step]) else None

    @cached_property
    def _present(self) -> frozenset[Key]:
        return frozenset(self._keys.values())

    @cached_property
    def _found(self) -> dict[StepId, Key | None]:
        """Where what is known of each step is kept. What stood elsewhere is one step's alone."""
        elsewhere: dict[tuple[str, str], list[Key]] = {}
        for key in self._runs:
            if key not in self._present:
                elsewhere.setdefault((key.stage, key.text), []).append(key)
        found: dict[StepId, Key | None] = {}
        for step, key in self._keys.items():
            others = elsewhere.get((key.stage, key.text), [])
            found[step] = key if key in self._runs else others.pop() if others else None
        return found

    def _steps(self, stage: int) -> list[StepId]:
        return [step for step in self._keys if step.stage == stage]

    def _new_ones_around(self, step: StepId) -> list[StepId]:
        """The steps of which nothing is known, one behind the other, among which this one is."""
        steps = self._steps(step.stage)
        first = last = steps.index(step)
        while first and self._found[steps[first - 1]] is None:
            first -= 1
        while last + 1 < len(steps) and self._found[steps[last + 1]] is None:
            last += 1
        return steps[first : last + 1]

    def _gone_instead_of(self, new: Key) -> Iterator[Key]:
        """The instructions that stood where this one stands, the last time, up to one that is still there."""
        texts = {(key.stage, key.text) for key in self._present}
        newest = {(key.stage, key.after): key for key in self._runs if key not in self._present}
        key = newest.get((new.stage, new.after))
        seen: set[Key] = set()
        while key is not None and key not in seen and (key.stage, key.text) not in texts:
            seen.add(key)
            yield key
            key = newest.get((key.stage, key.digest))


def _pairs(new: Sequence[Key], gone: Sequence[Key]) -> dict[Key, str]:
    """What each of the new ones was: pairs whose texts have much in common, those that have most first."""
    alike = sorted(
        (
            (_in_common(one.text, other.text), one, other)
            for one in new
            for other in gone
            if _keyword(one) == _keyword(other)
        ),
        key=lambda pair: pair[0],
        reverse=True,
    )
    found: dict[Key, str] = {}
    taken: set[Key] = set()
    for share, one, other in alike:
        if share >= _LEAST_IN_COMMON and one not in found and other not in taken:
            found[one] = other.text
            taken.add(other)
    return found


def _in_common(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:_LONGEST_COMPARED], other[:_LONGEST_COMPARED], autojunk=False).ratio()


def _keyword(key: Key) -> str:
    return key.text.split(maxsplit=1)[0].upper()
