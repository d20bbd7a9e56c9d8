"""`--build-context NAME=...`: additional contexts from folders, images, archives by their URL and Git repositories."""

from collections.abc import Sequence

from stepper.cli.messages import show_note
from stepper.cli.sources.local import local_context
from stepper.cli.sources.remote import fetch_file, fetch_repository, git_source, is_url
from stepper.debugger.options import NamedContext
from stepper.dockerfile.contexts import context_name
from stepper.dockerfile.references import reference_problem
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace
from stepper.errors import UsageError
from stepper.text import printable

_IMAGE = "docker-image://"
_LAYOUT = "oci-layout://"


def named_contexts(written: Sequence[str], workspace: Workspace) -> dict[str, NamedContext]:
    """The contexts by their names; of several with one name the last counts.

    What has to be fetched goes into the workspace. Raises `UsageError` for what cannot be a context.
    """
    values: dict[str, str] = {}
    for each in written:
        name, equals, value = each.partition("=")
        if not equals or not name or not value:
            raise UsageError(
                f"--build-context {printable(each)} gives no name to a context",
                hint="Write it as NAME=FOLDER or NAME=docker-image://IMAGE.",
            )
        problem = reference_problem(name)
        if problem is not None:
            raise UsageError(f"--build-context {printable(each)}: {printable(problem)}")
        values[context_name(name)] = value
    return {name: _context(name, value, workspace) for name, value in values.items()}


def _context(name: str, value: str, workspace: Workspace) -> NamedContext:
    shown = printable(without_credentials(value))
    if value.startswith(_IMAGE):
        reference = value.removeprefix(_IMAGE)
        problem = reference_problem(reference)
        if problem is not None:
            raise UsageError(f"--build-context {name}: {printable(problem)}")
        return NamedContext(image=reference)
    if value.startswith(_LAYOUT):
        raise UsageError(
            f"--build-context {name}={shown}: Stepper does not read OCI layouts",
            hint=f"Put the image into the engine, and name it: --build-context {name}={_IMAGE}IMAGE.",
        )
    repository = git_source(value)
    if repository is not None:
        show_note(f"fetching {printable(without_credentials(repository.repository))}")
        return NamedContext(folder=fetch_repository(repository, workspace), has_ignore_file=False)
    if is_url(value):
        from stepper.cli.sources.archives import unpack_context

        show_note(f"downloading {shown}")
        archive, folder = workspace.folder("download") / "context", workspace.folder("named")
        fetch_file(value, archive)
        if not unpack_context(archive, folder, shown):
            raise UsageError(f"--build-context {name}: {shown} is no archive")
        return NamedContext(folder=folder, has_ignore_file=False)
    try:
        return NamedContext(folder=local_context(value))
    except UsageError as error:
        hint = "It can be a folder, docker-image://IMAGE, a Git repository or the URL of an archive."
        raise UsageError(f"--build-context {name}: {error.message}", hint=hint) from error
