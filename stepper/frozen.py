"""Frozen dataclasses that are quick to define.

`@dataclass(frozen=True)` compiles seven methods for each class, in half a millisecond. A hundred classes would take a
tenth of the time that there is until the first frame. Here the classes share all methods.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a dataclass whose instances compare by value, can be hashed, and never change; it has no slots.

    For values of which there are few: making one takes twice as long as with `@dataclass(frozen=True)`. There is no
    `__post_init__`.
    """
    made: Any = dataclass(init=False, repr=False, eq=False)(cls)
    own = fields(made)
    compared = [each.name for each in own if each.compare]
    made.__compared__ = attrgetter(*compared) if compared else staticmethod(_nothing)
    made.__names__ = frozenset(each.name for each in own)
    made.__taken__ = tuple(each.name for each in own if each.init)
    made.__defaults__ = {each.name: each.default for each in own if each.default is not MISSING}
    made.__factories__ = tuple((each.name, each.default_factory) for each in own if each.default_factory is not MISSING)
    for name in ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"):
        if cls.__dict__.get(name) is None:
            setattr(made, name, _Shared.__dict__[name])
    return cls


class _Shared:
    """Where the methods are taken from."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    __compared__: ClassVar[Any]
    __names__: ClassVar[frozenset[str]]
    __taken__: ClassVar[tuple[str, ...]]
    __defaults__: ClassVar[Mapping[str, Any]]
    __factories__: ClassVar[tuple[tuple[str, Callable[[], Any]], ...]]

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self.__taken__, values, strict=False), **named)
        kept = self.__dict__
        kept.update(self.__defaults__)
        kept.update(given)
        for name, factory in self.__factories__:
            if name not in given:
                kept[name] = factory()
        if len(given) != len(values) + len(named) or kept.keys() != self.__names__:
            raise TypeError(f"{type(self).__qualname__} takes {', '.join(self.__taken__)}: each once")

    def __repr__(self) -> str:
        shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return bool(self.__compared__(self) == self.__compared__(other))

    def __hash__(self) -> int:
        return hash(self.__compared__(self))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


def _nothing(_: object) -> object:
    return ()
