"""What a build is asserted to be, for a run without a screen.

An assertion about a step (its layer, its time, its instruction) is held after every step that runs. One about the
image alone (`exists`, `image.size`, `env`) has to hold for the finished image; where it does not, the step is found
since which it does not.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stepper.debugger.events import AssertionBroken
from stepper.debugger.provenance import steps_below
from stepper.debugger.state import StepRecord
from stepper.debugger.store import StateStore
from stepper.errors import UsageError

if TYPE_CHECKING:
    from stepper.debugger.conditions import Expression, Facts

FactsAfter = Callable[[StepRecord], "Facts"]


def parse_assertion(written: str) -> "Expression":
    """An assertion as it is written. Raises `UsageError`."""
    from stepper.debugger.conditions import parse_condition  # Not before there is an assertion.

    found = parse_condition(written)
    if any(word.name == "hits" for word in found.words):
        raise UsageError("hits is of a breakpoint: an assertion has none")
    return found


class Assertions:
    """The assertions of a session; those that are broken are told as events, and nothing stops at them."""

    def __init__(self, states: StateStore) -> None:
        self._states = states
        self._held: tuple[Expression, ...] = ()

    def hold(self, assertions: "Sequence[Expression]") -> None:
        """Hold these from now on."""
        self._held = tuple(assertions)

    def after(self, record: StepRecord, facts_after: FactsAfter) -> None:
        """Hold what is asserted of every step."""
        about_step = [assertion for assertion in self._held if not assertion.is_about_image]
        if record.failure is not None or not about_step:
            return
        facts = facts_after(record)
        for assertion in about_step:
            self._hold(assertion, record, facts)

    def finished(self, facts_after: FactsAfter) -> None:
        """Hold what is asserted of the image."""
        about_image = [assertion for assertion in self._held if assertion.is_about_image]
        if not about_image:
            return
        state = self._states.state
        steps = steps_below(state, state.stage_steps(state.goal)[-1].id)
        for assertion in about_image:
            since = steps[-1]
            facts = facts_after(since)
            if self._is_broken(assertion, facts):
                for record in reversed(steps[:-1]):
                    if not self._is_broken(assertion, facts_after(record)):
                        break
                    since = record
                self._hold(assertion, since, facts)

    def _hold(self, assertion: "Expression", record: StepRecord, facts: "Facts") -> None:
        try:
            if assertion.holds(facts):
                return
            why = assertion.explain(facts)
        except UsageError as error:
            why = (error.message,)
        self._states.emit(AssertionBroken(assertion.text, record, why, assertion.is_about_image))

    @staticmethod
    def _is_broken(assertion: "Expression", facts: "Facts") -> bool:
        try:
            return not assertion.holds(facts)
        except UsageError:
            return True
