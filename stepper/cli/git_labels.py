"""The labels that docker gives an image built from a Git repository, when BUILDX_GIT_LABELS asks for them.

https://docs.docker.com/build/building/variables/#buildx_git_labels
"""

from collections.abc import Mapping
from pathlib import Path

from stepper.engine.remote.secrecy import without_credentials

LABELS_VARIABLE = "BUILDX_GIT_LABELS"
_DIRTY_VARIABLE = "BUILDX_GIT_CHECK_DIRTY"
_REVISION = "org.opencontainers.image.revision"
_SOURCE = "org.opencontainers.image.source"
_DOCKERFILE = "com.docker.image.source.entrypoint"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})


def git_labels(context: Path, dockerfile: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The labels for a build of this folder; none where nobody asks, or where it is in no repository."""
    if environment.get(LABELS_VARIABLE) not in _TRUE | {"full"}:
        return {}
    root = _git(context, environment, "rev-parse", "--show-toplevel")
    if not root:
        return {}
    found: dict[str, str] = {}
    revision = _git(context, environment, "show", "--format=%H", "HEAD", "--quiet", "--")
    if revision:
        is_checked = environment.get(_DIRTY_VARIABLE) in _TRUE
        is_dirty = is_checked and bool(_git(context, environment, "status", "--porcelain", "--ignored"))
        found[_REVISION] = f"{revision}-dirty" if is_dirty else revision
    remote = _remote(context, environment)
    if remote:
        found[_SOURCE] = without_credentials(remote)
    place = dockerfile.absolute().resolve()
    if place.is_relative_to(root):
        found[_DOCKERFILE] = str(place.relative_to(root))
    return found


def _remote(context: Path, environment: Mapping[str, str]) -> str:
    """The address of the remote that the branch follows, else of `origin`, else of `upstream`."""
    branch = _git(context, environment, "symbolic-ref", "-q", "HEAD")
    followed = branch and _git(context, environment, "for-each-ref", "--format=%(upstream:remotename)", branch)
    for name in filter(None, (followed, "origin", "upstream")):
        address = _git(context, environment, "remote", "get-url", name)
        if address:
            return address
    return ""


def _git(folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """The first line that git prints; empty where it fails, or where there is none."""
    import subprocess  # Not for the many builds that nobody wants to be labelled.

    try:
        result = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return result.stdout.decode(errors="replace").partition("\n")[0].replace("'", "")
