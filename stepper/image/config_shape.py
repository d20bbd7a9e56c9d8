"""Whether a JSON document can be an image's configuration: an archive can say anything."""

from collections.abc import Callable, Mapping
from typing import Any

_Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_names(value: Any) -> bool:
    return isinstance(value, dict)


def _is_labels(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_words(value: Any) -> bool:
    return _is_text(value) or _is_texts(value)


def _is_healthcheck(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and (not value.get("Test") or _is_texts(value["Test"]))
        and all(isinstance(each, int) for name, each in value.items() if name != "Test" and each is not None)
    )


_DOCUMENT: Mapping[str, _Check] = {
    **dict.fromkeys(("created", "author", "architecture", "os", "variant"), _is_text),
    "config": _is_names,
    "history": lambda value: isinstance(value, list) and all(isinstance(entry, dict) for entry in value),
    "rootfs": _is_names,
}
_CONFIG: Mapping[str, _Check] = {
    **dict.fromkeys(("User", "WorkingDir", "StopSignal"), _is_text),
    **dict.fromkeys(("Env", "OnBuild"), _is_texts),
    **dict.fromkeys(("Entrypoint", "Cmd", "Shell"), _is_words),
    **dict.fromkeys(("ExposedPorts", "Volumes"), _is_names),
    "Labels": _is_labels,
    "Healthcheck": _is_healthcheck,
}
_HISTORY: Mapping[str, _Check] = dict.fromkeys(("created", "created_by", "comment"), _is_text)


def misshapen_field(document: Mapping[str, Any]) -> str | None:
    """The first field of an OCI image configuration that is of another type than it has to be; None where all is well.

    What is null is not set.
    """
    return (
        _misshapen(document, _DOCUMENT, "")
        or _misshapen(document.get("config") or {}, _CONFIG, "config.")
        or next(filter(None, (_misshapen(each, _HISTORY, "history.") for each in document.get("history") or ())), None)
    )


def _misshapen(values: Mapping[str, Any], checks: Mapping[str, _Check], prefix: str) -> str | None:
    return next(
        (prefix + name for name, check in checks.items() if values.get(name) is not None and not check(values[name])),
        None,
    )
