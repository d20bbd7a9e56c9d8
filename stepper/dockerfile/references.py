"""Image references: whether a name can be one, by the grammar of https://github.com/distribution/reference."""

import re

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*(?::{_TAG})?(?:@{_DIGEST})?")
_HEXADECIMAL_ID = re.compile(r"[a-f0-9]{64}")


def reference_problem(name: str) -> str | None:
    """What is wrong with `name` as an image reference, None for a good one."""
    if _HEXADECIMAL_ID.fullmatch(name):
        return f"invalid image name {name!r}: it cannot be a bare image id"
    repository = _without_registry(name).partition("@")[0].partition(":")[0]
    if repository != repository.lower():
        return f"invalid image name {name!r}: an image's name must be in lower case"
    if _REFERENCE.fullmatch(name) is None:
        return f"invalid image name {name!r}"
    return None


def _without_registry(name: str) -> str:
    first, slash, rest = name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        return rest
    return name
