"""Finds what is kept of earlier runs for the steps of a Dockerfile that was edited since: by what the steps are. Pure.

A step is the one that it was as long as its text is the same, wherever it stands by now. One with a new text stands for
an instruction that is gone if that stood behind the same step; of several by how many words their texts have in common.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby

from stepper.debugger.why.history import Key, LastRun
from stepper.engine.step import StepId

_LEAST_IN_COMMON = 0.5
"""Of two texts one of which became the other, where more lines came than went, or the other way round."""
_LONGEST_COMPARED = 5000
_WORD = re.compile(r"\w+")


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
        return self._texts_before.get(self._keys[step])

    @cached_property
    def _texts_before(self) -> Mapping[Key, str]:
        """What each of the steps that never ran was, without those that are new."""
        found: dict[Key, str] = {}
        for new in self._new_ones():
            gone = list(self._gone_instead_of(new[0]))
            pairs = zip(new, gone, strict=True) if len(gone) == len(new) else _pairs(new, gone)
            found.update((one, other.text) for one, other in pairs if _keyword(one) == _keyword(other))
        return found

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

    def _new_ones(self) -> Iterator[list[Key]]:
        """The steps of which nothing is known, those together that stand one behind the other in a stage."""
        for (_, is_new), steps in groupby(self._keys, lambda step: (step.stage, self._found[step] is None)):
            if is_new:
                yield [self._keys[step] for step in steps]

    def _gone_instead_of(self, new: Key) -> Iterator[Key]:
        """The instructions that stood where this one stands, the last time, up to one that is still there."""
        key = self._newest_gone.get((new.stage, new.after))
        seen: set[Key] = set()
        while key is not None and key not in seen and (key.stage, key.text) not in self._texts:
            seen.add(key)
            yield key
            key = self._newest_gone.get((key.stage, key.digest))

    @cached_property
    def _texts(self) -> frozenset[tuple[str, str]]:
        return frozenset((key.stage, key.text) for key in self._keys.values())

    @cached_property
    def _newest_gone(self) -> Mapping[tuple[str, str], Key]:
        """Of the instructions that are not there any more the newest, by its stage and what it stood behind."""
        return {(key.stage, key.after): key for key in self._runs if key not in self._present}


def _pairs(new: Sequence[Key], gone: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    """Each of the new ones with what it was: pairs whose texts have much in common, those that have most first."""
    words = {key: _words(key.text) for key in (*new, *gone)}
    alike = [
        (share, one, other)
        for one in new
        for other in gone
        if _keyword(one) == _keyword(other) and (share := _in_common(words[one], words[other])) >= _LEAST_IN_COMMON
    ]
    taken: set[Key] = set()
    for _, one, other in sorted(alike, key=lambda pair: pair[0], reverse=True):
        if one not in taken and other not in taken:
            taken |= {one, other}
            yield one, other


def _words(text: str) -> frozenset[tuple[str, int]]:
    """The words behind the keyword, each with how often it came before."""
    counts: Counter[str] = Counter()
    found: set[tuple[str, int]] = set()
    for word in _WORD.findall(text[:_LONGEST_COMPARED])[1:]:
        found.add((word, counts[word]))
        counts[word] += 1
    return frozenset(found)


def _in_common(one: frozenset[tuple[str, int]], other: frozenset[tuple[str, int]]) -> float:
    """The part of their words that both have, from 0 to 1."""
    return 2 * len(one & other) / ((len(one) + len(other)) or 1)


def _keyword(key: Key) -> str:
    return key.text.split(maxsplit=1)[0].upper()
