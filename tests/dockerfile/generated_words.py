"""Generated words of instructions: variables with every modifier, nested, quoted and escaped, by seed."""

from collections.abc import Callable
from random import Random

VARIABLES = {
    "v": "1.2.3",
    "p": "/srv/app/main.tar.gz",
    "e": "",
    "s": "  x  y ",
    "q": 'it\'s "q"',
    "g": "a*b?c\\d",
    "d": "$v$$0",
    "n": "aXbXc",
    "k": "[z](y)+|^.",
    "uü": "é한",
}
"""What the words find set; `u` and `w` are not."""
UNSET = ("u", "w")
PORTS = {"r": "8000", "t": "90 91/udp", "o": "5-7/tcp", "z": "1.2.3.4:81:82"}
"""What the words of EXPOSE find set besides."""
_LITERALS = (
    "a",
    "b",
    "x",
    ".",
    "-",
    "/",
    ":",
    "1",
    "é",
    "X",
    "b?",
    "*",
    "=",
    "{",
    "[",
    "]",
    "<",
    "<<",
    "+",
    "|",
    "(",
    "^",
)
_DIGITS = ("1", "2", "30", "4", "/udp", "-", "/tcp", ":")
_DEEPEST = 3


class Words:
    """Makes words. `escape` is the escape character of the Dockerfile they are for.

    With `blanks` there are blanks outside of quotes too, as an instruction of one string and a heredoc may have them.
    With `ports` many of the words are ports.
    """

    def __init__(self, seed: int, *, escape: str = "\\", blanks: bool = False, ports: bool = False) -> None:
        self._random = Random(seed)
        self._escape = escape
        self._blanks = blanks
        self._literals = _DIGITS if ports else _LITERALS
        self._names = (*PORTS, *UNSET, "e") if ports else (*VARIABLES, *UNSET)
        self._pieces: tuple[tuple[int, Callable[[int], str]], ...] = (
            (6, self._literal),
            (4, self._variable),
            (8, self._braces),
            (2, self._single_quoted),
            (3, self._double_quoted),
            (2, self._escaped),
            (1, self._special),
        )

    def word(self, depth: int = 0) -> str:
        """A word. What it expands to, or whether it can be expanded at all, is for others to say."""
        while True:
            word = "".join(self._piece(depth) for _ in range(self._random.choice((1, 1, 2, 3))))
            # At the end of a line an escape character, blanks behind it or not, has the line go on.
            if depth or (word.strip() and not word.rstrip(" \t").endswith(self._escape)):
                return word

    def _piece(self, depth: int) -> str:
        weights, pieces = [weight for weight, _ in self._pieces], [piece for _, piece in self._pieces]
        return self._random.choices(pieces, weights)[0](depth)

    def _literal(self, depth: int) -> str:
        blanks = (" ", "\t") if self._blanks and self._random.random() < 0.3 else ()
        return self._random.choice(blanks or self._literals)

    def _variable(self, depth: int) -> str:
        return f"${self._random.choice(self._names)}"

    def _braces(self, depth: int) -> str:
        name = self._random.choice(self._names)
        if depth >= _DEEPEST:
            return f"${{{name}}}"
        modifier = self._random.choice(("", "-", ":-", "+", ":+", "?", ":?", "#", "##", "%", "%%", "/", "//", ":", "="))
        if not modifier:
            return f"${{{name}}}"
        if modifier in ("/", "//"):
            return f"${{{name}{modifier}{self._pattern(depth)}/{self._operand(depth)}}}"
        operand = self._pattern(depth) if modifier[0] in "#%" else self._operand(depth)
        return f"${{{name}{modifier}{operand}}}"

    def _operand(self, depth: int) -> str:
        return "" if self._random.random() < 0.1 else self.word(depth + 1)

    def _pattern(self, depth: int) -> str:
        if self._random.random() < 0.3:
            return self._operand(depth)
        pieces = (
            "*",
            "?",
            ".",
            "*.",
            ".*",
            "a",
            "b",
            "X",
            "/",
            "*/",
            "/*",
            "1",
            f"{self._escape}*",
            f"{self._escape}?",
        )
        return "".join(
            self._random.choice((*pieces, "c*", f"{self._escape}/", "$v", "[", "(", "+", "^", "$u")) for _ in "ab"
        )

    def _single_quoted(self, depth: int) -> str:
        return f"'{self._random.choice(('a b', '$v', 'x', '', self._escape, self._escape + 'n', '}', '${v}', '  '))}'"

    def _double_quoted(self, depth: int) -> str:
        inside = (
            "a b",
            "'",
            "",
            f'{self._escape}"',
            f"{self._escape}$v",
            f"{self._escape}n",
            f"{self._escape * 2}",
            "}",
            "é",
        )
        parts = [
            self._random.choice((self._variable, self._braces))(depth + 1)
            if self._random.random() < 0.4
            else self._random.choice(inside)
            for _ in range(self._random.randint(0, 3))
        ]
        return f'"{"".join(parts)}"'

    def _escaped(self, depth: int) -> str:
        return self._escape + self._random.choice("$'\"abn{} /*é" + self._escape)

    def _special(self, depth: int) -> str:
        return self._random.choice(
            (
                "$1",
                "$@",
                "$*",
                "$#",
                "$?",
                "$-",
                "$!",
                "$0",
                "$$",
                "$",
                "$.",
                "$é",
                "${1:-w}",
                "${@}",
                "${#:+w}",
                "$12x",
            )
        )
