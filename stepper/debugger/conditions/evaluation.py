"""Finds the value of an expression from facts, asking for no more of them than it takes."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.kinds import COMPARISONS, UNITS, Kind, Value, shown
from stepper.debugger.conditions.text_functions import matches, number
from stepper.debugger.conditions.tree import (
    Call,
    Comparison,
    In,
    Items,
    Logical,
    Lookup,
    Name,
    Node,
    Not,
    Quantity,
    Table,
    Text,
    Truth,
)
from stepper.debugger.conditions.vocabulary import FUNCTIONS, NAMES, TABLES
from stepper.errors import StepperError


class Facts(Protocol):
    """Answers what the vocabulary has words for. All raise `StepperError` where there is no answer."""

    def value(self, name: str) -> Value:
        """The value of a name, of its kind; sizes are in bytes, durations in seconds."""

    def table(self, table: str) -> Mapping[str, str]:
        """All values of a table."""

    def call(self, function: str, argument: str) -> Value:
        """What a function that is not pure gives."""


def evaluate(node: Node, facts: Facts, text: str) -> Value:
    """The value of a checked expression. Raises `ConditionError` where a fact cannot be had."""
    match node:
        case Truth(value) | Text(value):
            return value
        case Quantity(digits, unit):
            if unit:
                return float(digits) * UNITS[unit][1]
            return float(digits) if "." in digits else int(digits)
        case Not(operand):
            return not evaluate(operand, facts, text)
        case Logical(word, left, right):
            settled = bool(evaluate(left, facts, text))
            return settled if settled is (word == "or") else bool(evaluate(right, facts, text))
        case Comparison(sign, left, right):
            return COMPARISONS[sign](evaluate(left, facts, text), evaluate(right, facts, text))
        case In():
            return _is_in(node, facts, text) is not node.is_negated
        case Name() | Lookup() | Call():
            return _asked(node, facts, text)


def explain(node: Node, facts: Facts, text: str) -> tuple[str, ...]:
    """What an expression asked for and got, as `layer.size is 62.3 MB`; what cannot be had is left out."""
    found: dict[str, str] = {}
    for leaf in _asks(node):
        kind = _kind_of(leaf)
        try:
            value = evaluate(leaf, facts, text)
        except ConditionError:
            continue
        said = shown(value, kind)
        said = f"{said[:60]}…" if len(said) > 60 else said
        found[str(leaf)] = f'{leaf} is "{said}"' if isinstance(value, str) else f"{leaf} is {said}"
    return tuple(found.values())


def _asked(node: Name | Lookup | Call, facts: Facts, text: str) -> Value:
    try:
        match node:
            case Name(name):
                return facts.value(name)
            case Lookup(table, key):
                return facts.table(table).get(key, "")
            case Call(function, arguments):
                given = [str(evaluate(argument, facts, text)) for argument in arguments]
                if function == "matches":
                    return matches(*given)
                return number(*given) if function == "number" else facts.call(function, *given)
    except ConditionError:
        raise
    except StepperError as error:
        start, end = node.span
        raise ConditionError(str(error), text=text, start=start, end=end, hint=error.hint) from None


def _is_in(node: In, facts: Facts, text: str) -> bool:
    item = evaluate(node.item, facts, text)
    container = node.container
    if isinstance(container, Items):
        return any(item == evaluate(each, facts, text) for each in container.items)
    if isinstance(container, Table):
        try:
            return item in facts.table(container.table)
        except StepperError as error:
            start, end = container.span
            raise ConditionError(str(error), text=text, start=start, end=end, hint=error.hint) from None
    return str(item) in str(evaluate(container, facts, text))


def _asks(node: Node | Items | Table) -> Iterator[Name | Lookup | Call]:
    """The parts of an expression that ask for something, from left to right."""
    match node:
        case Name() | Lookup() | Call():
            yield node
        case Not(operand):
            yield from _asks(operand)
        case Logical(_, left, right) | Comparison(_, left, right):
            yield from _asks(left)
            yield from _asks(right)
        case In(item, container):
            yield from _asks(item)
            yield from _asks(container)
        case Items(items):
            for each in items:
                yield from _asks(each)


def _kind_of(asks: Name | Lookup | Call) -> Kind:
    match asks:
        case Name(name):
            return NAMES[name].kind
        case Lookup(table):
            return TABLES[table].kind
        case Call(function):
            return FUNCTIONS[function].kind
