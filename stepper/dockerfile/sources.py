"""What a source of ADD or COPY is, told by its form: a path, the URL of a file, or a git repository."""

import posixpath
import re
from collections.abc import Sequence
from enum import Enum
from urllib.parse import unquote, urlsplit

from stepper.dockerfile.digests import check_digest
from stepper.dockerfile.git_references import GitReference, parse_git_reference
from stepper.dockerfile.malformed import MalformedError
from stepper.frozen import frozen

_UNNAMED = "__unnamed__"
_COMMIT = re.compile(r"[a-fA-F0-9]+")
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


class SourceKind(Enum):
    """The value is what a message calls it."""

    PATH = "a path"
    URL = "a URL"
    GIT = "a git ref"


@frozen
class UrlSource:
    """A file by its URL. `name` is the one that it has in the image; `digest` what `--checksum` asks for."""

    url: str
    name: str
    digest: str | None = None


@frozen
class GitSource:
    """A repository at a branch, tag or commit ("" for its default branch), and the folder in it whose files are meant.

    `checksum` is the hash that the commit has to have, or how that begins.
    """

    repository: str
    reference: str = ""
    folder: str = ""
    checksum: str | None = None
    keep_git_dir: bool = False
    submodules: bool = True


Source = str | UrlSource | GitSource
"""A path as it is written, or what has to be fetched."""


def source_kind(source: str) -> SourceKind:
    """As BuildKit tells them apart: an HTTP URL is a git repository when its path ends in `.git`."""
    try:
        if parse_git_reference(source) is not None:
            return SourceKind.GIT
    except MalformedError:
        return SourceKind.GIT
    return SourceKind.URL if source.startswith(("http://", "https://")) else SourceKind.PATH


def parse_sources(
    written: Sequence[str], *, checksum: str | None = None, keep_git_dir: bool | None = None
) -> tuple[Source, ...]:
    """The sources of an ADD with what its flags say about them, in order.

    As in BuildKit, what the query of one repository says counts for the sources after it too. Raises `MalformedError`.
    """
    if checksum is not None:
        if len(written) != 1:
            raise MalformedError("checksum can't be specified for multiple sources", hint="Write an ADD for each.")
        if source_kind(written[0]) is SourceKind.PATH:
            raise MalformedError("checksum requires HTTP(S) or Git sources")
    sources: list[Source] = []
    for each in written:
        reference = parse_git_reference(each)
        if reference is not None:
            source = _repository(reference, checksum, keep_git_dir)
            keep_git_dir = reference.keep_git_dir if reference.keep_git_dir is not None else keep_git_dir
            checksum = source.checksum
            sources.append(source)
        elif source_kind(each) is SourceKind.URL:
            if checksum is not None:
                check_digest(checksum)
            sources.append(UrlSource(each, _name(each), checksum))
        else:
            sources.append(each)
    return tuple(sources)


def _repository(reference: GitReference, checksum: str | None, keep_git_dir: bool | None) -> GitSource:
    if None not in (keep_git_dir, reference.keep_git_dir) and keep_git_dir != reference.keep_git_dir:
        raise MalformedError("inconsistent keep-git-dir configuration", hint="The flag and the URL say the opposite.")
    if None not in (checksum, reference.checksum) and checksum != reference.checksum:
        raise MalformedError(f'checksum mismatch "{checksum}" != "{reference.checksum}"')
    wanted = reference.checksum or checksum
    if wanted is not None and not _COMMIT.fullmatch(wanted):
        raise MalformedError(f"invalid checksum {wanted} for Git URL, expected hex commit hash")
    return GitSource(
        repository=reference.repository,
        reference=reference.reference,
        folder=reference.folder,
        checksum=wanted,
        keep_git_dir=bool(keep_git_dir if reference.keep_git_dir is None else reference.keep_git_dir),
        submodules=reference.submodules is not False,
    )


def _name(url: str) -> str:
    """The last part of the URL's path. Raises `MalformedError` for what is no URL."""
    try:
        path = urlsplit(url).path
    except ValueError as error:
        raise MalformedError(f"{url} is no valid URL: {error}") from error
    if _BAD_ESCAPE.search(path):
        return _UNNAMED
    return posixpath.basename(unquote(path, errors="surrogateescape").rstrip("/")) or _UNNAMED
