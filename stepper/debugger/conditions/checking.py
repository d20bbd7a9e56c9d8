"""Checks the kinds in an expression before anything runs: sizes are not compared with texts, `and` joins truths."""

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.kinds import UNITS, Kind, are_comparable
from stepper.debugger.conditions.path_globs import path_glob
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
from stepper.debugger.conditions.vocabulary import FUNCTIONS, NAMES, TABLES, Word
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.keywords import KEYWORDS
from stepper.errors import UsageError


def check(node: Node, text: str) -> tuple[Kind, frozenset[Word]]:
    """The kind of an expression's value, and what it asks for; raises `ConditionError`."""
    checker = _Checker(text)
    return checker.kind(node), frozenset(checker.words)


class _Checker:
    def __init__(self, text: str) -> None:
        self._text = text
        self.words: set[Word] = set()

    def kind(self, node: Node) -> Kind:
        match node:
            case Truth():
                return Kind.TRUTH
            case Text():
                return Kind.TEXT
            case Quantity(_, unit):
                return UNITS[unit][0] if unit else Kind.NUMBER
            case Name(name):
                return self._word(NAMES[name])
            case Lookup(table):
                return self._word(TABLES[table])
            case Call():
                return self._call(node)
            case Not(operand):
                self._truth(operand)
            case Logical(_, left, right):
                self._truth(left)
                self._truth(right)
            case Comparison():
                self._comparison(node)
            case In():
                self._in(node)
        return Kind.TRUTH

    def _word(self, word: Word) -> Kind:
        self.words.add(word)
        return word.kind

    def _truth(self, node: Node) -> None:
        kind = self.kind(node)
        if kind is not Kind.TRUTH:
            raise self._error(f"{node} is {kind.value}, not true or false", node, hint=_how_to_ask(node, kind))

    def _call(self, call: Call) -> Kind:
        function = FUNCTIONS[call.function]
        for parameter, argument in zip(function.parameters or (), call.arguments, strict=True):
            kind = self.kind(argument)
            if kind is not function.takes:
                raise self._error(f"{call.function} takes {function.takes.value}, and this is {kind.value}", argument)
            if isinstance(argument, Text) and parameter in ("GLOB", "PATH", "PATTERN"):
                self._pattern(parameter, argument)
        return self._word(function)

    def _pattern(self, parameter: str, argument: Text) -> None:
        if not argument.value:
            raise self._error("there is nothing between the quotes", argument)
        if parameter == "PATH" and not argument.value.startswith("/"):
            raise self._error("a path begins with a slash", argument)
        if parameter == "GLOB":
            try:
                path_glob(argument.value)
            except UsageError as error:
                raise self._error(error.message, argument) from None

    def _comparison(self, node: Comparison) -> None:
        left, right = self.kind(node.left), self.kind(node.right)
        if not are_comparable(left, right):
            raise self._mismatch(node, left, right)
        if node.sign not in ("==", "!=") and not left.is_amount:
            raise self._error(f"there is no {node.sign} for {left.value}, only == and !=", node)
        self._known_value(node.left, node.right)
        self._known_value(node.right, node.left)

    def _in(self, node: In) -> None:
        item = self.kind(node.item)
        if isinstance(node.container, Items):
            for each in node.container.items:
                kind = self.kind(each)
                if not are_comparable(item, kind):
                    raise self._error(f"{node.item} is {item.value}, and {each} is {kind.value}", each)
                self._known_value(node.item, each)
            return
        container = node.container
        kind = self._word(TABLES[container.table]) if isinstance(container, Table) else self.kind(container)
        if item is not Kind.TEXT:
            raise self._error(f"only a text can be in {container}, and {node.item} is {item.value}", node.item)
        if kind is not Kind.TEXT:
            raise self._error(
                f"nothing can be in {container}, which is {kind.value}", container, hint="Use a text or a [list]."
            )

    def _known_value(self, asked: Node, value: Node) -> None:
        """Names that are always written in one way, and can be misspelt."""
        if not isinstance(asked, Name) or not isinstance(value, Text):
            return
        if asked.name == "instruction" and value.value not in KEYWORDS:
            upper = value.value.upper()
            meant = upper if upper in KEYWORDS else nearest(upper, sorted(KEYWORDS))
            raise self._error(f"there is no instruction {value}{did_you_mean(meant)}", value)
        if asked.name == "stage" and value.value != value.value.lower():
            raise self._error(f"stage names are in lower case here: {str(value).lower()}", value)

    def _mismatch(self, node: Comparison, left: Kind, right: Kind) -> ConditionError:
        hint = None
        for side, kind, other in ((node.left, left, right), (node.right, right, left)):
            if kind is Kind.TEXT and other.is_amount:
                hint = f"Write number({side})." if not isinstance(side, Text) else "Leave the quotes out."
            if kind is Kind.TRUTH:
                hint = f"Ask for {side}, or not {side}."
            if isinstance(side, Name) and side.name == "stage":
                hint = f'A stage\'s number is a text: "{node.right if side is node.left else node.left}".'
        return self._error(
            f"{node.left} is {left.value}, and {node.right} is {right.value}: they cannot be compared", node, hint=hint
        )

    def _error(self, message: str, node: Node | Table, *, hint: str | None = None) -> ConditionError:
        return ConditionError(message, text=self._text, start=node.span[0], end=node.span[1], hint=hint)


def _how_to_ask(node: Node, kind: Kind) -> str:
    examples = {Kind.NUMBER: "> 3", Kind.SIZE: "> 50MB", Kind.DURATION: "> 30s", Kind.TEXT: '!= ""'}
    return f"Compare it, as {node} {examples[kind]}."
