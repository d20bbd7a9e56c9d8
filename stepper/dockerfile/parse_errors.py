"""All that keeps a Dockerfile from being parsed: the parser is asked again without the instruction that was wrong."""

from stepper.dockerfile.continuation import join_lines
from stepper.dockerfile.directives import escape_in
from stepper.dockerfile.edit_distance import nearest
from stepper.dockerfile.keywords import KEYWORDS, split_keyword
from stepper.dockerfile.model import split_lines
from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError

_MOST = 20
"""So many errors are enough to know that the file is no Dockerfile."""


def parse_errors(text: bytes | str, name: str = "Dockerfile") -> tuple[DockerfileError, ...]:
    """The errors for which `parse` does not take the text, by line; none where it does.

    An instruction that is wrong is passed over. Behind a heredoc that is wrong, or a directive, nothing more is told:
    what follows may be read in another way once that is right.
    """
    text = text.decode(errors="replace") if isinstance(text, bytes) else text
    lines = list(split_lines(text.removeprefix("\ufeff")))
    escape = escape_in(tuple(lines))
    errors: dict[int | None, DockerfileError] = {}
    while len(errors) < _MOST:
        try:
            parse("\n".join(lines) + "\n" if errors else text, name)
            break
        except DockerfileError as error:
            if error.line in errors or (error.line is None and errors):
                break
            errors[error.line] = error
            if error.line is None or not _passed_over(lines, error.line, escape):
                break
    return tuple(sorted(errors.values(), key=lambda error: error.line or 0))


def _passed_over(lines: list[str], first: int, escape: str) -> bool:
    """Put something harmless into the place of an instruction, its lines kept; False where that cannot be done."""
    joined = join_lines(tuple(lines), first, escape)
    keyword = split_keyword(joined.text)[0].upper()
    if joined.text.startswith("#") or "<<" in joined.text:
        return False
    is_from = keyword == "FROM" or (keyword not in KEYWORDS and nearest(keyword, sorted(KEYWORDS)) == "FROM")
    lines[first - 1 : joined.end_line] = ["FROM scratch" if is_from else "#"] + ["#"] * (joined.end_line - first)
    return True
