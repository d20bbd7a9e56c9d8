"""Have base images in an engine: what it lacks is pulled, and where no registry answers a stand-in is made from Debian.

As a program: base_images.py [NAME...] works on the engine at DOCKER_HOST. `golang` without a tag means the Go version
that the stand-in has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import busybox_tree
from debian import SetupError, codename, debootstrap, drop_package_caches, say, why_not_here
from engine_api import EngineApi, EngineError
from own_engine import cache_folder

BUSYBOX = "busybox:latest"
DEBIAN = "debian:stable-slim"
GOLANG = "golang:1.27"

_REGISTRY_PATIENCE = 10.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class StandIn:
    """How to make an image without a registry: its filesystem, and its configuration as Dockerfile instructions."""

    make_tree: Callable[[Path], None]
    configuration: tuple[str, ...]
    takes: str


def ensure_images(url: str, names: list[str]) -> None:
    """Have all images of `names` in the engine at `url`. Raises SetupError for one that cannot be pulled or made."""
    engine = EngineApi(url)
    for name in names:
        if not engine.has_image(name):
            _provide(engine, name)


def _provide(engine: EngineApi, name: str) -> None:
    try:
        say(f"pulling {name}")
        engine.pull(name, patience=_REGISTRY_PATIENCE)
        return
    except EngineError as error:
        refused = str(error)
    stand_in = _STAND_INS.get(name)
    obstacle = "none is known for it" if stand_in is None else why_not_here()
    if stand_in is None or obstacle is not None:
        raise SetupError(f"{name} cannot be pulled ({refused}), and no stand-in can be made: {obstacle}")
    archive = _archive(name, stand_in)
    try:
        engine.import_image(name, archive, list(stand_in.configuration))
    except EngineError as error:
        raise SetupError(f"the stand-in for {name} could not be imported: {error}") from error


def _archive(name: str, stand_in: StandIn) -> Path:
    """The stand-in's filesystem as a tar in the cache folder, made now if need be."""
    images = cache_folder() / "images"
    images.mkdir(parents=True, exist_ok=True)
    archive = images / f"{name.replace(':', '-')}.tar"
    if archive.exists():
        say(f"no registry answers: the kept stand-in serves as {name}")
        return archive
    say(f"no registry answers: making a stand-in for {name} from Debian's packages ({stand_in.takes})")
    with tempfile.TemporaryDirectory(dir=images, prefix="unfinished-") as folder:
        tree = Path(folder, "tree")
        tree.mkdir(mode=0o755)
        stand_in.make_tree(tree)
        unfinished = Path(folder, "tar")
        command = ["tar", "--create", "--numeric-owner", "--sort=name", "--file", str(unfinished)]
        command += ["--exclude=./dev/*", "--exclude=./proc/*", "--exclude=./sys/*", "--directory", str(tree), "."]
        subprocess.run(command, check=True)
        unfinished.rename(archive)
    return archive


def _make_debian(tree: Path) -> None:
    log = cache_folder() / "log" / "debian.log"
    try:
        debootstrap("stable", tree, "", log)
    except SetupError:
        shutil.rmtree(tree)
        debootstrap(codename(), tree, "", log)
    _slim(tree)


def _make_golang(tree: Path) -> None:
    debootstrap("forky", tree, "golang-1.27-go,ca-certificates", cache_folder() / "log" / "golang.log")
    (tree / "usr/local/go").symlink_to("../lib/go-1.27")
    for folder in ("go", "go/bin", "go/src"):
        (tree / folder).mkdir()
        (tree / folder).chmod(0o1777)
    _slim(tree)


def _slim(tree: Path) -> None:
    """Take out what the official slim images leave out, and what debootstrap copied from this machine."""
    drop_package_caches(tree)
    for folder in ("man", "info", "locale", "lintian", "linda"):
        for path in (tree / "usr/share" / folder).glob("*"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    for path in (tree / "usr/share/doc").rglob("*"):
        if path.name != "copyright" and (path.is_symlink() or not path.is_dir()):
            path.unlink()
    (tree / "etc/hostname").write_text("localhost\n")
    (tree / "etc/resolv.conf").write_text("")


_STAND_INS = {
    BUSYBOX: StandIn(busybox_tree.make, (f"ENV PATH={_PATH}", 'CMD ["sh"]'), "seconds"),
    DEBIAN: StandIn(_make_debian, (f"ENV PATH={_PATH}", 'CMD ["bash"]'), "half a minute"),
    GOLANG: StandIn(
        _make_golang,
        (
            f"ENV PATH=/go/bin:/usr/local/go/bin:{_PATH}",
            "ENV GOTOOLCHAIN=local",
            "ENV GOPATH=/go",
            "WORKDIR /go",
            'CMD ["bash"]',
        ),
        "a minute",
    ),
}


def main(arguments: list[str]) -> int:
    url = os.environ.get("DOCKER_HOST")
    if not url:
        say("base-images: DOCKER_HOST does not say which engine to use; .ci/with-engine sets it")
        return 2
    full_names = {"busybox": BUSYBOX, "debian": DEBIAN, "golang": GOLANG}
    try:
        ensure_images(url, [full_names.get(name, name) for name in arguments or [BUSYBOX, DEBIAN]])
    except SetupError as error:
        say(f"base-images: {error}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
