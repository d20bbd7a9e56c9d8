"""Git repositories, checked out as BuildKit checks them out.

See https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository.
"""

import os
import posixpath
import re
from pathlib import Path

from stepper.dockerfile.sources import GitSource
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.git_command import GitCommand, GitFailedError, is_commit
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace
from stepper.frozen import frozen
from stepper.text import printable

_DEFAULT_BRANCH = re.compile(r"^ref: refs/heads/(\S+)", re.MULTILINE)


@frozen
class Revision:
    """What a reference of a repository stands for: the hash of its commit, and the ref's full name ("" for none)."""

    commit: str
    ref: str = ""


def find_revision(source: GitSource, git: GitCommand, workspace: Workspace) -> Revision:
    """The commit that a source stands for now; the server is only asked where the source does not say it itself.

    Raises `FetchError`.
    """
    if source.checksum is not None and is_commit(source.checksum) and not source.keep_git_dir:
        return Revision(source.checksum, source.reference)
    if is_commit(source.reference):
        return Revision(source.reference)
    folder = workspace.folder("ask")
    reference = source.reference or _default_branch(source, git, folder)
    listed = git.run(folder, "ls-remote", "--", source.repository, reference, f"{reference}^{{}}")
    revision = _revision(listed, reference)
    if revision is None:
        raise FetchError(
            f"{git.shown}: there is no branch or tag {printable(reference)}",
            hint="A commit is named by its hash in full, 40 digits.",
        )
    return revision


def _default_branch(source: GitSource, git: GitCommand, folder: Path) -> str:
    found = _DEFAULT_BRANCH.search(git.run(folder, "ls-remote", "--symref", "--", source.repository, "HEAD"))
    if found is None:
        raise FetchError(
            f"{git.shown}: the repository does not say which branch is its default",
            hint="Name one: REPOSITORY#BRANCH.",
        )
    return found[1]


def _revision(listed: str, reference: str) -> Revision | None:
    """The commit of a ref in what `ls-remote` printed. Of a branch and a tag with one name the branch counts."""
    commits = {name: commit for commit, _, name in (line.partition("\t") for line in listed.splitlines())}
    full = "refs/" + reference.removeprefix("refs/")
    branch = "refs/heads/" + reference.removeprefix("refs/heads/")
    tag = "refs/tags/" + reference.removeprefix("refs/tags/")
    for name in (full, branch, tag):
        # The commit behind an annotated tag is listed with this ending.
        commit = commits.get(f"{name}^{{}}") or commits.get(name)
        if commit:
            return Revision(commit, name)
    return None


def check_out(source: GitSource, git: GitCommand, workspace: Workspace, bare: Path | None = None) -> Path:
    """Fetch a repository into a new folder of the workspace; the folder that is meant, with `.git` where it is kept.

    `bare` is a folder, empty at first, that keeps what was fetched of this repository for the next time. Submodules
    come along. Raises `FetchError` that says what git says.
    """
    if source.reference.startswith("-"):
        raise FetchError(f"{git.shown}: {printable(source.reference)} is no branch, tag or commit")
    bare, tree = bare or workspace.folder("bare"), workspace.folder("repository")
    reference = source.reference
    kind = _object_format(source)
    if not (bare / "config").exists():
        git.run(bare, "-c", "init.defaultBranch=master", "init", "--quiet", "--bare", *kind)
        git.run(bare, "remote", "add", "origin", source.repository)
    if not reference:
        reference = _default_branch(source, git, bare)
    _fetch(git, bare, reference)
    _check_commit(source, git, bare, reference)
    # As in BuildKit there is no `.git` to keep where only a folder is meant.
    if source.keep_git_dir and _folder_path(source) == "/":
        git_dir = _check_out_with_git_dir(source, git, bare, tree, reference, kind)
    else:
        git_dir = bare
        git.run(tree, "checkout", "--quiet", reference, "--", ".", git_dir=bare, work_tree=tree)
    if source.submodules:
        git.run(
            tree,
            *("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1"),
            git_dir=git_dir,
            work_tree=tree,
        )
    return _folder(source, git, tree)


def _object_format(source: GitSource) -> tuple[str, ...]:
    commit = source.reference if is_commit(source.reference) else source.checksum or ""
    return ("--object-format=sha256",) if is_commit(commit) and len(commit) == 64 else ()


def _fetch(git: GitCommand, bare: Path, reference: str) -> None:
    if is_commit(reference):
        if not _has_commit(git, bare, reference):
            whole = ("--unshallow",) if (bare / "shallow").exists() else ()
            git.run(bare, "fetch", "--quiet", "--tags", *whole, "origin", reference)
        return
    local = reference if reference.startswith("refs/tags/") else f"tags/{reference}"
    git.run(bare, "fetch", "--quiet", "--depth=1", "--no-tags", "origin", "--force", f"{reference}:{local}")


def _has_commit(git: GitCommand, bare: Path, commit: str) -> bool:
    try:
        git.run(bare, "cat-file", "-e", f"{commit}^{{commit}}")
    except GitFailedError:
        return False
    return True


def _check_commit(source: GitSource, git: GitCommand, bare: Path, reference: str) -> None:
    """Compare with the commit that is asked for; for an annotated tag either its own hash or its commit's will do."""
    if source.checksum is None:
        return
    found = git.run(bare, "rev-parse", reference)
    commit = git.run(bare, "rev-parse", f"{reference}^{{commit}}")
    if not found.startswith(source.checksum) and not commit.startswith(source.checksum):
        raise FetchError(
            f"{git.shown}: expected checksum to match {source.checksum}, got {commit}",
            hint="The branch or tag stands for another commit than the one that is asked for.",
        )


def _check_out_with_git_dir(
    source: GitSource, git: GitCommand, bare: Path, tree: Path, reference: str, kind: tuple[str, ...]
) -> Path:
    """A clone of the one commit that is at the reference, whose origin is where it came from."""
    git_dir = tree / ".git"

    def run(*arguments: str) -> None:
        git.run(tree, *arguments, git_dir=git_dir, work_tree=tree)

    run("-c", "init.defaultBranch=master", "init", "--quiet", *kind)
    run("remote", "add", "origin", bare.as_uri())
    if git.run(bare, "cat-file", "-t", reference) == "tag":
        wanted = f"{reference}:refs/tags/{reference.removeprefix('refs/tags/')}"
    elif is_commit(reference):
        wanted = f"refs/stepper/{reference}"
        git.run(bare, "update-ref", wanted, reference)
    else:
        wanted = f"{reference}:{reference}"
    run("fetch", "--quiet", "-u", "--depth=1", "origin", wanted)
    run("-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD")
    run("remote", "set-url", "origin", without_credentials(source.repository))
    run("reflog", "expire", "--all", "--expire=now")
    (git_dir / "FETCH_HEAD").unlink(missing_ok=True)
    return git_dir


def _folder_path(source: GitSource) -> str:
    """The folder in the repository, as an absolute path in it: `..` stops at its top."""
    return posixpath.normpath("/" + source.folder.lstrip("/"))


def _folder(source: GitSource, git: GitCommand, tree: Path) -> Path:
    path = _folder_path(source)
    if path == "/":
        return tree
    top = os.path.realpath(tree)
    folder = os.path.realpath(top + path)
    if not folder.startswith(top + os.sep) or not os.path.isdir(folder):
        raise FetchError(f"{git.shown}: there is no folder {printable(path[1:])} in the repository")
    return Path(folder)
