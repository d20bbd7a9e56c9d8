"""The parsed Dockerfile as values: directives, comments, stages, instructions, heredocs.

Lines are 1-based and spans include their last line. Words are as written: nothing is expanded here.
"""

from collections.abc import Iterable

from stepper.frozen import frozen


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a Dockerfile without their ends, `\\n` or `\\r\\n`; item 0 is line 1."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return tuple(line.rstrip("\r") for line in lines)


@frozen
class Directive:
    """A parser directive at the top of the file: `# syntax=...`, `# escape=...`, `# check=...`."""

    name: str
    """In lower case."""
    value: str
    line: int


@frozen
class Comment:
    """One comment line, with its `#`."""

    text: str
    line: int


@frozen
class Flag:
    """One `--name` or `--name=value` of an instruction; the value is not expanded."""

    name: str
    value: str | None


@frozen
class Heredoc:
    """One here-document of an instruction.

    `<<-"EOF"` has name `EOF`, expand False (it is quoted) and strip_tabs True. `body` is the text between the
    mark's line and the closing line, with tabs already stripped where `strip_tabs` says so; it ends with a newline
    unless it is empty. `fd` is the number before `<<` (0 where there is none). `raw` is the body as written, where
    stripping tabs changed it, and None where it did not.
    """

    name: str
    body: str
    expand: bool
    strip_tabs: bool
    fd: int = 0
    raw: str | None = None

    @property
    def written(self) -> str:
        """The body as written, tabs and all: what BuildKit hands to the shell and stores for ONBUILD."""
        return self.body if self.raw is None else self.raw


def heredocs_text(heredocs: Iterable[Heredoc]) -> str:
    """What stands below an instruction: its heredocs as they are written, each behind a newline."""
    return "".join(f"\n{heredoc.written}{heredoc.name}" for heredoc in heredocs)


@frozen
class Instruction:
    """One Dockerfile instruction.

    `words` are the values as BuildKit's parser gives them: for shell forms (RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD)
    one word with the whole command; for JSON forms the strings of the array; for ENV and LABEL `name, value` pairs
    flattened (name, value, name, value ...); for HEALTHCHECK its type as written and then the command; for ONBUILD
    one word, the trigger as BuildKit stores it in the image configuration, with its heredocs; for the others the
    words. Nothing is unquoted or unescaped but JSON strings. `text` is the instruction on one line, continuations
    joined, without heredoc bodies, as BuildKit shows it. The heredocs of an ONBUILD are its trigger's too.
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

    @property
    def whole_text(self) -> str:
        """The text with the heredocs below it, as they are written."""
        return self.text + heredocs_text(self.heredocs)

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name, or None."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)


@frozen
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


@frozen
class HandedOver:
    """A file that a frontend reads which Stepper does not know: the engine's own builder builds it as a whole.

    `frontend` is the reference of the frontend's image, and what is said to it after that. `data` is the file.
    """

    frontend: str
    data: bytes


@frozen
class Dockerfile:
    """A whole parsed Dockerfile. `name` is the file's name as the user knows it, for messages.

    `text` has no byte order mark; it is otherwise as in the file. `comments` are all of them, those between the lines
    of an instruction too; directives are none. `escape` is the escape character: a backslash or a backtick.
    """

    name: str
    text: str
    stages: tuple[Stage, ...]
    global_args: tuple[Instruction, ...] = ()
    """The ARG instructions before the first FROM."""
    directives: tuple[Directive, ...] = ()
    comments: tuple[Comment, ...] = ()
    escape: str = "\\"
    handed_over: HandedOver | None = None
    """Set for a file of another language. It then has one stage with one instruction: the one that hands it over."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text by line, without line ends. Only a newline ends a line, as in BuildKit's line numbers."""
        return split_lines(self.text)

    def directive(self, name: str) -> str | None:
        """The value of the directive of that name, or None."""
        return next((d.value for d in self.directives if d.name == name), None)
