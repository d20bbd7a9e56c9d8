"""All that an expression can ask: one table, which the help, the README and the messages are made of."""

from enum import Enum

from stepper.debugger.conditions.kinds import Kind
from stepper.frozen import frozen


class When(Enum):
    """When a fact is known."""

    BEFORE = "before the step"
    AFTER = "after the step"


class About(Enum):
    """What a fact is about."""

    STEP = "the step"
    IMAGE = "the image"
    """The state of the build: before a step, after it, and at the end that of the final image."""


@frozen
class Word:
    """One thing to ask. `parameters` are a function's, by what they stand for, None for what is none.

    A table has values by name, as `env` has; `key` is then what stands for a name in its help.
    """

    name: str
    kind: Kind
    when: When
    about: About
    help: str
    parameters: tuple[str, ...] | None = None
    key: str | None = None
    takes: Kind = Kind.TEXT
    """The kind of a function's arguments."""
    is_pure: bool = False
    """It asks for no fact: its value depends on what it is given alone."""

    @property
    def written(self) -> str:
        """How it is used: `layer.size`, `env.NAME`, `exists(GLOB)`."""
        if self.key is not None:
            return f"{self.name}.{self.key}"
        return self.name if self.parameters is None else f"{self.name}({', '.join(self.parameters)})"


_STEP = (
    Word("instruction", Kind.TEXT, When.BEFORE, About.STEP, 'what kind of instruction it is, as "RUN"'),
    Word("text", Kind.TEXT, When.BEFORE, About.STEP, "the instruction as it is written, heredocs included"),
    Word("line", Kind.NUMBER, When.BEFORE, About.STEP, "the line where the instruction begins"),
    Word("stage", Kind.TEXT, When.BEFORE, About.STEP, 'the name of its stage, or its number as a text: "0"'),
    Word("arg", Kind.TEXT, When.BEFORE, About.STEP, "the value of a build argument", key="NAME"),
    Word("hits", Kind.NUMBER, When.BEFORE, About.STEP, "how often the breakpoint was reached, with this time"),
    Word("cached", Kind.TRUTH, When.AFTER, About.STEP, "it came from the step cache, or is a FROM and runs nothing"),
    Word("seconds", Kind.DURATION, When.AFTER, About.STEP, "how long it took"),
    Word("exit_code", Kind.NUMBER, When.AFTER, About.STEP, "the exit code of a RUN, 0 of all that went well"),
    Word("layer.size", Kind.SIZE, When.AFTER, About.STEP, "bytes that its layer adds; 0 for a FROM"),
    Word("layer.files", Kind.NUMBER, When.AFTER, About.STEP, "files that its layer adds or modifies"),
    Word("layer.added", Kind.NUMBER, When.AFTER, About.STEP, "paths that it adds"),
    Word("layer.modified", Kind.NUMBER, When.AFTER, About.STEP, "paths that it modifies"),
    Word("layer.deleted", Kind.NUMBER, When.AFTER, About.STEP, "paths that it deletes"),
    Word("changed", Kind.TRUTH, When.AFTER, About.STEP, "it adds, modifies or deletes such a path", ("GLOB",)),
    Word("added", Kind.TRUTH, When.AFTER, About.STEP, "it adds such a path", ("GLOB",)),
    Word("modified", Kind.TRUTH, When.AFTER, About.STEP, "it modifies such a path", ("GLOB",)),
    Word("deleted", Kind.TRUTH, When.AFTER, About.STEP, "it deletes such a path", ("GLOB",)),
)
_IMAGE = (
    Word("exists", Kind.TRUTH, When.BEFORE, About.IMAGE, "there is such a path", ("GLOB",)),
    Word("file", Kind.TEXT, When.BEFORE, About.IMAGE, "what is in a file, empty without one (up to 1 MB)", ("PATH",)),
    Word("size", Kind.SIZE, When.BEFORE, About.IMAGE, "bytes of a file, or of all in a folder", ("PATH",)),
    Word("image.size", Kind.SIZE, When.BEFORE, About.IMAGE, "bytes of all layers"),
    Word("env", Kind.TEXT, When.BEFORE, About.IMAGE, "an environment variable, empty where it is not set", key="NAME"),
    Word("label", Kind.TEXT, When.BEFORE, About.IMAGE, "a label, empty where there is none", key="NAME"),
    Word("user", Kind.TEXT, When.BEFORE, About.IMAGE, "as USER has it"),
    Word("workdir", Kind.TEXT, When.BEFORE, About.IMAGE, "as WORKDIR has it"),
)
_TEXTS = (
    Word(
        "matches",
        Kind.TRUTH,
        When.BEFORE,
        About.IMAGE,
        "the text is like the pattern: * is anything, ? one character, [a-z] one of these",
        ("TEXT", "PATTERN"),
        is_pure=True,
    ),
    Word("number", Kind.NUMBER, When.BEFORE, About.IMAGE, "the number that a text is", ("TEXT",), is_pure=True),
)
VOCABULARY = (*_STEP, *_IMAGE, *_TEXTS)
"""Everything, grouped: the step, the image, texts."""

GLOB_HELP = (
    "A GLOB is a path with * and ? within a name, ** for any folders, [a-z] for one of these; one that begins with no "
    "slash is meant in any folder, and one without any of these means the path and all below it. Links in folders that "
    "are written out are followed."
)
GRAMMAR_HELP = (
    "and, or, not, parentheses; == != < <= > >=; in and not in, for a text in a text, a value in a [list], a name in "
    'env, arg or label; "text", 3, 50MB, 1.5GiB, 30s, 2m, true, false.'
)


def vocabulary_table() -> str:
    """Everything as a Markdown table, for the README."""
    rows = ["| What | Says | Known |", "| --- | --- | --- |"]
    for word in VOCABULARY:
        known = "after the step" if word.when is When.AFTER else "always"
        rows.append(f"| `{word.written}` | {word.help} | {known} |")
    return "\n".join(rows) + "\n"


NAMES = {word.name: word for word in VOCABULARY if word.parameters is None and word.key is None}
FUNCTIONS = {word.name: word for word in VOCABULARY if word.parameters is not None}
TABLES = {word.name: word for word in VOCABULARY if word.key is not None}
