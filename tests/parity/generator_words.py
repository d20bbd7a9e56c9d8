"""How generated paths and values are written in an instruction."""

import json
from random import Random

VARIABLES = {"V": "1.2.3", "W": "a b", "E": "", "P": "/srv/app/x.tar.gz", "Q": "it's", "N": "b"}
"""What generated files declare by ENV or ARG: names and values to draw from."""


def escaped(text: str) -> str:
    """A word that expands to the text, without blanks in it."""
    return "".join(f"\\{c}" if c in "\\$'\"" else c for c in text)


def as_pattern(path: str) -> str:
    """A source of COPY that names this path and no other."""
    return "".join(f"\\{c}" if c in "*?[\\" else c for c in path)


def arguments(random: Random, sources: list[str], destination: str) -> str:
    """The words of a COPY, in its JSON form where there is a blank in one."""
    words = [escaped(word) for word in (*sources, destination)]
    if any(" " in word or not word for word in words) or random.random() < 0.15:
        return json.dumps(words, ensure_ascii=random.random() < 0.5)
    return " ".join(words)


def value(random: Random, known: list[str]) -> str:
    """A value of ENV, LABEL or ARG, with variables in it; it can always be expanded."""
    return "".join(_piece(random, known) for _ in range(random.randint(1, 3)))


def _piece(random: Random, known: list[str]) -> str:
    name = random.choice([*known, "UNSET"])
    other = random.choice([*known, "UNSET"])
    return random.choice(
        (
            *("x", "1.5", "'q $r'", '"d e"', "\\$", "a\\ b", "ü", "=", "C:\\\\d", "''"),
            *(f"${name}", f"${{{name}}}", f'"${name}"', f"${{{name}:-w}}", f"${{{name}-$V}}", f"${{{name}:+yes}}"),
            *(f"${{{name}+${other}}}", f"${{{name}:-${{{other}:-deep}}}}", f"${{{name}:-'s p'}}"),
            *(f"${{{name}#*.}}", f"${{{name}##*/}}", f"${{{name}%.*}}", f"${{{name}%%.*}}", f"${{{name}%${other}}}"),
            *(f"${{{name}/./-}}", f"${{{name}//[.]/}}", f"${{{name}//a/${other}}}", f"${{{name}/#/}}"),
        )
    )
