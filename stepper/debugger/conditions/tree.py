"""The parts of an expression as values, and how they are written.

`span` is where a part stands in the text; two parts that are written differently but mean the same are equal.
"""

import re
from dataclasses import field

from stepper.frozen import frozen

Span = tuple[int, int]
_NO_SPAN = (0, 0)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@frozen
class Truth:
    """`true` or `false`."""

    value: bool
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return "true" if self.value else "false"


@frozen
class Text:
    """A text in quotes."""

    value: str
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return quoted(self.value)


@frozen
class Quantity:
    """A number, perhaps with a unit: `3`, `1.5GiB`, `30s`."""

    digits: str
    unit: str = ""
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"{self.digits}{self.unit}"


@frozen
class Name:
    """A fact by its name: `layer.size`."""

    name: str
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return self.name


@frozen
class Lookup:
    """One value of a table: `env.PATH`, `label["a-b"]`."""

    table: str
    key: str
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"{self.table}.{self.key}" if _PLAIN_KEY.fullmatch(self.key) else f"{self.table}[{quoted(self.key)}]"


@frozen
class Call:
    """A function of something: `exists("/bin/sh")`."""

    function: str
    arguments: "tuple[Node, ...]"
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(str(argument) for argument in self.arguments)})"


@frozen
class Not:
    """The opposite."""

    operand: "Node"
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"not {_within(self.operand, Not, Comparison, In)}"


@frozen
class Logical:
    """`left and right`, `left or right`; `right` only counts where `left` has not settled it."""

    word: str
    left: "Node"
    right: "Node"
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        left = str(self.left) if _binds_left(self.left, self.word) else f"({self.left})"
        right = str(self.right) if _binds_right(self.right, self.word) else f"({self.right})"
        return f"{left} {self.word} {right}"


@frozen
class Comparison:
    """`left < right`; `sign` is one of `== != < <= > >=`."""

    sign: str
    left: "Node"
    right: "Node"
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"{_within(self.left)} {self.sign} {_within(self.right)}"


@frozen
class In:
    """Whether one thing is in another: a text in a text, a value in a list, a name in a table."""

    item: "Node"
    container: "Node | Items | Table"
    is_negated: bool = False
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        container = self.container
        right = str(container) if isinstance(container, Items | Table) else _within(container)
        return f"{_within(self.item)} {'not in' if self.is_negated else 'in'} {right}"


@frozen
class Items:
    """A list: `["a", "b"]`; stands behind `in` alone."""

    items: "tuple[Node, ...]"
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return f"[{', '.join(str(item) for item in self.items)}]"


@frozen
class Table:
    """A table as a whole: `env`; stands behind `in` alone."""

    table: str
    span: Span = field(default=_NO_SPAN, compare=False)

    def __str__(self) -> str:
        return self.table


Node = Truth | Text | Quantity | Name | Lookup | Call | Not | Logical | Comparison | In


def quoted(text: str) -> str:
    """A text as it is written in an expression."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def _within(node: Node, *plain: type[Node]) -> str:
    """In parentheses, unless it is one thing, or of a sort that needs none there."""
    return (
        f"({node})" if isinstance(node, Not | Logical | Comparison | In) and not isinstance(node, plain) else str(node)
    )


def _binds_left(node: Node, word: str) -> bool:
    return not isinstance(node, Logical) or node.word == word or word == "or"


def _binds_right(node: Node, word: str) -> bool:
    return not isinstance(node, Logical) or (word == "or" and node.word == "and")
