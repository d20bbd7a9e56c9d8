"""Reads the Dockerfile and its ignore file, and tells whether they changed on disk since."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from stepper.debugger.options import BuildOptions, NamedContext
from stepper.dockerfile.excerpts import excerpt, line_excerpt
from stepper.dockerfile.ignore import IgnoreFile
from stepper.engine.step import ContextSource
from stepper.errors import DockerfileError, StepperError, UsageError
from stepper.frozen import frozen

Signature = tuple[tuple[str, int, int, int] | None, ...]


@frozen
class Source:
    """What was read. `ignore` is the text of the ignore file that counts, "" for none, and `ignore_name` its name."""

    name: str
    """The Dockerfile's name for messages."""
    data: bytes
    ignore: str
    ignore_name: str
    signature: Signature
    contexts: Mapping[str, ContextSource] = field(default_factory=dict)
    """The folders of the additional contexts, by name."""

    @property
    def text(self) -> str:
        """The Dockerfile as text to show, whatever its bytes are."""
        return self.data.decode("utf-8-sig", errors="replace")

    def with_excerpt(self, error: StepperError) -> StepperError:
        """The error, which now has the source line that it is about, where it is about one of these files."""
        if isinstance(error, DockerfileError) and error.line is not None and error.excerpt is None:
            if error.file == self.name:
                error.excerpt = excerpt(self.text, error.line, error.message, error.word)
            elif error.file == self.ignore_name:
                error.excerpt = line_excerpt(self.ignore, error.line, error.message)
        return error


def ignore_files(options: BuildOptions) -> tuple[Path, ...]:
    """Where an ignore file may be; the first that exists counts (`docker build`: the Dockerfile's own goes first)."""
    if not options.has_ignore_file:
        return ()
    if not options.is_own_file:
        return (options.context / ".dockerignore",)
    own = options.dockerfile.with_name(options.dockerfile.name + ".dockerignore")
    return own, options.context / ".dockerignore"


def read_source(options: BuildOptions) -> Source:
    """Read both files; raises `UsageError` when the Dockerfile cannot be read."""
    signature = disk_signature(options)
    try:
        data = options.dockerfile.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"{options.name} cannot be read: {reason}", hint="Name the Dockerfile with -f, or its folder."
        ) from error
    return Source(options.name, data, *_read_ignore(ignore_files(options)), signature, _named_contexts(options))


def disk_signature(options: BuildOptions) -> Signature:
    """Name, size, time and inode of the files: equal as long as nobody wrote to them. Costs a `stat` for each."""
    named = [path for context in options.build_contexts.values() for path in _ignore_files_of(context)]
    return tuple(_stat(path) for path in (options.dockerfile, *ignore_files(options), *named))


def _stat(path: Path) -> tuple[str, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_size, found.st_mtime_ns, found.st_ino


def _named_contexts(options: BuildOptions) -> dict[str, ContextSource]:
    """Each has the ignore file in its folder."""
    found: dict[str, ContextSource] = {}
    for name, context in options.build_contexts.items():
        if context.folder is not None:
            ignore, ignore_name = _read_ignore(_ignore_files_of(context))
            IgnoreFile.parse(ignore, ignore_name)
            found[name] = ContextSource(context.folder, ignore)
    return found


def _ignore_files_of(context: NamedContext) -> tuple[Path, ...]:
    if context.folder is None or not context.has_ignore_file:
        return ()
    return (context.folder / ".dockerignore",)


def _read_ignore(paths: tuple[Path, ...]) -> tuple[str, str]:
    for path in paths:
        try:
            return path.read_bytes().decode("utf-8-sig", errors="surrogateescape"), str(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    return "", ""
