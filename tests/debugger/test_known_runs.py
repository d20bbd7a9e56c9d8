"""What is found of earlier runs for the steps of a Dockerfile that was edited since, whatever the edit was."""

import time
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.debugger.why.history import Key, LastRun
from stepper.debugger.why.inputs import Inputs
from stepper.debugger.why.known_runs import KnownRuns
from stepper.engine.step import StepId

TEXTS = ["RUN make", "RUN make test", "RUN apk add git", "COPY a /a", "COPY b /b"]
VERSIONS = st.lists(st.lists(st.sampled_from(TEXTS), max_size=6), min_size=1, max_size=4)


def keys(texts: Sequence[str]) -> dict[StepId, Key]:
    """The keys of one stage."""
    counts: Counter[Key] = Counter()
    found: dict[StepId, Key] = {}
    after = ""
    for number, text in enumerate(["FROM busybox", *texts]):
        key = Key("0", text, after)
        found[StepId(0, number)] = key._replace(occurrence=counts[key])
        counts[key] += 1
        after = key.digest
    return found


def runs_of(versions: Sequence[Sequence[str]]) -> dict[Key, LastRun]:
    """What is kept after runs of all these versions, one after the other."""
    kept: dict[Key, LastRun] = {}
    for texts in versions:
        for key in keys(texts).values():
            kept.pop(key, None)
            kept[key] = LastRun(None, 1.0, False, Inputs({}, None, {}, {}))
    return kept


@given(VERSIONS)
def test_each_step_of_the_last_version_is_itself(versions: list[list[str]]) -> None:
    runs, now = runs_of(versions), keys(versions[-1])
    known = KnownRuns(now, runs)
    assert all(known.last(step) is runs[key] for step, key in now.items())


@given(VERSIONS, st.lists(st.sampled_from([*TEXTS, "RUN new", "COPY new /"]), max_size=6))
def test_a_step_was_another_one_only_if_that_is_gone(versions: list[list[str]], texts: list[str]) -> None:
    known, now = KnownRuns(keys(texts), runs_of(versions)), keys(texts)
    ran_ever = {text for version in versions for text in version}
    for step, key in now.items():
        if known.last(step) is None:
            was = known.text_before(step)
            assert was is None or (was in ran_ever and was not in texts)
            assert was is None or was.split()[0] == key.text.split()[0]


@given(st.lists(st.sampled_from(TEXTS), unique=True, min_size=1), st.data())
def test_what_is_inserted_is_new_and_all_others_are_known(texts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts)))
    known = KnownRuns(keys([*texts[:at], "RUN new", *texts[at:]]), runs_of([texts]))
    for number in range(len(texts) + 2):
        step = StepId(0, number)
        is_new = number == at + 1
        assert (known.last(step) is None) is is_new
        assert not is_new or known.text_before(step) is None


@given(st.lists(st.sampled_from(TEXTS), unique=True, min_size=1), st.data())
def test_what_is_changed_was_what_stood_there(texts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts) - 1))
    changed = f"{texts[at].split()[0]} quite other"
    known = KnownRuns(keys([*texts[:at], changed, *texts[at + 1 :]]), runs_of([texts]))
    assert known.text_before(StepId(0, at + 1)) == texts[at]


@pytest.mark.parametrize(
    ("before", "now", "was"),
    [
        (["RUN apk add git", "RUN make"], ["RUN apk add git curl"], "RUN apk add git"),
        (["RUN make", "RUN apk add git"], ["RUN apk add git curl"], "RUN apk add git"),
        (["RUN make && make test"], ["RUN make test", "RUN make"], "RUN make && make test"),
        (["COPY a b /src/", "RUN make"], ["COPY a b c /src/"], "COPY a b /src/"),
        (["RUN make", "RUN ls"], ["RUN apk add git"], None),
        (["COPY make /", "RUN ls"], ["RUN make"], None),
        (["RUN :", "RUN ls"], ["RUN !"], None),
    ],
)
def test_where_there_were_more_or_fewer_it_was_the_one_that_has_most_words_in_common(
    before: list[str], now: list[str], was: str | None
) -> None:
    assert KnownRuns(keys(now), runs_of([before])).text_before(StepId(0, 1)) == was


def test_many_long_new_texts_are_told_from_many_that_are_gone_at_once() -> None:
    gone = [f"RUN {' '.join(f'word{number}of{step} common' for number in range(350))}" for step in range(41)]
    known = KnownRuns(keys([f"{text} more" for text in gone[1:]]), runs_of([gone]))
    began = time.process_time()
    assert [known.text_before(StepId(0, step)) for step in range(1, 41)] == gone[1:]
    assert time.process_time() - began < 1


def test_of_equal_lines_each_has_a_run_of_its_own() -> None:
    known = KnownRuns(keys(["RUN a", "RUN new", "RUN a", "RUN a"]), runs_of([["RUN a", "RUN a"]]))
    found = [known.last(StepId(0, number)) is not None for number in range(5)]
    assert found == [True, True, False, False, True]
