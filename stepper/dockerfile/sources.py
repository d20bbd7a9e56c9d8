"""What a source of ADD or COPY is, told by its form: a path, the URL of a file, or a git repository."""

import re
from enum import Enum
from urllib.parse import urlsplit

_PROTOCOL = re.compile(r"([a-zA-Z0-9]+)://")
_SCP_STYLE = re.compile(r"[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:.*")


class SourceKind(Enum):
    """The value is what a message calls it."""

    PATH = "a path"
    URL = "a URL"
    GIT = "a git repository"


def source_kind(source: str) -> SourceKind:
    """As BuildKit tells them apart: an HTTP URL is a git repository when its path ends in `.git`."""
    protocol = _PROTOCOL.match(source)
    if protocol is None:
        is_git = _SCP_STYLE.fullmatch(source) and not source.startswith(("./", "../", "github.com/"))
        return SourceKind.GIT if is_git else SourceKind.PATH
    name = protocol[1].lower()
    if name in ("git", "ssh"):
        return SourceKind.GIT
    if name not in ("http", "https"):
        return SourceKind.PATH
    if _path_of(source).endswith(".git"):
        return SourceKind.GIT
    return SourceKind.URL if source.startswith(("http://", "https://")) else SourceKind.PATH


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
