"""From the command line to the options of a build: folders and files are looked up, arguments are completed."""

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from stepper.cli import option_values
from stepper.debugger.options import BuildOptions
from stepper.dockerfile.references import reference_problem
from stepper.engine.step import RunSettings
from stepper.errors import UsageError
from stepper.text import printable

_REMOTE = re.compile(r"[a-z]+://|git@|github\.com/", re.IGNORECASE)


def build_options(arguments: argparse.Namespace, environment: Mapping[str, str]) -> BuildOptions:
    """The options that the arguments ask for. Raises `UsageError` for what cannot be."""
    context = _context(arguments.context)
    return BuildOptions(
        context=context,
        dockerfile=_dockerfile(arguments.file, context),
        tags=_tags(arguments.tag),
        target=arguments.target,
        build_args=_build_args(arguments.build_arg, environment),
        run_settings=RunSettings(
            network=arguments.network,
            extra_hosts=option_values.extra_hosts(arguments.add_host),
            shm_size=option_values.shm_size(arguments.shm_size),
            ulimits=option_values.ulimits(arguments.ulimit),
        ),
        labels=option_values.labels(arguments.label),
        platform=option_values.platform(arguments.platform, environment),
        no_cache=arguments.no_cache,
        no_cache_stages=_no_cache_stages(arguments),
        image_id_file=_image_id_file(arguments.iidfile),
        pull=arguments.pull,
        until=getattr(arguments, "until", None),
    )


def _no_cache_stages(arguments: argparse.Namespace) -> tuple[str, ...]:
    names = option_values.names_of(arguments.no_cache_filter)
    if names and arguments.no_cache:
        raise UsageError(
            "--no-cache and --no-cache-filter cannot be used together",
            hint="--no-cache runs every stage anew, --no-cache-filter only those that it names.",
        )
    return names


def _image_id_file(written: str | None) -> Path | None:
    if written is None:
        return None
    path = Path(written)
    if path.is_dir():
        raise UsageError(f"--iidfile {printable(written)} is a folder, but the image's id goes into a file")
    if not path.parent.is_dir():
        raise UsageError(f"--iidfile {printable(written)}: there is no folder {printable(str(path.parent))}")
    return path


def _context(written: str) -> Path:
    if written == "-" or _REMOTE.match(written):
        raise UsageError(
            f"{printable(written)}: Stepper reads the build context from a folder only",
            hint="Clone or unpack it first, and name the folder.",
        )
    path = Path(written)
    if path.is_file():
        raise UsageError(
            f"{printable(written)} is a file, but the build context is a folder",
            hint=f"For this Dockerfile: stepper -f {printable(written)} {printable(str(path.parent))}",
        )
    if not path.is_dir():
        raise UsageError(
            f"{printable(written)}: there is no such folder",
            hint="Name the folder with the files to build from; the commands are run, check, engine and prune.",
        )
    return path


def _dockerfile(written: str | None, context: Path) -> Path:
    if written == "-":
        raise UsageError(
            "a Dockerfile cannot be read from standard input: there is nothing to edit and to come back to",
            hint="Save it to a file, and name it with -f.",
        )
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


def _tags(written: Sequence[str]) -> tuple[str, ...]:
    for tag in written:
        problem = reference_problem(tag)
        if problem is None and "@" in tag:
            problem = f"invalid tag {tag!r}: a tag has no digest"
        if problem is not None:
            raise UsageError(printable(problem), hint="A tag is NAME or NAME:TAG, as app:1.0.")
    return tuple(dict.fromkeys(written))


def _build_args(written: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """`K=V` as it is; `K` takes its value from the environment, and is left out where that has none."""
    found: dict[str, str] = {}
    for argument in written:
        name, equals, value = argument.partition("=")
        if not name:
            raise UsageError(
                f"--build-arg {printable(argument)} has no name", hint="Write it as --build-arg NAME=VALUE."
            )
        if equals:
            found[name] = value
        elif name in environment:
            found[name] = environment[name]
    return found
