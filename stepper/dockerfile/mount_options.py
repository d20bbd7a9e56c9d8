"""The options of a `RUN --mount`: read from the flag's value, expanded, and checked against its type.

The order in which they stand counts: `size` and `required` are only taken behind the type that knows them. Messages are
BuildKit's. https://docs.docker.com/reference/dockerfile/#run---mount
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from stepper.dockerfile.csv_fields import CsvError, csv_fields
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.mounts import CacheSharing
from stepper.dockerfile.sizes import size_in_bytes
from stepper.frozen import frozen


class MountType(Enum):
    """What is mounted; the value is how it is written."""

    BIND = "bind"
    CACHE = "cache"
    TMPFS = "tmpfs"
    SECRET = "secret"
    SSH = "ssh"


@frozen
class MountOptions:
    """The options as they are given; None, or "" for a text, for one that is not."""

    type: MountType = MountType.BIND
    from_name: str = ""
    source: str = ""
    target: str = ""
    id: str = ""
    read_only: bool | None = None
    size: int | None = None
    sharing: CacheSharing | None = None
    required: bool = False
    env: str | None = None
    mode: int | None = None
    uid: int | None = None
    gid: int | None = None


_ALIASES = {
    "src": "source",
    "dst": "target",
    "destination": "target",
    "ro": "readonly",
    "rw": "readwrite",
}
_KEYS = (
    "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid", "src",
    "dst", "destination", "ro", "rw", "readwrite", "env",
)  # fmt: skip
_KNOWN: Mapping[MountType, str] = {
    MountType.BIND: "target, source, from and readwrite",
    MountType.CACHE: "target, id, sharing, from, source, readonly, mode, uid and gid",
    MountType.TMPFS: "target and size",
    MountType.SECRET: "id, target, env, required, mode, uid and gid",
    MountType.SSH: "id, target, required, mode, uid and gid",
}
_WITHOUT_VALUE = frozenset({"readonly", "readwrite", "required"})
_WITH_OWNER = frozenset({MountType.CACHE, MountType.SECRET, MountType.SSH})
_WITH_REQUIRED = frozenset({MountType.SECRET, MountType.SSH})
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_OCTAL = re.compile(r"[0-7]+")
_DECIMAL = re.compile(r"[0-9]+")
_PERMISSIONS = 0o777
_MOST_32_BITS = 2**32 - 1


def mount_from(value: str) -> str | None:
    """What the flag's `from` names, None without one: all that is looked at when the file is read.

    Raises `MalformedError` for a value that is no list of options, and for a variable in `from`.
    """
    found: str | None = None
    for field in _fields(value):
        key, equals, name = field.partition("=")
        if not equals or key.lower() != "from":
            continue
        if "$" in name[:-1] and name.index("$") != len(name) - 1:
            raise MalformedError(
                "'from' doesn't support variable expansion, define alias stage instead",
                hint="Add a stage with `FROM $NAME AS name`, its ARG before the first FROM, and mount from that stage.",
                word=field,
            )
        found = name or None
    return found


def mount_words(value: str) -> tuple[str, ...]:
    """The parts of the flag's value in which variables are expanded; none for one that is no list of options."""
    try:
        fields = csv_fields(value)
    except CsvError:
        return ()
    return tuple(text for _, equals, text in (field.partition("=") for field in fields) if equals)


def read_options(value: str, expand: Callable[[str], str]) -> MountOptions:
    """The options in the flag's value. `expand` gives an option's value its variables.

    Raises `MalformedError`, and what `expand` raises.
    """
    found: dict[str, Any] = {}
    for field in _fields(value):
        _read_field(field, expand, found)
    options = MountOptions(**found)
    _check_owner(options)
    _check_secret(options)
    if options.sharing is not None and options.type is not MountType.CACHE:
        raise _not_for(f"invalid cache sharing set for {options.type.value} mount", "sharing", options.type)
    return options


def _fields(value: str) -> tuple[str, ...]:
    try:
        return csv_fields(value)
    except CsvError as error:
        raise MalformedError(
            f"failed to parse csv mounts: {error}",
            hint="Write it as --mount=type=cache,target=/path; quote an option as a whole, as '\"target=/a,b\"'.",
            word="--mount",
        ) from error


def _read_field(field: str, expand: Callable[[str], str], found: dict[str, Any]) -> None:
    written, equals, value = field.partition("=")
    key = written.lower()
    name = _ALIASES.get(key, key)
    type_ = found.get("type", MountType.BIND)
    if equals:
        value = expand(value)
    elif name not in _WITHOUT_VALUE:
        raise MalformedError(
            f"invalid field '{field}' must be a key=value pair",
            hint=f"A {type_.value} mount knows {_KNOWN[type_]}.",
            word=field or "--mount",
        )
    else:
        value = "true"
    if name not in _READERS:
        meant = did_you_mean(nearest(key, _KEYS))
        hint = f"A {type_.value} mount knows {_KNOWN[type_]}."
        raise MalformedError(f"unexpected key '{key}' in '{field}'{meant}", hint=hint, word=written or field)
    if (name == "required" and type_ not in _WITH_REQUIRED) or (name == "size" and type_ is not MountType.TMPFS):
        raise _not_for(f"unexpected key '{key}' for mount type '{type_.value}'", written, type_)
    try:
        option, read = _READERS[name]
        found[option] = read(value)
    except MalformedError as error:
        raise MalformedError(error.message, hint=error.hint, word=field) from None
    except ValueError:
        form = f"invalid value {value} for {key}" if name in _NUMBERS else f"invalid value for {key}: {value}"
        raise MalformedError(form, hint=_VALUES[name], word=field) from None


def _one_of(kind: type[Enum], what: str) -> Callable[[str], Enum]:
    """What reads a word of an enumeration; `what` it is, for the message about any other."""
    known = [each.value for each in kind]

    def read(value: str) -> Enum:
        if value.lower() not in known:
            raise MalformedError(
                f'unsupported {what} "{value}"{did_you_mean(nearest(value, known))}',
                hint=f"It can be {', '.join(known)}.",
            )
        return kind(value.lower())

    return read


def _boolean(value: str) -> bool:
    if value not in _TRUE | _FALSE:
        raise ValueError(value)
    return value in _TRUE


def _not_boolean(value: str) -> bool:
    return not _boolean(value)


def _mode(value: str) -> int:
    return _number(value, _OCTAL, 8) & _PERMISSIONS


def _owner(value: str) -> int:
    return _number(value, _DECIMAL, 10)


def _number(value: str, digits: re.Pattern[str], base: int) -> int:
    if digits.fullmatch(value) is None or int(value, base) > _MOST_32_BITS:
        raise ValueError(value)
    return int(value, base)


_READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "type": ("type", _one_of(MountType, "mount type")),
    "from": ("from_name", str),
    "source": ("source", str),
    "target": ("target", str),
    "id": ("id", str),
    "env": ("env", str),
    "readonly": ("read_only", _boolean),
    "readwrite": ("read_only", _not_boolean),
    "required": ("required", _boolean),
    "size": ("size", size_in_bytes),
    "sharing": ("sharing", _one_of(CacheSharing, "sharing value")),
    "mode": ("mode", _mode),
    "uid": ("uid", _owner),
    "gid": ("gid", _owner),
}
_NUMBERS = frozenset({"mode", "uid", "gid"})
_VALUES: Mapping[str, str] = {
    "readonly": "It can be true or false.",
    "readwrite": "It can be true or false.",
    "required": "It can be true or false.",
    "size": "Write it as 64m, 1g or a number of bytes.",
    "mode": "Write it in octal digits, as 0755.",
    "uid": "It is a number; names are not looked up.",
    "gid": "It is a number; names are not looked up.",
}


def _check_owner(options: MountOptions) -> None:
    if options.type in _WITH_OWNER:
        return
    for key, value in (("mode", options.mode), ("uid", options.uid), ("gid", options.gid)):
        if value is not None:
            raise _not_for(f'{key} not allowed for "{options.type.value}" type mounts', key, options.type)


def _check_secret(options: MountOptions) -> None:
    if options.type is not MountType.SECRET:
        return
    if options.from_name:
        raise _not_for("secret mount should not have a from", "from", options.type)
    if options.sharing is not None:
        raise _not_for("secret mount should not define sharing", "sharing", options.type)
    if not options.source and not options.target and not options.id:
        raise MalformedError(
            "invalid secret mount. one of source, target required",
            hint="Name the secret, as --mount=type=secret,id=token.",
            word="type=secret",
        )
    if options.source and options.id:
        raise MalformedError(
            "both source and id can't be set", hint="The two are one option; take id.", word=f"source={options.source}"
        )


def _not_for(message: str, key: str, type_: MountType) -> MalformedError:
    return MalformedError(message, hint=f"A {type_.value} mount knows {_KNOWN[type_]}.", word=key)
