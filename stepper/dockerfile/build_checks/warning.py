"""What the build checks say: a rule's finding while it looks, and the warning that a front end shows."""

import json

from stepper.dockerfile.model import Instruction
from stepper.frozen import frozen


@frozen
class CheckWarning:
    """One warning, at the lines from `line` to `end_line`.

    `message` is about this place, `description` about the rule, whose page is at `url`.
    """

    rule: str
    line: int
    end_line: int
    message: str
    description: str
    url: str


@frozen
class Finding:
    """What one rule found, at the lines from `line` to `end_line`.

    `comments` are those above the instruction, empty for a rule that does not heed a `# check=` there.
    """

    line: int
    end_line: int
    message: str
    comments: tuple[str, ...] = ()

    @classmethod
    def at(cls, instruction: Instruction, message: str, comments: tuple[str, ...] = ()) -> "Finding":
        """A finding about all lines of an instruction."""
        return cls(instruction.line, instruction.end_line, message, comments)


def quoted(text: str) -> str:
    """A name out of the Dockerfile, in double quotes for a message."""
    return json.dumps(text, ensure_ascii=False)
