"""An expression that was read and checked: what it asks for, when that is known, and its value."""

from stepper.debugger.conditions.checking import check
from stepper.debugger.conditions.errors import ConditionError
from stepper.debugger.conditions.evaluation import Facts, evaluate, explain
from stepper.debugger.conditions.kinds import Kind, Value, shown
from stepper.debugger.conditions.parser import parse
from stepper.debugger.conditions.tree import Node
from stepper.debugger.conditions.vocabulary import About, When, Word
from stepper.frozen import frozen


@frozen
class Expression:
    """`text` is as it was written, `words` is what it asks for."""

    text: str
    tree: Node
    kind: Kind
    words: frozenset[Word]

    def __str__(self) -> str:
        return str(self.tree)

    @property
    def when(self) -> When:
        """When all that it asks for is known."""
        return When.AFTER if any(word.when is When.AFTER for word in self.words) else When.BEFORE

    @property
    def about(self) -> About:
        """Whether it says something about a step, or about the state of the build alone."""
        return About.STEP if any(word.about is About.STEP for word in self.words) else About.IMAGE

    @property
    def is_about_image(self) -> bool:
        """Whether it says something about the state of the build alone, which at the end is the image."""
        return self.about is About.IMAGE

    def value(self, facts: Facts) -> Value:
        """Its value; raises `ConditionError` where a fact cannot be had."""
        return evaluate(self.tree, facts, self.text)

    def holds(self, facts: Facts) -> bool:
        """The value of a condition."""
        return bool(self.value(facts))

    def shown(self, facts: Facts) -> str:
        """Its value for people."""
        return shown(self.value(facts), self.kind)

    def explain(self, facts: Facts) -> tuple[str, ...]:
        """What it asked for and got, as `layer.size is 62.3 MB`; what cannot be had is left out."""
        return explain(self.tree, facts, self.text)


def parse_expression(text: str) -> Expression:
    """Read an expression of any kind; raises `ConditionError`."""
    tree = parse(text)
    kind, words = check(tree, text)
    return Expression(text, tree, kind, words)


def parse_condition(text: str) -> Expression:
    """Read an expression that is true or false; raises `ConditionError`."""
    found = parse_expression(text)
    if found.kind is not Kind.TRUTH:
        start, end = found.tree.span
        message = f"this is {found.kind.value}, and a condition is true or false"
        raise ConditionError(message, text=text, start=start, end=end, hint="Compare it with something.")
    return found
