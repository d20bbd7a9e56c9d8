"""Contexts and Dockerfiles that are folders and files of this machine."""

from pathlib import Path

from stepper.cli.arguments import COMMANDS
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.errors import UsageError
from stepper.text import printable


def local_context(written: str) -> Path:
    """The folder of that name. Raises `UsageError` with a hint when it is none."""
    path = Path(written)
    if path.is_file():
        raise UsageError(
            f"{printable(written)} is a file, but the build context is a folder",
            hint=f"For this Dockerfile: stepper -f {printable(written)} {printable(str(path.parent))}",
        )
    if not path.is_dir():
        meant = nearest(written, COMMANDS)
        raise UsageError(
            f"{printable(written)}: there is no such folder{did_you_mean(meant)}",
            hint=f"Name the folder with the files to build from; the commands are {', '.join(COMMANDS)}.",
        )
    return path


def local_dockerfile(written: str | None, context: Path) -> Path:
    """The file of that name, the context's `Dockerfile` without one. Raises `UsageError` with those that there are."""
    path = Path(written) if written is not None else context / "Dockerfile"
    if path.is_dir():
        raise UsageError(f"{printable(str(path))} is a folder, not a Dockerfile", hint=_candidates_hint(path))
    if not path.exists():
        folder = path.parent if written is not None else context
        raise UsageError(f"there is no {printable(str(path))}", hint=_candidates_hint(folder))
    return path


def _candidates_hint(folder: Path) -> str:
    """The Dockerfiles that there are, or how to name one."""
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        names = []
    found = [printable(str(folder / name)) for name in names if _looks_like_a_dockerfile(name)]
    if not found:
        return "Name the Dockerfile with -f, and the folder of its files as CONTEXT."
    return f"Did you mean {' or '.join(f'-f {name}' for name in found[:3])}?"


def _looks_like_a_dockerfile(name: str) -> bool:
    lower = name.lower()
    if lower.endswith(".dockerignore"):
        return False
    return lower in ("dockerfile", "containerfile") or lower.startswith("dockerfile.") or lower.endswith(".dockerfile")
