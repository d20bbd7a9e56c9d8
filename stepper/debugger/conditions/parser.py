"""Reads an expression into its tree: precedence from `or` over `and`, `not` and comparisons to single things.

Every name is known here, so that a misspelt one is told with what was likely meant.
"""

from collections.abc import Callable, Iterable

from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.kinds import COMPARISONS, UNITS
from stepper.debugger.conditions.tokens import Token, TokenKind, tokenize
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
    Span,
    Table,
    Text,
    Truth,
)
from stepper.debugger.conditions.vocabulary import FUNCTIONS, NAMES, TABLES
from stepper.dockerfile.edit_distance import did_you_mean, nearest

_TRUTHS = frozenset({"true", "false"})
_WORDS = frozenset({"and", "or", "not", "in"}) | _TRUTHS
_DEEPEST = 40
"""How deep parentheses and `not` may be nested."""
_MOST_IN_A_ROW = 200
"""How many conditions may be joined."""


def parse(text: str) -> Node:
    """The tree of an expression; raises `ConditionError`."""
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._position = 0
        self._depth = 0

    def parse(self) -> Node:
        if self._is_at_end():
            raise self._error("there is no expression")
        node = self._either()
        if not self._is_at_end():
            raise self._error_at_next("an and or an or is missing before this")
        return node

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _is_at_end(self) -> bool:
        return self._next.kind is TokenKind.END

    def _take(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _is(self, kind: TokenKind, *texts: str) -> bool:
        return self._next.kind is kind and self._next.text in texts

    def _either(self) -> Node:
        return self._joined("or", self._both)

    def _both(self) -> Node:
        return self._joined("and", self._negation)

    def _joined(self, word: str, operand: Callable[[], Node]) -> Node:
        node = operand()
        joined = 0
        while self._is(TokenKind.WORD, word):
            joined += 1
            if joined > _MOST_IN_A_ROW:
                raise self._error("these are too many conditions")
            self._take()
            right = operand()
            node = Logical(word, node, right, (node.span[0], right.span[1]))
        return node

    def _negation(self) -> Node:
        if not self._is(TokenKind.WORD, "not"):
            return self._comparison()
        start = self._take().start
        operand = self._deeper(self._negation)
        return Not(operand, (start, operand.span[1]))

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error("this is nested too deep")
        node = read()
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._single()
        if self._is(TokenKind.SIGN, *COMPARISONS):
            sign = self._take().text
            right = self._single()
            node: Node = Comparison(sign, left, right, (left.span[0], right.span[1]))
        elif self._is(TokenKind.WORD, "in") or self._is_not_in():
            is_negated = self._take().text == "not"
            if is_negated:
                self._take()
            container = self._container()
            node = In(left, container, is_negated, (left.span[0], container.span[1]))
        else:
            return left
        if self._is(TokenKind.SIGN, *COMPARISONS) or self._is(TokenKind.WORD, "in") or self._is_not_in():
            raise self._error_at_next("only two things can be compared", hint="Join comparisons with and.")
        return node

    def _is_not_in(self) -> bool:
        if not self._is(TokenKind.WORD, "not"):
            return False
        after = self._tokens[self._position + 1]
        return after.kind is TokenKind.WORD and after.text == "in"

    def _container(self) -> Node | Items | Table:
        token = self._next
        if self._is(TokenKind.SIGN, "["):
            self._take()
            items = self._arguments("]")
            return Items(items, (token.start, self._tokens[self._position - 1].end))
        if token.kind is TokenKind.WORD and token.text in TABLES:
            after = self._tokens[self._position + 1]
            if not (after.kind is TokenKind.SIGN and after.text in ".["):
                self._take()
                return Table(token.text, token.span)
        return self._single()

    def _single(self) -> Node:
        token = self._take()
        if token.kind is TokenKind.TEXT:
            return Text(token.text, token.span)
        if token.kind is TokenKind.QUANTITY:
            return self._quantity(token)
        if token.kind is TokenKind.SIGN and token.text == "(":
            inner = self._deeper(self._either)
            self._expect(")")
            return inner
        if token.kind is TokenKind.WORD and token.text in ("true", "false"):
            return Truth(token.text == "true", token.span)
        if token.kind is TokenKind.WORD and token.text not in _WORDS:
            return self._named(token)
        self._position -= 1
        raise self._error_at_next("something to ask for is missing here")

    def _quantity(self, token: Token) -> Quantity:
        if token.unit and token.unit not in UNITS:
            by_lower = {unit.lower(): unit for unit in UNITS}
            meant = by_lower.get(f"{token.unit.lower()}b") or by_lower.get(token.unit.lower())
            raise self._error(
                f"{token.unit} is no unit{did_you_mean(meant)}",
                (token.start + len(token.text), token.end),
                hint="Sizes are in B, kB, MB, GB, KiB, MiB, GiB, durations in ms, s, m, h.",
            )
        return Quantity(token.text, token.unit, token.span)

    def _named(self, token: Token) -> Node:
        if self._is(TokenKind.SIGN, "("):
            return self._call(token)
        if token.text in TABLES:
            return self._lookup(token)
        name, end = token.text, token.end
        while self._is(TokenKind.SIGN, "."):
            self._take()
            part = self._take()
            if part.kind is not TokenKind.WORD:
                self._position -= 1
                raise self._error_at_next(f"a name is missing after {name}.")
            name, end = f"{name}.{part.text}", part.end
        if name in NAMES:
            return Name(name, (token.start, end))
        raise self._unknown(name, (token.start, end))

    def _lookup(self, token: Token) -> Lookup:
        if self._is(TokenKind.SIGN, "["):
            self._take()
            key = self._take()
            if key.kind is not TokenKind.TEXT:
                self._position -= 1
                raise self._error_at_next(f'a name in quotes belongs here, as {token.text}["NAME"]')
            self._expect("]")
            return Lookup(token.text, key.text, (token.start, self._tokens[self._position - 1].end))
        parts: list[str] = []
        end = token.end
        while self._is(TokenKind.SIGN, ".") and (token.text == "label" or not parts):
            self._take()
            part = self._take()
            if part.kind is not TokenKind.WORD:
                self._position -= 1
                raise self._error_at_next("a name is missing here", hint=f'Others go in quotes: {token.text}["a-b"].')
            parts.append(part.text)
            end = part.end
        if not parts:
            raise self._error(
                f"{token.text} is a table", token.span, hint=f'Ask for {token.text}.NAME, or "NAME" in {token.text}.'
            )
        return Lookup(token.text, ".".join(parts), (token.start, end))

    def _call(self, token: Token) -> Call:
        function = FUNCTIONS.get(token.text)
        if function is None:
            raise self._unknown(token.text, token.span, is_call=True)
        self._take()
        arguments = self._arguments(")")
        span = (token.start, self._tokens[self._position - 1].end)
        assert function.parameters is not None, "only functions are looked up here"
        if len(arguments) != len(function.parameters):
            raise self._error(f"it is used as {function.written}", span)
        return Call(token.text, arguments, span)

    def _arguments(self, closing: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._is(TokenKind.SIGN, closing):
            if found:
                self._expect(",")
            found.append(self._deeper(self._either))
        self._take()
        return tuple(found)

    def _expect(self, sign: str) -> None:
        if not self._is(TokenKind.SIGN, sign):
            raise self._error_at_next(f"a {sign} is missing here")
        self._take()

    def _unknown(self, name: str, span: Span, *, is_call: bool = False) -> ConditionError:
        if is_call and (name in NAMES or name in TABLES):
            return self._error(f"{name} is not called with parentheses", span)
        if name in FUNCTIONS:
            return self._error(f"it is used as {FUNCTIONS[name].written}", span)
        known: Iterable[str] = FUNCTIONS if is_call else (*NAMES, *_TRUTHS, *TABLES, *FUNCTIONS)
        lower = name.lower()
        meant = lower if lower in known or (lower in _WORDS and not is_call) else nearest(name, known)
        return self._error(f"nothing is called {name}{did_you_mean(meant)}", span, hint=_hint(name, meant))

    def _error_at_next(self, message: str, *, hint: str | None = None) -> ConditionError:
        return self._error(message, self._next.span, hint=hint)

    def _error(self, message: str, span: Span | None = None, *, hint: str | None = None) -> ConditionError:
        start, end = span if span is not None else self._next.span
        return ConditionError(message, text=self._text, start=start, end=end, hint=hint)


def _hint(name: str, meant: str | None) -> str | None:
    if meant is not None:
        return None
    if "." in name:
        first = name.partition(".")[0]
        of_it = [known for known in NAMES if known.startswith(f"{first}.")]
        return f"There is {', '.join(of_it)}." if of_it else None
    if name.isupper():
        return f'A text goes in quotes: "{name}"; a variable is env.{name} or arg.{name}.'
    return "A text goes in quotes."
