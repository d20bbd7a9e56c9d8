"""What a run without a screen stops at, tells and holds: `--break`, `--log` and `--assert`."""

from argparse import Namespace
from typing import TYPE_CHECKING

from stepper.debugger.assertions import parse_assertion
from stepper.debugger.breakpoint import Breakpoint
from stepper.debugger.session import Session
from stepper.frozen import frozen

if TYPE_CHECKING:
    from stepper.debugger.conditions import Expression


@frozen
class Judging:
    """Breakpoints (logpoints are some) and assertions, as the command line has them."""

    breakpoints: tuple[Breakpoint, ...] = ()
    assertions: "tuple[Expression, ...]" = ()

    def apply(self, session: Session) -> None:
        """Give them to a session whose Dockerfile was read. Raises `UsageError` for a line or stage that it has not."""
        for point in self.breakpoints:
            session.breakpoints.add(point)
        session.assertions.hold(self.assertions)

    @property
    def asks_of_image(self) -> bool:
        """Whether an assertion is about the finished image."""
        return any(assertion.is_about_image for assertion in self.assertions)


NO_JUDGING = Judging()


def judging(parsed: Namespace) -> Judging:
    """Those of the options. Raises `UsageError` for what cannot be read."""
    if not (parsed.breakpoints or parsed.logs or parsed.assertions):
        return NO_JUDGING
    from stepper.debugger.breakpoint_words import parse_breakpoint, parse_logpoint  # It needs the conditions.

    return Judging(
        (*map(parse_breakpoint, parsed.breakpoints), *map(parse_logpoint, parsed.logs)),
        tuple(map(parse_assertion, parsed.assertions)),
    )
