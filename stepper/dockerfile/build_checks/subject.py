"""What the rules look at: the Dockerfile as it is written, and its instructions as a build comes to them."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Protocol

from stepper.dockerfile.build_checks.expanded_words import expanded_words
from stepper.dockerfile.build_checks.warning import Finding
from stepper.dockerfile.expansion import Expansion, ExpansionError, expand
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.keywords import split_keyword
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.frozen import frozen


class BaseImage(Protocol):
    """What the checks take from the configuration of an image that a stage starts from."""

    @property
    def environment(self) -> Mapping[str, str]:
        """ENV."""

    @property
    def shell(self) -> tuple[str, ...] | None:
        """SHELL, None where none was set."""

    @property
    def on_build(self) -> tuple[str, ...]:
        """The ONBUILD triggers, as they are stored."""


@frozen
class Visit:
    """One instruction at the moment that a build comes to it; an ARG with several names is one visit for each.

    `stage` is the index of the stage that it runs in. An ONBUILD trigger stands at the FROM that triggers it and has
    no comments. `variables` are what its words see, `declared` the names that an ARG declared up to here, with a value
    or without, `shell` is what SHELL said, `has_workdir` whether a WORKDIR came before.
    """

    instruction: Instruction
    stage: int
    escape: str
    comments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    is_open: bool = False
    """Whether the stage starts from an image whose variables are not known."""
    unknown: frozenset[str] = frozenset()
    """Variables whose value hangs on those."""
    overridden: frozenset[str] = frozenset()
    """The build arguments given, whose defaults in the Dockerfile do not count."""
    shell: tuple[str, ...] | None = None
    has_workdir: bool = False

    @property
    def keyword(self) -> str:
        """In upper case."""
        return self.instruction.keyword

    @property
    def written_keyword(self) -> str:
        """As in the file."""
        return keyword_as_written(self.instruction)

    def expand(self, word: str) -> Expansion:
        """The word with the variables that it sees. Raises `ExpansionError`."""
        return expand(word, self.variables, escape=self.escape)

    def is_known(self, expansion: Expansion) -> bool:
        """Whether the result is what the build will have, whatever the base image sets."""
        return not (expansion.used & self.unknown or (self.is_open and expansion.unset))

    def unset(self) -> Iterator[str]:
        """The variables that its words use and that have no value, in order."""
        for word in expanded_words(self.instruction, self.overridden):
            try:
                names = expand(
                    word.text, self.variables, escape="\\" if word.is_body else self.escape, quotes=not word.is_body
                ).unset
            except ExpansionError as error:
                names = error.unset
            yield from sorted(names)

    def finding(self, message: str) -> Finding:
        """A finding about this instruction, which its own comments may switch off."""
        return Finding.at(self.instruction, message, self.comments)


@frozen
class Subject:
    """One Dockerfile and one build of it.

    `instructions` are all, in the order of the file, `visits` those of the stages that are built, in the order of the
    build. `global_args` are what FROM sees, `default_args` the same without any build argument, None where that cannot
    be told. `comments` are those above an instruction, by its first line.
    """

    dockerfile: Dockerfile
    instructions: tuple[Instruction, ...]
    comments: Mapping[int, tuple[str, ...]]
    visits: tuple[Visit, ...]
    global_args: Mapping[str, str]
    default_args: Mapping[str, str] | None
    ignore_file: IgnoreFile | None = None

    def finding(self, instruction: Instruction, message: str) -> Finding:
        """A finding about an instruction of the file, which the comments above it may switch off."""
        return Finding.at(instruction, message, self.comments.get(instruction.line, ()))


def keyword_as_written(instruction: Instruction) -> str:
    """The keyword with the letters that it has in the file."""
    return split_keyword(instruction.text)[0]
