"""The parsed Dockerfile as values: directives, comments, stages, instructions, heredocs.

Lines are 1-based and spans include their last line. Words are as written: nothing is expanded here.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive at the top of the file: `# syntax=...`, `# escape=...`, `# check=...`."""

    name: str
    """In lower case."""
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment line, with its `#`."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Flag:
    """One `--name` or `--name=value` of an instruction; the value is not expanded."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Heredoc:
    """One here-document of an instruction.

    `<<-"EOF"` has name `EOF`, expand False (it is quoted) and strip_tabs True. `body` is the text between the
    mark's line and the closing line, with tabs already stripped where `strip_tabs` says so; it ends with a newline
    unless it is empty. `fd` is the number before `<<` (0 where there is none).
    """

    name: str
    body: str
    expand: bool
    strip_tabs: bool
    fd: int = 0


@dataclass(frozen=True, slots=True)
class Instruction:
    """One Dockerfile instruction.

    `words` are the values as BuildKit's parser gives them: for shell forms (RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD)
    one word with the whole command; for JSON forms the strings of the array; for ENV and LABEL `name, value` pairs
    flattened (name, value, name, value ...); for the others the words. `text` is the instruction on one line,
    continuations joined, without heredoc bodies, as BuildKit shows it.
    """

    keyword: str
    """In upper case."""
    line: int
    end_line: int
    text: str
    words: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    json_form: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    trigger: "Instruction | None" = None
    """ONBUILD only: the instruction that it registers."""

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name, or None."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it.

    `instructions` starts with the FROM itself. `base` and `platform` are as written, not expanded. `name` is in lower
    case, as BuildKit compares it, None for a stage without one.
    """

    index: int
    name: str | None
    base: str
    platform: str | None
    instructions: tuple[Instruction, ...]

    @property
    def line(self) -> int:
        """The line of the FROM."""
        return self.instructions[0].line

    @property
    def end_line(self) -> int:
        """The last line of the last instruction."""
        return self.instructions[-1].end_line

    @property
    def label(self) -> str:
        """What people call the stage: its name, or `stage N` with its index."""
        return self.name if self.name is not None else f"stage {self.index}"


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A whole parsed Dockerfile. `name` is the file's name as the user knows it, for messages."""

    name: str
    text: str
    stages: tuple[Stage, ...]
    global_args: tuple[Instruction, ...] = ()
    """The ARG instructions before the first FROM."""
    directives: tuple[Directive, ...] = ()
    comments: tuple[Comment, ...] = ()
    escape: str = "\\"

    @property
    def lines(self) -> tuple[str, ...]:
        """The text by line, without line ends."""
        return tuple(self.text.splitlines())

    def directive(self, name: str) -> str | None:
        """The value of the directive of that name, or None."""
        return next((d.value for d in self.directives if d.name == name), None)
