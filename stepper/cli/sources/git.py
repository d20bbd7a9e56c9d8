"""Git repositories as build contexts: https://docs.docker.com/build/concepts/context/#git-repositories"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stepper.cli.sources.secrecy import without_password
from stepper.errors import UsageError
from stepper.text import printable, strip_control

_REPOSITORY = re.compile(r"git://|ssh://|https?://[^#]*\.git(?:#|$)|[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:|github\.com/")
_UMASK = 0o022
"""BuildKit checks out with this one: it makes the modes of the files."""
_TOLD_LINES = 5


@dataclass(frozen=True)
class GitSource:
    """A repository at a branch, tag or commit ("" for its default branch), and the folder in it that is the context."""

    repository: str
    reference: str = ""
    folder: str = ""


def git_source(written: str) -> GitSource | None:
    """The repository that a context names: `https://.../x.git#ref:folder`, `git@host:x`, ...; None for none."""
    if not _REPOSITORY.match(written):
        return None
    repository, _, fragment = written.partition("#")
    reference, _, folder = fragment.partition(":")
    if repository.startswith("github.com/"):
        repository = f"https://{repository}"
    return GitSource(repository, reference, folder)


def fetch(source: GitSource, into: Path, *, keep_git_folder: bool = False) -> Path:
    """Check the repository out into an empty folder; the folder that is the context.

    Submodules come along; `.git` goes unless it is to be kept. Raises `UsageError` that says what git says.
    """
    if shutil.which("git") is None:
        raise UsageError(
            f"{_shown(source)}: a Git context is fetched with the git command, and there is none",
            hint="Install git, or clone the repository elsewhere and name its folder.",
        )
    if source.reference.startswith("-"):
        raise UsageError(f"{_shown(source)}: {printable(source.reference)} is no branch, tag or commit")
    _git(source, into, "init", "--quiet")
    _git(source, into, "remote", "add", "origin", source.repository)
    _check_out(source, into)
    if (into / ".gitmodules").is_file():
        _git(source, into, "submodule", "--quiet", "update", "--init", "--recursive", "--depth=1")
    if not keep_git_folder:
        shutil.rmtree(into / ".git")
    return _folder(source, into)


def _check_out(source: GitSource, into: Path) -> None:
    """Only the wanted commit, where the server gives it; else everything, as for a shortened commit."""
    wanted = source.reference or "HEAD"
    try:
        _git(source, into, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", wanted)
        commit = "FETCH_HEAD"
    except UsageError:
        _git(
            source,
            into,
            "fetch",
            "--quiet",
            "--tags",
            "origin",
            "+refs/heads/*:refs/remotes/origin/*",
            "+HEAD:refs/default",
        )
        commit = _resolved(source, into)
    _git(source, into, "-c", "advice.detachedHead=false", "checkout", "--quiet", "--force", commit)


def _resolved(source: GitSource, into: Path) -> str:
    reference = source.reference
    if not reference:
        return "refs/default"
    for name in (f"refs/remotes/origin/{reference}", f"refs/tags/{reference}", reference):
        found = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"],
            cwd=into,
            capture_output=True,
            check=False,
        )
        if found.returncode == 0:
            return found.stdout.decode().strip()
    raise UsageError(
        f"{_shown(source)}: there is no branch, tag or commit {printable(reference)}",
        hint="Write it behind the repository: REPOSITORY#REF or REPOSITORY#REF:FOLDER.",
    )


def _git(source: GitSource, folder: Path, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_DIR")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, check=False, umask=_UMASK
    )
    if done.returncode:
        said = [line for line in strip_control(done.stderr).splitlines() if line.strip()][-_TOLD_LINES:]
        raise UsageError(
            f"{_shown(source)} cannot be fetched: git ended with exit code {done.returncode}",
            hint=without_password("\n".join(said)) or None,
        )


def _folder(source: GitSource, into: Path) -> Path:
    top = into.resolve()
    folder = (top / source.folder.strip("/")).resolve()
    if not folder.is_relative_to(top) or not folder.is_dir():
        raise UsageError(f"{_shown(source)}: there is no folder {printable(source.folder)} in the repository")
    return folder


def _shown(source: GitSource) -> str:
    return printable(without_password(source.repository))
