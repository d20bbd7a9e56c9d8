"""Git repositories as they are written: `https://host/x.git#ref:folder`, `git@host:x?branch=main&subdir=folder`.

See https://docs.docker.com/build/concepts/context/#url-fragments.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit, urlunsplit

from stepper.dockerfile.malformed import MalformedError
from stepper.frozen import frozen

_PROTOCOL = re.compile(r"([a-zA-Z0-9]+)://")
_SCP_STYLE = re.compile(r"([a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:.*?)(?:\?(.*?))?(?:#(.*))?")
_BARE_GITHUB = "github.com/"
_BRANCHES, _TAGS = "refs/heads/", "refs/tags/"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_WITHOUT_VALUE = frozenset({"keep-git-dir", "submodules"})


@frozen
class GitReference:
    """A repository, the branch, tag or commit in it ("" for its default branch), and the folder in it that is meant.

    `checksum` is the hash that the commit has to have, or how that begins. `keep_git_dir` and `submodules` are None
    where nothing is written about them.
    """

    repository: str
    reference: str = ""
    folder: str = ""
    checksum: str | None = None
    keep_git_dir: bool | None = None
    submodules: bool | None = None


def parse_git_reference(written: str, *, bare_github: bool = False) -> GitReference | None:
    """The repository that a source names; None for one that is no repository, as BuildKit tells them apart.

    `bare_github` has `github.com/...` be one too, as for a build context. Raises `MalformedError` for a query that
    nobody understands.
    """
    if written.startswith(("./", "../")):
        return None
    if written.startswith(_BARE_GITHUB):
        parts = _split(f"https://{written}") if bare_github else None
        return None if parts is None else _of_url(parts)
    protocol = _PROTOCOL.match(written)
    if protocol is None:
        scp = _SCP_STYLE.fullmatch(written)
        return None if scp is None else _reference(scp[1], scp[3] or "", scp[2] or "")
    name = protocol[1].lower()
    parts = _split(written) if name in ("http", "https", "git", "ssh") else None
    if parts is None or (name in ("http", "https") and not unquote(parts.path).endswith(".git")):
        return None
    return _of_url(parts)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _of_url(parts: SplitResult) -> GitReference:
    repository = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    return _reference(repository, unquote(parts.fragment), parts.query)


def _reference(repository: str, fragment: str, query: str) -> GitReference:
    reference, _, folder = fragment.partition(":")
    found = GitReference(repository, reference, folder)
    values = parse_qs(query, keep_blank_values=True)
    for name, texts in values.items():
        if len(texts) > 1:
            raise MalformedError(f'query "{name}" has multiple values')
        if not texts[0] and name not in _WITHOUT_VALUE:
            raise MalformedError(f'query "{name}" has no value')
        found = _with_query(found, name, texts[0])
    return _with_branch_or_tag(found, {name: texts[0] for name, texts in values.items()})


def _with_query(found: GitReference, name: str, value: str) -> GitReference:
    if name == "ref":
        return replace(found, reference=_only("ref", found.reference, value))
    if name == "subdir":
        return replace(found, folder=_only("subdir", found.folder, value))
    if name in ("checksum", "commit"):
        return replace(found, checksum=value)
    if name == "keep-git-dir":
        return replace(found, keep_git_dir=_switch(name, value))
    if name == "submodules":
        return replace(found, submodules=_switch(name, value))
    if name not in ("branch", "tag"):
        raise MalformedError(
            f'unexpected query "{name}"',
            hint="It can be ref, branch, tag, subdir, checksum, commit, keep-git-dir and submodules.",
        )
    return found


def _with_branch_or_tag(found: GitReference, values: Mapping[str, str]) -> GitReference:
    if "tag" in values and "branch" in values:
        raise MalformedError("branch conflicts with tag")
    for name, prefix in (("tag", _TAGS), ("branch", _BRANCHES)):
        if name in values:
            full = prefix + values[name].removeprefix(prefix)
            return replace(found, reference=_only("ref", found.reference, full))
    return found


def _only(name: str, before: str, value: str) -> str:
    """The value of what may be written twice, as long as it is the same."""
    if before and before != value:
        raise MalformedError(f'{name} conflicts: "{before}" vs "{value}"')
    return value


def _switch(name: str, value: str) -> bool:
    if value in _TRUE or not value:
        return True
    if value in _FALSE:
        return False
    raise MalformedError(f'invalid {name} value: "{value}"', hint="It can be true or false.")
