"""Repositories and files by their URL, fetched for a command line: what goes wrong is the command line's doing.

What it takes to fetch is imported when something is fetched: most builds have all they need on this machine.
"""

import re
from pathlib import Path

from stepper.dockerfile.git_references import parse_git_reference
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.sources import GitSource
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace
from stepper.errors import UsageError
from stepper.text import printable

_URL = re.compile(r"https?://", re.IGNORECASE)


def is_url(written: str) -> bool:
    """Whether this is something to download."""
    return _URL.match(written) is not None


def git_source(written: str) -> GitSource | None:
    """The repository that a context names, None for none. Raises `UsageError` for a query that nobody understands.

    See https://docs.docker.com/build/concepts/context/#git-repositories.
    """
    try:
        found = parse_git_reference(written, bare_github=True)
    except MalformedError as error:
        raise UsageError(f"{printable(without_credentials(written))}: {error.message}", hint=error.hint) from error
    if found is None:
        return None
    return GitSource(
        repository=found.repository,
        reference=found.reference,
        folder=found.folder,
        checksum=found.checksum,
        keep_git_dir=bool(found.keep_git_dir),
        submodules=found.submodules is not False,
    )


def fetch_repository(source: GitSource, workspace: Workspace) -> Path:
    """Check a repository out; the folder that is the context. Raises `UsageError` that says what git says."""
    from stepper.engine.remote.git_command import GitCommand
    from stepper.engine.remote.git_repository import check_out

    try:
        return check_out(source, GitCommand(source.repository), workspace)
    except FetchError as error:
        raise UsageError(error.message, hint=error.hint) from error


def fetch_file(url: str, to: Path) -> None:
    """Download a file. Raises `UsageError` that says why it cannot be had."""
    from stepper.engine.remote.download import download

    try:
        download(url, to)
    except FetchError as error:
        raise UsageError(error.message, hint=error.hint) from error
