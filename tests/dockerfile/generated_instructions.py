"""Generated instructions in all the ways in which the language lets them be written, by seed.

Every keyword with its flags (but those that depend on how an engine was built), JSON and shell forms, quotes, escapes,
continuations with comments and blank lines in them, heredocs in every quoting, ONBUILD, and bytes that are no UTF-8.
Many of them are errors: others say which.
"""

from random import Random

SETTINGS: tuple[str, ...] = (
    *("ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL"),
    *("STOPSIGNAL", "USER", "VOLUME"),
)
"""What changes the configuration alone."""
FILES = ("RUN", "COPY", "ADD")
_WORDS = (
    *("a", "b-c", "/d/e", "f=g", "h=", "'i j'", '"k l"', 'm="n o"', "t:1", "é", "--u", "-v", "#w", "<", "80", "9/udp"),
    *("$r", "${s:-t}", "${s#t}", "'$r'", "[x", "x]", "{", "=", ",", "it's", 'q"', "\x0b", "\xa0y", "\udcff", "z\udce9"),
)
_PAIRS = (
    *("a=1", "b='2 3'", 'c="4 5"', "d=", "e=f=g", "h=$a", 'i="$b"', "j='$c'", "k=${l:-m}", "n=é", "'o p'=q", '"r"=s'),
    *("t='u\"v'", "w=\udcff", "x='y", "z", "=1", "1=2", "a.b=c", "d=--e", "f=<<G", "h=#i", "j=[k]"),
)
_STRINGS = (
    '"a"',
    '"b c"',
    '"\\n"',
    '"\\u00e9"',
    '""',
    '"$d"',
    '"\\\\"',
    "'e'",
    "1",
    "null",
    '"f',
    '"<<G"',
    "[]",
    '"é"',
)
_FLAGS = {
    "RUN": (
        *("--mount=type=bind,target=/a", "--mount=type=cache,target=/a,sharing=locked", "--mount=type=tmpfs,target=/a"),
        *("--mount=type=secret,id=s,required", "--mount=type=ssh", "--mount=target=/a,from=b", "--mount=type=x"),
        *("--mount=type=cache", "--mount=type=secret,env=E", "--mount=type=cache,target=/a,mode=0755,uid=1,gid=2"),
        *(
            "--mount=type=bind,target=/a,rw",
            "--mount=type=bind,ro=maybe",
            '--mount="type=bind,target=/a b"',
            "--mount=",
        ),
        *("--mount=type=tmpfs,target=/a,size=1m", "--mount=type=tmpfs,target=/a,size=x", "--mount=type=bind,$r"),
        *("--mount", "--network=none", "--network=host", "--network=bridge", "--network"),
        *("--mount=type=cache,target=/a,sharing=x", "--mount=type=cache,target=/a,id=i,source=s,from=f"),
    ),
    "COPY": (
        *(
            "--from=b",
            "--chown=1:2",
            "--chmod=644",
            "--link",
            "--link=false",
            "--link=x",
            "--exclude=a",
            "--exclude=*.b",
        ),
        *("--from=", "--from", "--chmod=u+x", "--chown='a b'", "--chown=$c", "--x", '--"link"'),
    ),
    "ADD": (
        *("--chown=1:2", "--chmod=644", "--link", "--checksum=sha256:a", "--keep-git-dir", "--keep-git-dir=true"),
        *("--unpack", "--unpack=false", "--exclude=a", "--from=b", "--checksum", "--unpack=1"),
    ),
    "HEALTHCHECK": (
        "--interval=5s",
        "--timeout=1m",
        "--retries=3",
        "--start-period=1h",
        "--start-interval=2s",
        "--x=1",
    ),
}
_ANY_FLAGS = ("--x=1", "--", "--y", "--é=à")
_BODY = ("x", "  y", "\tz", "", "# c", "w \\", "w `", "RUN v", "EOFX", " EOF", "$a ${b}", "\t# d", "é", "\udcff", "<<A")


class Instructions:
    """Makes instructions. `escape` is the Dockerfile's escape character, `end` ends its lines."""

    def __init__(self, seed: int, *, escape: str = "\\", end: str = "\n") -> None:
        self._random = Random(seed)
        self._escape = escape
        self._end = end

    def instruction(self, *keywords: str) -> str:
        """One of these instructions, with its line end and heredocs."""
        random = self._random
        written = keyword = random.choice(keywords)
        if keyword == "ONBUILD":
            keyword = random.choice((*SETTINGS, *FILES, *FILES, "WORKDIR", "FROM", "FOO"))
            written += self._break() + self._cased(keyword)
        parts = [self._cased(written), *self._flags(keyword), *self._arguments(keyword)]
        heredocs = self._heredocs() if keyword in FILES and self._chance(0.4) else []
        marks = [mark for mark, _ in heredocs]
        parts = [*parts, *marks] if self._chance(0.5) or keyword == "RUN" else [*parts[:1], *marks, *parts[1:]]
        line = "".join(part + self._break() for part in parts[:-1]) + parts[-1]
        space = random.choice(("", "", "", " ", "\t"))
        return space + line + random.choice(("", "", " ")) + self._end + "".join(body for _, body in heredocs)

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _cased(self, keyword: str) -> str:
        return self._random.choice((keyword, keyword, keyword.lower(), keyword.title()))

    def _some(self, pieces: tuple[str, ...], most: int) -> list[str]:
        return [self._random.choice(pieces) for _ in range(self._random.randint(0, most))]

    def _flags(self, keyword: str) -> list[str]:
        known = _FLAGS.get(keyword)
        if known is None:
            return self._some(_ANY_FLAGS, 1) if self._chance(0.1) else []
        return self._some(known if self._chance(0.95) else _ANY_FLAGS, 2)

    def _arguments(self, keyword: str) -> list[str]:
        if keyword in ("ENV", "LABEL") and self._chance(0.9):
            return self._some(_PAIRS, 3) or ["a  b"]
        if keyword == "ARG":
            return self._some((*_PAIRS, "a", "b"), 2) or ["c"]
        if keyword == "HEALTHCHECK":
            return [self._random.choice(("CMD", "cmd", "NONE", "curl")), *self._words()]
        return self._words()

    def _words(self) -> list[str]:
        if self._chance(0.35):
            space = self._random.choice(("", " ", "\t", "  "))
            array = f"[{space}{f'{space},{space}'.join(self._some(_STRINGS, 3))}{space}]"
            return [array, *self._some(_WORDS, 1)] if self._chance(0.1) else [array]
        escaped = (f"p{self._escape} q", f"{self._escape}$r", f"s{self._escape * 2}", f'"{self._escape}""')
        return self._some((*_WORDS, *escaped), 4)

    def _heredocs(self) -> list[tuple[str, str]]:
        """Marks with their bodies."""
        found = []
        for _ in range(self._random.randint(1, 2)):
            name = self._random.choice(("EOF", "A", "END_1", "é", "RUN"))
            tabs, blank = self._chance(0.4), self._random.choice(("", "", "", " "))
            mark = self._random.choice(
                (name, name, f"'{name}'", f'"{name}"', f"{name[0]}'{name[1:]}'", f"{self._escape}{name}")
            )
            body = self._some(_BODY, 3)
            closing = ("\t" if tabs and self._chance(0.5) else "") + name
            text = "".join(line + self._end for line in [*body, closing])
            found.append((f"{self._random.choice(('', '', '3'))}<<{'-' if tabs else ''}{blank}{mark}", text))
        return found

    def _break(self) -> str:
        """What stands between two words: blanks, or the line goes on after comments and blank lines."""
        space = self._random.choice((" ", " ", "  ", "\t", " \t "))
        if not self._chance(0.2):
            return space
        between = self._some(("", "  ", "# c", "  # d", f"# e {self._escape}", f"  {self._escape}"), 2)
        lines = "".join(line + self._end for line in between)
        return (
            space
            + self._escape
            + self._random.choice(("", " ", "\t "))
            + self._end
            + lines
            + self._random.choice(("", " "))
        )
