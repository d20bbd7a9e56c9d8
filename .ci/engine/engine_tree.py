"""The Debian tree with Docker in it: made once, kept in the cache folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from debian import SetupError, codename, debootstrap, say

# The first has a current Docker on every machine, whatever its own release has.
_SUITE = "forky"
# The engine's builder fetches repositories with git, and unpacks archives with xz.
_PACKAGES = "docker.io,ca-certificates,git,iproute2,iptables,nftables,xz-utils"


def engine_tree(cache: Path) -> Path:
    """The tree's folder, made now if need be. The caller sees to it that nobody else does so at the same time."""
    tree = cache / "engine-tree"
    stamp = cache / "engine-tree.packages"
    if tree.is_dir() and stamp.is_file() and stamp.read_text() == _PACKAGES:
        return tree
    say(f"no Docker engine found: making one in {cache} (about a minute, kept for the next time)")
    unfinished = cache / "engine-tree.unfinished"
    try:
        for suite in dict.fromkeys((_SUITE, codename())):
            # Left there by a run that was killed, or by the suite before.
            shutil.rmtree(unfinished, ignore_errors=True)
            if _make(suite, unfinished, cache / "log" / f"engine-tree-{suite}.log"):
                shutil.rmtree(tree, ignore_errors=True)
                unfinished.rename(tree)
                stamp.write_text(_PACKAGES)
                return tree
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    raise SetupError("no Docker could be installed")


def _make(suite: str, tree: Path, log: Path) -> bool:
    try:
        debootstrap(suite, tree, _PACKAGES, log)
    except SetupError as error:
        say(f"no Docker from Debian {suite}: {error}")
        return False
    return True


def forget_engine_data(tree: Path) -> None:
    """Remove all images and containers of the engine in `tree`, which must not be running."""
    shutil.rmtree(tree / "var/lib/docker", ignore_errors=True)
