"""From the command line to the options of a build: folders and files are looked up, arguments are completed."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stepper.cli import option_values
from stepper.cli.access_options import build_access
from stepper.cli.docker_config import configured_proxies
from stepper.cli.git_labels import LABELS_VARIABLE, git_labels
from stepper.cli.sources.locate import locate
from stepper.cli.sources.named import named_contexts
from stepper.debugger.options import BuildOptions
from stepper.debugger.source_date import source_date
from stepper.dockerfile.references import reference_problem
from stepper.engine.remote.workspace import Workspace
from stepper.engine.step import RunSettings
from stepper.errors import UsageError
from stepper.text import printable

_SOURCE_DATE_EPOCH = "SOURCE_DATE_EPOCH"


def build_options(arguments: argparse.Namespace, environment: Mapping[str, str], workspace: Workspace) -> BuildOptions:
    """The options that the arguments ask for; what has to be fetched for them goes into the workspace.

    Raises `UsageError` for what cannot be.
    """
    proxies, from_environment = configured_proxies(arguments.host, environment), _environment_args(environment)
    build_args = {**proxies, **from_environment, **_build_args(arguments.build_arg, environment)}
    source_date(build_args)
    given_by = {
        **dict.fromkeys(proxies, "docker's config.json"),
        **dict.fromkeys(from_environment, "environment"),
        **dict(map(_giver, arguments.build_arg)),
    }
    options = replace(_options(arguments, environment, build_args), args_given_by=given_by)
    sources = locate(arguments.context, arguments.file, build_args, workspace)
    if environment.get(LABELS_VARIABLE) and Path(arguments.context).is_dir():
        labels = {**options.labels, **git_labels(sources.context, sources.dockerfile, environment)}
        options = replace(options, labels=labels)
    return replace(
        options,
        context=sources.context,
        dockerfile=sources.dockerfile,
        dockerfile_name=sources.name,
        is_own_file=sources.is_own_file,
        has_ignore_file=sources.has_ignore_file,
        build_contexts=named_contexts(arguments.build_context, workspace),
    )


def _options(
    arguments: argparse.Namespace, environment: Mapping[str, str], build_args: Mapping[str, str]
) -> BuildOptions:
    """All but where the files are: nothing is fetched for a command line that is wrong."""
    return BuildOptions(
        context=Path(),
        dockerfile=Path(),
        tags=tag_names(arguments.tag),
        target=arguments.target,
        build_args=build_args,
        run_settings=RunSettings(
            network=arguments.network,
            extra_hosts=option_values.extra_hosts(arguments.add_host),
            shm_size=option_values.shm_size(arguments.shm_size),
            ulimits=option_values.ulimits(arguments.ulimit),
        ),
        access=build_access(arguments, environment),
        labels=option_values.labels(arguments.label),
        platform=option_values.platform(arguments.platform, environment),
        no_cache=arguments.no_cache,
        no_cache_stages=_no_cache_stages(arguments),
        image_id_file=_image_id_file(arguments.iidfile),
        pull=arguments.pull,
        dry_run=getattr(arguments, "dry_run", False),
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


def tag_names(written: Sequence[str]) -> tuple[str, ...]:
    """The names of an image. Raises `UsageError` for what is none."""
    for tag in written:
        problem = reference_problem(tag)
        if problem is None and "@" in tag:
            problem = f"invalid tag {tag!r}: a tag has no digest"
        if problem is not None:
            raise UsageError(printable(problem), hint="A tag is NAME or NAME:TAG, as app:1.0.")
    return tuple(dict.fromkeys(written))


def _environment_args(environment: Mapping[str, str]) -> dict[str, str]:
    """What docker takes from the environment without being asked to."""
    epoch = environment.get(_SOURCE_DATE_EPOCH)
    return {_SOURCE_DATE_EPOCH: epoch} if epoch else {}


def _giver(argument: str) -> tuple[str, str]:
    """What gives a `--build-arg` its value, in a few words."""
    name, equals, _ = argument.partition("=")
    return name, "--build-arg" if equals else "environment, by --build-arg"


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
