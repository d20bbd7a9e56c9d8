"""The instructions that take from a folder of this machine what is not there, told when the files are read."""

from collections.abc import Mapping

from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import Operation
from stepper.engine.context import BuildContext
from stepper.engine.source_checks import FolderOf, bad_source
from stepper.engine.step import ContextSource
from stepper.errors import DockerfileError


class MissingSourceError(DockerfileError):
    """A step that fails as the folder is now. Those before it can run, and the file may be there by then."""


class MissingSources:
    """Looks at the operations of one Dockerfile, and remembers those that would fail.

    `context` is the build context, `named` the folders of the additional contexts by their names.
    """

    def __init__(self, file: str, context: ContextSource, named: Mapping[str, ContextSource]) -> None:
        self._file = file
        self._context = context
        self._named = named
        self._folder_of = self._folders()
        self._failing: list[Operation] = []

    def look_at(self, instruction: Instruction, operation: Operation) -> None:
        """Raises `MissingSourceError` for the first source that cannot be had."""
        bad = bad_source(operation, self._folder_of)
        if bad is not None:
            self._failing.append(operation)
            raise MissingSourceError(
                bad.error.message, file=self._file, line=instruction.line, hint=bad.error.hint, word=bad.source
            )

    def is_outdated(self) -> bool:
        """Whether something that was missing is there now."""
        folder_of = self._folders()
        return any(bad_source(operation, folder_of) is None for operation in self._failing)

    def _folders(self) -> FolderOf:
        """Each folder as it is from now on, looked into once it is asked for."""
        opened: dict[str | None, BuildContext] = {}

        def folder_of(name: str | None) -> BuildContext:
            if name not in opened:
                opened[name] = BuildContext(self._context if name is None else self._named[name])
            return opened[name]

        return folder_of
