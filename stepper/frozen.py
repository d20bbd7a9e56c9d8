"""Frozen dataclasses that are quick to define.

`@dataclass(frozen=True)` compiles six methods for each class, in half a millisecond. A hundred classes would take a
tenth of the time that there is until the first frame. Here the classes share all methods but `__init__`.
"""

from dataclasses import Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a dataclass whose instances compare by value, can be hashed, and never change; it has no slots.

    For values of which there are few: making one takes a little longer than with `@dataclass(frozen=True)`.
    """
    made: Any = dataclass(repr=False, eq=False)(cls)
    compared = [each.name for each in fields(made) if each.compare]
    made.__compared__ = attrgetter(*compared) if compared else staticmethod(_nothing)
    for name in ("__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__"):
        if cls.__dict__.get(name) is None:
            setattr(made, name, _Shared.__dict__[name])
    return cls


class _Shared:
    """Where the methods are taken from."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    __compared__: ClassVar[Any]

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
        # `__init__` sets each field once; nobody sets anything after that.
        if name not in self.__dataclass_fields__ or name in self.__dict__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


def _nothing(_: object) -> object:
    return ()
