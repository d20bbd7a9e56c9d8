"""Where an instruction stands, as far as its meaning depends on it: the scope of variables, the configuration."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from stepper.dockerfile.expansion import expand_word
from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.dockerfile.scope import DEFAULT_PATH, Scope
from stepper.frozen import frozen

DEFAULT_SHELL = ("/bin/sh", "-c")
"""What runs a shell form where no SHELL says otherwise."""


class StageConfig(Protocol):
    """What an instruction's meaning takes from the image configuration before it."""

    @property
    def environment(self) -> Mapping[str, str]:
        """ENV."""

    @property
    def working_dir(self) -> str:
        """WORKDIR, "" where none was set."""

    @property
    def shell(self) -> tuple[str, ...] | None:
        """SHELL, None where none was set."""


@frozen
class BareConfig:
    """The configuration of an empty image, as far as instructions look at it."""

    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": DEFAULT_PATH})
    working_dir: str = ""
    shell: tuple[str, ...] | None = None


@frozen
class Place:
    """Where an instruction stands, as far as its meaning depends on it."""

    dockerfile: Dockerfile
    stage: int
    scope: Scope
    config: StageConfig

    @property
    def variables(self) -> Mapping[str, str]:
        """What words are expanded with."""
        return self.scope.variables(self.config.environment)

    @property
    def shell(self) -> tuple[str, ...]:
        """The words that run a shell form."""
        return self.config.shell or DEFAULT_SHELL

    def expanded(self, word: str) -> str:
        """A word with its variables expanded and its quotes removed. Raises `ExpansionError`."""
        return expand_word(word, self.variables, escape=self.dockerfile.escape)

    def expanded_flag(self, instruction: Instruction, name: str) -> str | None:
        """The expanded value of a flag; None where it is not given, or empty."""
        flag = instruction.flag(name)
        return None if flag is None else self.expanded(flag.value or "") or None
