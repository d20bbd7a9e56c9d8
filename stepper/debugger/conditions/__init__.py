"""A small language of expressions over a step: conditions of breakpoints, messages of logpoints, assertions.

    layer.size > 50MB and not changed("/etc/**")

`parse_condition` and `parse_message` read it and find what is wrong before anything runs; `VOCABULARY` is all that can
be asked. Nothing in it can change anything, and facts are only looked up when an expression comes to them.
"""

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.evaluation import Facts, explain
from stepper.debugger.conditions.expression import Expression, parse_condition, parse_expression
from stepper.debugger.conditions.message import Message, parse_message
from stepper.debugger.conditions.vocabulary import VOCABULARY, About, When, Word

__all__ = [
    "VOCABULARY",
    "About",
    "ConditionError",
    "Expression",
    "Facts",
    "Message",
    "When",
    "Word",
    "explain",
    "parse_condition",
    "parse_expression",
    "parse_message",
]
