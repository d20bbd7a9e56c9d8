"""Values that never change: what `@frozen` gives is what `@dataclass(frozen=True)` gives."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import pytest

from stepper.frozen import frozen


@frozen
class Point:
    """A value."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False, repr=False)

    @cached_property
    def total(self) -> int:
        return self.x + self.y


@frozen
class Other:
    x: int
    y: int = 0


@frozen
class Single:
    items: list[int] = field(default_factory=list)


@frozen
class Empty:
    pass


@frozen
class Remembering:
    x: int
    known: dict[str, int] = field(default_factory=dict, init=False)


@dataclass(frozen=True)
class Standard:
    x: int
    y: int = 0


def test_values_are_equal_by_their_fields_and_kind() -> None:
    assert Point(1, 2) == Point(1, 2, note="not compared")
    assert Point(1, 2) != Point(2, 1)
    other: object = Other(1, 2)
    assert Point(1, 2) != other
    assert Empty() == Empty()
    assert Single([1]) == Single([1])
    assert Single() != Single([1])


def test_equal_values_have_one_hash() -> None:
    assert {Point(1, 2), Point(1, 2, note="not compared"), Point(2, 1)} == {Point(1, 2), Point(2, 1)}
    assert len({Empty(), Empty()}) == 1


def test_a_value_reads_as_it_was_made() -> None:
    assert repr(Point(1, y=2, note="hidden")) == "Point(x=1, y=2)"
    assert repr(Standard(1, 2)) == repr(Other(1, 2)).replace("Other", "Standard")


@pytest.mark.parametrize("kind", [Other, Standard])
@pytest.mark.parametrize(
    "make",
    [
        lambda kind: kind(),
        lambda kind: kind(y=1),
        lambda kind: kind(1, 2, 3),
        lambda kind: kind(1, x=1),
        lambda kind: kind(1, z=1),
        lambda kind: kind(y=1, z=1),
    ],
)
def test_each_field_is_given_once(kind: type, make: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        make(kind)


def test_what_is_made_for_a_value_is_its_own() -> None:
    one, other = Single(), Single()
    one.items.append(1)
    assert (one.items, other.items) == ([1], [])
    assert Remembering(1).known is not Remembering(1).known
    assert replace(Remembering(1), x=2) == Remembering(2)


@pytest.mark.parametrize("change", [lambda it: setattr(it, "x", 3), lambda it: setattr(it, "z", 3)])
def test_nothing_can_be_set(change: Callable[[Any], None]) -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        change(point)
    assert point == Point(1)


def test_nothing_can_be_deleted() -> None:
    point: Any = Point(1)
    with pytest.raises(FrozenInstanceError):
        del point.x


def test_it_is_a_dataclass() -> None:
    assert replace(Point(1), y=5) == Point(1, 5)
    assert asdict(Other(1, 2)) == {"x": 1, "y": 2}
    match Other(1, 2):
        case Other(x, y):
            assert (x, y) == (1, 2)


def test_it_can_be_copied_pickled_and_may_remember_what_it_computed() -> None:
    point = Point(1, 2, "note")
    assert point.total == 3
    assert pickle.loads(pickle.dumps(point)) == point == copy.deepcopy(point)
    assert pickle.loads(pickle.dumps(point)).note == "note"


def test_methods_of_its_own_stay() -> None:
    @frozen
    class Named:
        name: str

        def __repr__(self) -> str:
            return self.name

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Named) and self.name.lower() == other.name.lower()

        def __hash__(self) -> int:
            return hash(self.name.lower())

    assert (repr(Named("a")), Named("a"), len({Named("a"), Named("A")})) == ("a", Named("A"), 1)
