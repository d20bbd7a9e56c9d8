"""The keywords of the Dockerfile language, and splitting a line into its keyword and the rest."""

from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.whitespace import SEPARATOR, SPACE

KEYWORDS = frozenset(
    {
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)


_BY_LOWER_CASE = {keyword.lower(): keyword for keyword in KEYWORDS}


def split_keyword(line: str) -> tuple[str, str]:
    """The keyword as written and everything after it, of an instruction on one line."""
    keyword, *rest = SEPARATOR.split(line.strip(SPACE), maxsplit=1)
    return keyword, rest[0] if rest else ""


def find_keyword(written: str) -> str | None:
    """The keyword in upper case, or None where the language has no such keyword."""
    return _BY_LOWER_CASE.get(written.lower())


def known_keyword(written: str) -> str:
    """The keyword in upper case.

    Raises `MalformedError` where the language has no such keyword, with the one that was probably meant.
    """
    keyword = find_keyword(written)
    if keyword is not None:
        return keyword
    meant = nearest(written.upper(), sorted(KEYWORDS))
    if meant is not None and written == written.lower():
        meant = meant.lower()
    hint = None if meant else "Does the line belong to the one above it? Then that one has no continuation character."
    raise MalformedError(f"unknown instruction: {written}{did_you_mean(meant)}", hint=hint)
