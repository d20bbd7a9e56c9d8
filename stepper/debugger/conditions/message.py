"""The message of a logpoint: text with expressions in braces."""

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.evaluation import Facts
from stepper.debugger.conditions.expression import Expression, parse_expression
from stepper.debugger.conditions.tokens import LONGEST
from stepper.debugger.conditions.vocabulary import When
from stepper.frozen import frozen


@frozen
class Message:
    """`text` is as it was written; `parts` are its texts and expressions in order."""

    text: str
    parts: tuple[str | Expression, ...]

    @property
    def when(self) -> When:
        """When all that it says is known."""
        expressions = [part for part in self.parts if isinstance(part, Expression)]
        return When.AFTER if any(part.when is When.AFTER for part in expressions) else When.BEFORE

    def filled(self, facts: Facts) -> str:
        """The message with the values in their places; one that cannot be had says why there."""
        return "".join(part if isinstance(part, str) else _value(part, facts) for part in self.parts)


def parse_message(text: str) -> Message:
    """Read a message; a brace that is meant as such is written twice. Raises `ConditionError` with its place in it."""
    if len(text) > LONGEST:
        raise ConditionError(f"a message has at most {LONGEST} characters", text=text, start=LONGEST, end=LONGEST)
    parts: list[str | Expression] = []
    said = ""
    position = 0
    while position < len(text):
        character = text[position]
        if text.startswith(("{{", "}}"), position):
            said += character
            position += 2
        elif character == "{":
            end = _closing(text, position)
            parts += [said] if said else []
            said = ""
            parts.append(_expression(text, position + 1, end))
            position = end + 1
        elif character == "}":
            raise ConditionError(
                "this brace was not opened", text=text, start=position, end=position + 1, hint="Write }} for a brace."
            )
        else:
            said += character
            position += 1
    parts += [said] if said else []
    return Message(text, tuple(parts))


def _expression(text: str, start: int, end: int) -> Expression:
    try:
        return parse_expression(text[start:end])
    except ConditionError as error:
        raise error.at(text, start) from None


def _closing(text: str, opening: int) -> int:
    """Where the brace that closes an expression is; those within its texts do not count."""
    quote = ""
    position = opening + 1
    while position < len(text):
        character = text[position]
        if quote:
            if character == "\\":
                position += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character == "}":
            return position
        position += 1
    raise ConditionError(
        "this brace is not closed", text=text, start=opening, end=opening + 1, hint="Write {{ for a brace."
    )


def _value(expression: Expression, facts: Facts) -> str:
    try:
        return expression.shown(facts)
    except ConditionError as error:
        return f"<{error.message}>"
