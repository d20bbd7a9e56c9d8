"""Where the build context and the Dockerfile of a command line are, once everything that has to be was fetched."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from stepper.cli.messages import show_note
from stepper.cli.sources.local import local_context, local_dockerfile
from stepper.cli.sources.remote import fetch_file, fetch_repository, git_source, is_url
from stepper.cli.sources.standard_input import save_standard_input
from stepper.dockerfile.sources import GitSource
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace
from stepper.errors import UsageError
from stepper.frozen import frozen
from stepper.text import printable

_STANDARD_INPUT = "-"
_STANDARD_INPUT_NAME = "<stdin>"
_KEEP_GIT_FOLDER = "BUILDKIT_CONTEXT_KEEP_GIT_DIR"
_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})


@frozen
class Sources:
    """A context's folder and the path of a Dockerfile, on this machine.

    `name` is what messages call the Dockerfile where that is not its path. `is_own_file` tells a Dockerfile of the
    user's own from a copy that goes with the command. `has_ignore_file` tells whether an ignore file counts: it does
    where docker sends the files of a folder.
    """

    context: Path
    dockerfile: Path
    name: str | None = None
    is_own_file: bool = True
    has_ignore_file: bool = True


def locate(context: str, file: str | None, build_args: Mapping[str, str], workspace: Workspace) -> Sources:
    """Find or fetch both. Raises `UsageError` for what is not there or cannot be had."""
    if context == _STANDARD_INPUT and file == _STANDARD_INPUT:
        raise UsageError(
            "the build context and the Dockerfile cannot both come from standard input",
            hint="Name a folder as the context, or put the Dockerfile into the archive.",
        )
    is_folder = Path(context).is_dir()
    repository = None if is_folder else git_source(context)
    if context == _STANDARD_INPUT:
        archive = workspace.folder("input") / "context"
        save_standard_input(archive, what="a Dockerfile or an archive")
        found = _archive_or_dockerfile(archive, file, "standard input", _STANDARD_INPUT_NAME, workspace)
    elif repository is not None:
        found = _repository(repository, file, build_args, workspace)
    elif is_url(context) and not is_folder:
        shown = printable(without_credentials(context))
        show_note(f"downloading {shown}")
        archive = workspace.folder("download") / "context"
        fetch_file(context, archive)
        found = _archive_or_dockerfile(archive, file, shown, shown, workspace)
    else:
        found = _folder(local_context(context), file, workspace)
    return found


def _folder(context: Path, file: str | None, workspace: Workspace) -> Sources:
    if file is not None and (file == _STANDARD_INPUT or is_url(file)):
        path, name = _fetched_dockerfile(file, workspace)
        return Sources(context, path, name, is_own_file=False)
    return Sources(context, local_dockerfile(file, context))


def _repository(source: GitSource, file: str | None, build_args: Mapping[str, str], workspace: Workspace) -> Sources:
    shown = printable(without_credentials(source.repository))
    show_note(f"fetching {shown}")
    keep = build_args.get(_KEEP_GIT_FOLDER, "") in _TRUE
    context = fetch_repository(replace(source, keep_git_dir=source.keep_git_dir or keep), workspace)
    return _in_context(context, file, shown, workspace)


def _archive_or_dockerfile(archive: Path, file: str | None, shown: str, name: str, workspace: Workspace) -> Sources:
    from stepper.cli.sources.archives import unpack_context

    context = workspace.folder("context")
    if unpack_context(archive, context, shown):
        return _in_context(context, file, shown, workspace)
    return Sources(context, archive, name, is_own_file=False, has_ignore_file=False)


def _in_context(context: Path, file: str | None, shown: str, workspace: Workspace) -> Sources:
    """The Dockerfile in a context that was fetched, or from elsewhere where `-f` says so."""
    if file is not None and (file == _STANDARD_INPUT or is_url(file)):
        path, name = _fetched_dockerfile(file, workspace)
        return Sources(context, path, name, is_own_file=False, has_ignore_file=False)
    wanted = file or "Dockerfile"
    path = (context / wanted.lstrip("/")).resolve()
    if not path.is_relative_to(context.resolve()) or not path.is_file():
        raise UsageError(
            f"there is no {printable(wanted)} in {shown}", hint="Name the Dockerfile with -f, as it is called in there."
        )
    return Sources(context, path, wanted, is_own_file=False, has_ignore_file=False)


def _fetched_dockerfile(file: str, workspace: Workspace) -> tuple[Path, str]:
    path = workspace.folder("dockerfile") / "Dockerfile"
    if file == _STANDARD_INPUT:
        save_standard_input(path, what="the Dockerfile")
        return path, _STANDARD_INPUT_NAME
    shown = printable(without_credentials(file))
    show_note(f"downloading {shown}")
    fetch_file(file, path)
    return path, shown
