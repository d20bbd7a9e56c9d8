"""All sections of the Step panel."""

from stepper.tui.step.call_stack import CallStackSection
from stepper.tui.step.commands import CommandsSection
from stepper.tui.step.failure import FailureSection
from stepper.tui.step.outcome import OutcomeSection
from stepper.tui.step.section import Section
from stepper.tui.step.triggers import TriggersSection
from stepper.tui.step.why import WhySection

SECTIONS: tuple[type[Section], ...] = (
    OutcomeSection,
    WhySection,
    FailureSection,
    CommandsSection,
    TriggersSection,
    CallStackSection,
)
"""In the order in which they stand in the panel."""
