"""Our parser against the official one: the same instructions, flags, words, heredocs, lines, and the same refusals."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.dockerfile.official import has_changed_since, official, ours

ACCEPTED = {
    "one instruction": "FROM a\n",
    "no newline at the end": "FROM a\nRUN x",
    "no arguments and no newline at the end": "FROM a\nRUN",
    "carriage returns": "FROM a\r\nRUN x \\\r\n  y\r\n",
    "a carriage return within a line": "FROM a\nRUN x\ry\n",
    "several carriage returns at the end": "FROM a\r\r\r\nRUN x\r",
    "byte order mark": "\ufeffFROM a\n",
    "byte order mark before a comment": "\ufeff# c\nFROM a\n",
    "byte order mark before a directive": "\ufeff# escape=`\nFROM a\nRUN x`\n y\n",
    "lower case": "from a\nrun x\n",
    "mixed case": "FrOm a As b\nrUn x\n",
    "leading white space": "  FROM a\n\t\tRUN x\n",
    "tabs between words": "FROM\ta\tAS\tb\nRUN\tx\ty\n",
    "vertical tab and form feed": "FROM\va\fAS b\n",
    "no-break space is part of a word": "FROM a\nEXPOSE 1\xa02 3\n",
    "wide spaces around an instruction": "FROM a\n\u2003RUN x\u2003\n",
    "a separator of files is no space": "FROM a\nRUN \x1c x \x1c\n",
    "trailing white space": "FROM a   \nRUN x \t \n",
    "blank lines": "\n\n  \nFROM a\n\n\t\n\nRUN x\n\n",
    "comments": "# one\nFROM a\n  # two\n#\nRUN x # no comment\n",
    "continuation": "FROM a\nRUN x \\\n  y \\\n  z\n",
    "continuation without a space": "FROM a\nRUN x\\\ny\n",
    "white space after the continuation character": "FROM a\nRUN x \\ \t \n y\n",
    "carriage return after the continuation character": "FROM a\r\nRUN x \\\r\n y\r\n",
    "form feed after the escape character is no continuation": "FROM a\nRUN x \\\f\nRUN y\n",
    "an escaped escape character at the end": "FROM a\nRUN x \\\\\nRUN y\n",
    "three escape characters at the end": "FROM a\nRUN x \\\\\\\nRUN y\n",
    "comment in a continuation": "FROM a\nRUN x \\\n# c\n  # d\n y\n",
    "comment with a continuation character in a continuation": "FROM a\nRUN x \\\n# c \\\n y\nRUN z\n",
    "comment with a continuation character": "FROM a\n# c \\\nRUN z\n",
    "blank line in a continuation": "FROM a\nRUN x \\\n\n  \n y\nRUN z\n",
    "only a continuation character on a line": "FROM a\nRUN x \\\n\\\n  \\\n y\n",
    "a line that starts with a continuation character": "FROM a\n\\\nRUN x\n",
    "a line that starts with continuation characters and comments": "FROM a\n\\\n# c\n\\\n\nRUN x\n",
    "continuation at the end of the file": "FROM a\nRUN x \\",
    "continuation and newline at the end of the file": "FROM a\nRUN x \\\n",
    "continuation and blank lines at the end of the file": "FROM a\nRUN x \\\n\n  \n",
    "continuation and a comment at the end of the file": "FROM a\nRUN x \\\n  y \\\n# c\n",
    "a keyword cut in two": "FR\\\nOM a\nR\\\nU\\\nN x\n",
    "a keyword and its arguments on different lines": "FROM \\\n a\nRUN\\\n x\n",
    "a word cut in two": "FROM a\nCOPY ab\\\ncd ef\\\n  gh\n",
    "a flag cut in two": "FROM a\nCOPY --fr\\\nom=b c d\n",
    "a line feed is the only end of a line": "FROM a\nRUN x\x0b y\x0c z\x85 \u2028 w\nRUN v\n",
    "escape directive": "# escape=`\nFROM a\nRUN x `\n  C:\\\nRUN y\n",
    "escape directive in upper case": "#ESCAPE=`\nFROM a\nRUN x`\ny\n",
    "escape directive with spaces": "  #  escape  =  `  \nFROM a\nRUN x`\ny\n",
    "escape directive after a comment is none": "# c\n# escape=`\nFROM a\nRUN x`\nRUN y\n",
    "escape directive after a blank line is none": "\n# escape=`\nFROM a\nRUN x`\nRUN y\n",
    "escape directive after an unknown one is none": "# foo=bar\n# escape=`\nFROM a\nRUN x`\nRUN y\n",
    "escape directive after the syntax": "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN x`\ny\n",
    "escape directive with the usual character": "# escape=\\\nFROM a\nRUN x\\\ny\n",
    "escape directive and carriage returns": "# escape=`\r\nFROM a\r\nRUN x`\r\ny\r\n",
    "escaped backtick at the end": "# escape=`\nFROM a\nRUN x``\nRUN y\n",
    "flags": "FROM --platform=linux/amd64 a AS b\nCOPY --from=b --chown=1:2 c d\n",
    "a flag without a value": "FROM a\nCOPY --link b c\n",
    "a flag with an empty value": "FROM a\nCOPY --from= b c\n",
    "a flag with equals signs in its value": "FROM a\nRUN --mount=type=bind,source=x,target=y z\n",
    "quotes in flags": 'FROM a\nCOPY --from="b c" --x=\'d "e\' --"y z"=1 f g\n',
    "an empty quoted flag": 'FROM a\nCOPY --"" b c\n',
    "an open quote in a flag": 'FROM a\nCOPY --x="b c d\n',
    "escapes in flags": "FROM a\nCOPY --x=a\\ b --y='c\\'d' --z=\\e f g\n",
    "an escape character at the end of flags": "FROM a\nCOPY --x=a\\",
    "two dashes end the flags": "FROM a\nRUN -- --x y\n",
    "two dashes alone": "FROM a\nRUN --\n",
    "two dashes between flags": "FROM a\nRUN --x -- --y z\n",
    "a flag behind words is a word": "FROM a\nRUN x --y\nCOPY a --from=b c\n",
    "one dash": "FROM a\nRUN - x\nRUN -x\n",
    "only flags": "FROM a\nRUN --x --y=1",
    "flags over several lines": "FROM a\nRUN --mount=type=cache,target=/a \\\n    # c\n    --network=none \\\n    x\n",
    "flags beyond ASCII": "FROM a\nCOPY --chown=é b c\n",
    "a flag with a byte that looks like a space": "FROM a\nCOPY --chown=à b c\n",
    "JSON forms": 'FROM a\nRUN ["x", "y z"]\nCMD ["a"]\nENTRYPOINT []\nSHELL ["s"]\nVOLUME ["/v"]\nCOPY ["a b", "c"]\n',
    "JSON with white space": 'FROM a\nCMD   [ "a" ,\t"b" ]  \n',
    "JSON over several lines": 'FROM a\nCMD [ \\\n  "a", \\\n# c\n  "b" \\\n ]\n',
    "JSON escapes": 'FROM a\nCMD ["\\"", "\\\\", "\\/", "\\n", "\\u00e9", "\\ud83d\\ude00"]\n',
    "JSON with half a character": 'FROM a\nCMD ["\\ud83d", "\\ude00x", "\\ud83dx"]\n',
    "JSON with single quotes is none": "FROM a\nCMD ['a', 'b']\n",
    "JSON with an open bracket is none": 'FROM a\nCMD ["a", "b"\n',
    "JSON with an open string is none": 'FROM a\nCMD ["a]\n',
    "JSON with a final comma is none": 'FROM a\nCMD ["a",]\nCOPY ["a",]\n',
    "JSON with an unknown escape is none": 'FROM a\nCMD ["C:\\x"]\n',
    "JSON with a tab in a string is none": 'FROM a\nCMD ["a\tb"]\n',
    "JSON with a bare word is none": "FROM a\nCMD [NaN]\nCMD [Infinity]\nCMD [a]\n",
    "JSON with a number beyond a double is none": "FROM a\nCMD [1e999]\n",
    "JSON object is none": 'FROM a\nCMD {"a": "b"}\n',
    "a test command is no JSON": "FROM a\nRUN [ -f x ] && y\n",
    "JSON after a flag": 'FROM a\nCOPY --from=b ["c d", "e"]\n',
    "JSON for an instruction without such a form": 'FROM a\nEXPOSE ["1"]\nUSER ["b"]\nWORKDIR ["c"]\nARG ["d"]\n',
    "ENV pairs": 'FROM a\nENV a=1 b="2 3" c=\'4 5\' d=6\\ 7 e= f="" g=h=i\n',
    "ENV over several lines": 'FROM a\nENV a=1 \\\n    b=2 \\\n    c="x \\\n y"\n',
    "ENV in the old form": "FROM a\nENV a b  c\nENV a  b=c\nENV a b \\\n   c\nENV a \"b\" 'c'\n",
    "ENV with an open quote": "FROM a\nENV a=\"b c\nENV a='b\\' c=d\n",
    "ENV with quotes in the name": 'FROM a\nENV "a b"=c\n',
    "ENV with an escape character at the end": "FROM a\nENV a=b\\\\\n",
    "ENV with an escape character in quotes at the end": '# escape=`\nFROM a\nENV a="b``\n',
    "ENV with escaped quotes": 'FROM a\nENV a=\\"b c="d\\" e" f=\'g\\\'\n',
    "ENV with an empty name": "FROM a\nENV =b\n",
    "ENV with wide spaces": "FROM a\nENV a=1\u2003b=2\xa0c=3\n",
    "LABEL": "FROM a\nLABEL a=b \"c.d\"='e f'\nLABEL a b c\n",
    "ARG": "ARG a b=c d=\"e f\" 'g h'\nFROM a\nARG a=\nARG --x y\n",
    "words in quotes are words to a whitespace splitter": "FROM a\nCOPY \"a b\" c\\ d e\nEXPOSE '1 2'\n",
    "MAINTAINER": "FROM a\nMAINTAINER  a  b <c@d>  \n",
    "STOPSIGNAL, USER, WORKDIR are one string": "FROM a\nSTOPSIGNAL 9 8\nUSER a  b\nWORKDIR /a  b/\n",
    "HEALTHCHECK": 'FROM a\nHEALTHCHECK NONE\nHEALTHCHECK CMD  x  y\nHEALTHCHECK --interval=5s cmd ["a", "b"]\n',
    "HEALTHCHECK without a command": "FROM a\nHEALTHCHECK\nHEALTHCHECK CMD\nHEALTHCHECK \\\n CMD \\\n x\n",
    "HEALTHCHECK with an odd type": "FROM a\nHEALTHCHECK foo bar\nHEALTHCHECK é x\n",
    "ONBUILD": 'FROM a\nONBUILD RUN x\nonbuild copy --from=b c d\nONBUILD CMD ["a"]\nONBUILD ENV a b c\nONBUILD\n',
    "ONBUILD over several lines": "FROM a\nONBUILD \\\n RUN \\\n# c\n x\n",
    "ONBUILD of an unknown instruction": "FROM a\nONBUILD FOO bar\n",
    "ONBUILD with flags of its own": "FROM a\nONBUILD --x RUN --y z\n",
    "heredoc": "FROM a\nRUN <<EOF\nx\n  y\n\nEOF\nRUN z\n",
    "empty heredoc": "FROM a\nRUN <<EOF\nEOF\n",
    "heredoc that ends with the file": "FROM a\nRUN <<EOF\nx\nEOF",
    "heredoc with comments and continuations in its body": "FROM a\nRUN <<EOF\n# x\ny \\\n\\\n# syntax=z\nEOF\nRUN w\n",
    "heredoc with carriage returns": "FROM a\r\nRUN <<EOF\r\nx\r\nEOF\r\nRUN y\r\n",
    "heredoc with several carriage returns at its end": "FROM a\nRUN <<EOF\nx\nEOF\r\r\nRUN y\n",
    "heredoc closed by nothing but its name": "FROM a\nRUN <<EOF\n EOF\nEOF \n\tEOF\nEOFX\neof\nEOF\n",
    "heredoc with tabs": "FROM a\nRUN <<-EOF\n\tx\n\t\ty\n z\n\t\tEOF\nRUN w\n",
    "heredoc with tabs and spaces before its end": "FROM a\nRUN <<-EOF\n\t EOF\n\tEOF\n",
    "heredoc with a quoted name": "FROM a\nRUN <<'EOF'\n$x\nEOF\nRUN <<\"A B\"\ny\nA B\nRUN <<E'O'F\nz\nEOF\n",
    "heredoc with an escaped name": "FROM a\nRUN <<\\EOF\nx\nEOF\nRUN <<A\\ B\ny\nA B\n",
    "heredoc with a variable for a name": "FROM a\nRUN <<$x\ny\n$x\nRUN <<${x}\ny\n${x}\n",
    "heredocs": "FROM a\nRUN <<A cat <<B\nx\nA\ny\nB\nRUN z\n",
    "heredocs of one name": "FROM a\nRUN cat <<A <<A\nx\nA\ny\nA\n",
    "heredoc with a file descriptor": "FROM a\nRUN cat 3<<A 0012<<-'B'\nx\nA\n\ty\n\tB\n",
    "heredoc with a file descriptor beyond reason": "FROM a\nRUN cat 1234<<A\nx\nA\n",
    "heredoc that is redirected": "FROM a\nRUN cat <<A > b && c\nx\nA\n",
    "heredoc within a word is none": "FROM a\nRUN x<<A\nRUN y\n",
    "heredoc that touches what follows": "FROM a\nRUN <<A;\nx\nA;\n",
    "here-string is none": "FROM a\nRUN cat <<<EOF\nRUN x\n",
    "heredoc without a name is none": "FROM a\nRUN cat <<\nRUN cat <<-\nRUN << \n",
    "heredoc with a quoted mark is none": "FROM a\nRUN echo '<<A' \"<<B\" \\<<C <\\<D\nRUN x\n",
    "heredoc behind an open quote is none": "FROM a\nRUN echo ' <<A\nRUN echo \" <<B\nRUN it's <<C\n",
    "heredoc behind an open substitution is none": "FROM a\nRUN echo ${x <<A\nRUN echo ${} <<B\nRUN ${x:-y <<C\n",
    "heredoc behind quotes": "FROM a\nRUN echo 'a' \"b $c ${d}\" e\\'f <<A\nx\nA\n",
    "heredoc of an empty quoted name": "FROM a\nRUN cat <<''\nRUN x\n",
    "heredoc for COPY and ADD": "FROM a\nCOPY <<A <<B /c/\nx\nA\ny\nB\nADD --chmod=644 <<'A' /d\nz\nA\n",
    "heredoc in a JSON form is none": 'FROM a\nRUN ["cat", "<<A"]\nCOPY ["<<A", "b"]\n',
    "heredoc for an instruction that has none": "FROM a\nCMD cat <<A\nENV a=<<A\nENTRYPOINT <<A\nLABEL <<A b\n",
    "heredoc over several lines": "FROM a\nRUN cat \\\n# c\n  <<A \\\n\n  <<B\nx\nA\ny\nB\n",
    "heredoc in an ONBUILD": "FROM a\nONBUILD RUN <<A\nx\nA\nONBUILD COPY <<-B c\n\ty\n\tB\nRUN x\n",
    "heredoc in an ONBUILD of something that has none": "FROM a\nONBUILD CMD <<A\nONBUILD FOO <<A\n",
    "heredoc with a flag": "FROM a\nRUN --mount=type=bind,target=/b <<A\nx\nA\n",
    "heredoc mark in a flag": "FROM a\nRUN --x=<<A y\nRUN --x <<B\nz\nB\n",
    "heredoc under another escape character": "# escape=`\nFROM a\nRUN cat `\n <<A \\\nx `\nA\nRUN y\n",
    "heredoc with the name of a keyword": "FROM a\nRUN <<RUN\nRUN x\nRUN\nRUN y\n",
    "heredoc with characters beyond ASCII": "FROM a\nRUN <<é\nà\né\n",
    "the longest line": "FROM a\nRUN " + "x" * (65535 - 4) + "\n",
    "nested arrays are no strings, open ones no JSON": "FROM a\nCMD [[\n",
    "long continuation": "FROM a\nRUN x" + " \\\n  y" * 200 + "\nRUN z\n",
    "everything at once": (
        "\ufeff# syntax=docker/dockerfile:1\r\n# escape=`\r\n\r\n"
        "ARG v=1\r\nfrom --platform=x a`\r\n  # c\r\n\r\n  as B\r\n"
        "run <<-'E' cat `\r\n <<F\r\n\tx`\r\n\tE\r\n# y\r\nF\r\n"
        'ENV a="b `\r\n c" d=e` f\r\nONBUILD COPY <<A /b`\r\n\r\nz\r\nA\r\n'
    ),
}

REJECTED = {
    "nothing": "",
    "white space": " \n\t\n",
    "comments only": "# a\n# b\n",
    "directives only": "# escape=`\n",
    "unknown instruction": "FROM a\nFRMO b\n",
    "unknown instruction after a no-break space": "FROM a\nRUN\xa0x\n",
    "unknown instruction that starts like a comment": "FROM a\n\x1c# x\n",
    "byte order mark on the second line": "FROM a\n\ufeffRUN x\n",
    "two byte order marks": "\ufeff\ufeffFROM a\n",
    "a continuation character and nothing else": "FROM a\n\\\n",
    "ENV without a value": "FROM a\nENV b\n",
    "LABEL without a value": "FROM a\nLABEL b\n",
    "ENV with a word that is no pair": "FROM a\nENV b=1 c\n",
    "LABEL with a word that is no pair": "FROM a\nLABEL b=1 c d=2\n",
    "ONBUILD of an ONBUILD": "FROM a\nONBUILD ONBUILD RUN x\n",
    "ONBUILD of ONBUILDs": "FROM a\n" + "ONBUILD " * 100 + "RUN x\n",
    "ONBUILD of an ENV without a value": "FROM a\nONBUILD ENV b\n",
    "JSON with a number": 'FROM a\nRUN ["x", 1]\n',
    "JSON with null": "FROM a\nCMD [null]\n",
    "JSON with an array": 'FROM a\nCOPY [["a"], "b"]\n',
    "JSON with an object": 'FROM a\nVOLUME [{"a": "b"}]\n',
    "JSON with a number in a HEALTHCHECK": "FROM a\nHEALTHCHECK CMD [1]\n",
    "JSON with a number in an ONBUILD": "FROM a\nONBUILD CMD [1]\n",
    "open heredoc": "FROM a\nRUN <<EOF\nx\n",
    "open heredoc at the end of the file": "FROM a\nRUN <<EOF",
    "the second heredoc is open": "FROM a\nRUN <<A <<B\nA\n",
    "open heredoc in an ONBUILD": "FROM a\nONBUILD RUN <<EOF\nx\n",
    "heredoc whose end is indented by spaces": "FROM a\nRUN <<-EOF\n  EOF\n",
    "escape directive twice": "# escape=`\n# escape=`\nFROM a\n",
    "syntax directive twice": "# syntax=a\n# syntax=b\nFROM a\n",
    "escape directive with an impossible character": "# escape=x\nFROM a\n",
    "escape directive with two characters": "# escape=``\nFROM a\n",
    "a line that is too long": "FROM a\nRUN " + "x" * (65536 - 4) + "\n",
    "a last line that is too long": "FROM a\nRUN " + "x" * (65536 - 4),
    "a line that is too long in bytes": "FROM a\nRUN " + "é" * 32766 + "\n",
    "a comment that is too long": "FROM a\n#" + "x" * 65536 + "\n",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_the_official_parser_reads_it_in_the_same_way(text: str) -> None:
    expected = official(text)
    assert expected is not None
    assert ours(text) == expected


@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED.keys())
def test_what_the_official_parser_rejects_is_rejected(text: str) -> None:
    assert official(text) is None
    assert ours(text) is None


KEYWORDS = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
]  # fmt: skip

PIECES = [
    *[f"{keyword} " for keyword in KEYWORDS],
    "RUN", "run ", "Copy ", "onbuild ", "FROM a\n", "# escape=`\n", "# syntax=a\n", "# c\n", "#", "\ufeff",
    " ", "  ", "\t", "\v", "\xa0", "\u2003", "\x1c", "\x85", "\n", "\n", "\n", "\r\n", "\\\n", "\\ \n", "`\n", "\\",
    "`", "\\\\", '\\"', '"', "'", "=", "a=b", "x", "y z", "é", "à", "--x=y ", "--x ", "--", "-", "CMD", "NONE", "$x",
    "${x}", "${x:-y}", "$", "{", "}", "<<", "<<EOF", "<<-EOF", "<<'EOF'", "3<<A", "EOF\n", "\tEOF\n", "A\n", "<",
    '["a"]', '["a", "b"]', "[1]", "[", "]", ",",
]  # fmt: skip


@st.composite
def soups(draw: st.DrawFn) -> str:
    """Pieces of the language in any order."""
    return "".join(draw(st.lists(st.sampled_from(PIECES), max_size=16)))


WORD = st.sampled_from(
    [
        "a",
        "b-c",
        "/d/e",
        "f=g",
        "h=",
        "'i j'",
        '"k l"',
        'm="n o"',
        "p\\ q",
        "$r",
        "${s}",
        "t:1",
        "é",
        "--u",
        "-v",
        "#w",
        "<",
    ]
)
FLAG = st.sampled_from(
    [
        "--from=a",
        "--link",
        "--chown=1:2",
        "--mount=type=bind,target=/a",
        '--x="y z"',
        "--x='y z'",
        "--platform=$P",
        "--x=",
    ]
)
JSON = st.lists(st.sampled_from(['"a"', '"b c"', '"\\n"', '"\\u00e9"', '""', "1", "null"]), max_size=4).map(
    lambda items: f"[{', '.join(items)}]"
)
HEREDOC_NAMES = ["EOF", "A", "END_1"]
BODY_LINE = st.sampled_from(
    ["x", "  y", "\tz", "", "# c", "w \\", "w `", "RUN v", "EOFX", " EOF", "$a ${b}", "\t# d", "é"]
)
SPACE = st.sampled_from([" ", "  ", "\t", " \t "])


@st.composite
def breaks(draw: st.DrawFn, escape: str, end: str) -> str:
    """What may stand between two words: white space, or a continuation with comments and blank lines in it."""
    space = draw(SPACE)
    if not draw(st.booleans()):
        return space
    between = draw(st.lists(st.sampled_from(["", "  ", "# c", "  # d", f"# e {escape}", f"  {escape}"]), max_size=3))
    after = draw(st.sampled_from(["", " ", "\t "]))
    return (
        space + escape + after + end + "".join(line + end for line in between) + draw(st.sampled_from(["", " ", "\t"]))
    )


@st.composite
def instructions(draw: st.DrawFn, escape: str, end: str) -> str:
    """One instruction with its line ends, and the heredocs that it announces."""
    keyword = draw(st.sampled_from(KEYWORDS))
    if draw(st.integers(0, 5)) == 0:
        keyword = f"ONBUILD {keyword}"
    if draw(st.integers(0, 3)) == 0:
        keyword = draw(st.sampled_from([keyword.lower(), keyword.title()]))
    parts = [keyword, *draw(st.lists(FLAG, max_size=2))]
    names: list[tuple[str, bool]] = []
    if draw(st.integers(0, 3)) == 0:
        parts.append(draw(JSON))
    else:
        parts += draw(st.lists(WORD, max_size=4))
        if "healthcheck" in keyword.lower():
            parts.insert(1, draw(st.sampled_from(["CMD", "NONE"])))
        if keyword.split()[-1].upper() in ("RUN", "COPY", "ADD") and draw(st.booleans()):
            for _ in range(draw(st.integers(1, 2))):
                name, tabs = draw(st.sampled_from(HEREDOC_NAMES)), draw(st.booleans())
                quote = draw(st.sampled_from(["", "'", '"']))
                fd = draw(st.sampled_from(["", "", "3"]))
                parts.append(f"{fd}<<{'-' if tabs else ''}{quote}{name}{quote}")
                names.append((name, tabs))
    line = parts[0] + "".join(draw(breaks(escape, end)) + part for part in parts[1:])
    if draw(st.integers(0, 9)) == 0:
        line = draw(SPACE) + line
    text = line + draw(st.sampled_from(["", "", " "])) + end
    for name, tabs in names:
        body = draw(st.lists(BODY_LINE, max_size=3))
        text += "".join(line + end for line in [*body, f"\t{name}" if tabs and draw(st.booleans()) else name])
    return text


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    """A Dockerfile as somebody might write it, with everything that the language allows between and within lines."""
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    escape = draw(st.sampled_from(["\\", "\\", "`"]))
    text = draw(st.sampled_from(["", "", "\ufeff"]))
    if draw(st.booleans()):
        text += f"# syntax=docker/dockerfile:1{end}"
    if escape == "`":
        text += f"# escape=`{end}"
    filling = st.sampled_from(["", f"{end}", f"# c{end}", f"  # d {escape}{end}", f" \t{end}"])
    text += draw(filling) + f"FROM a AS b{end}"
    for _ in range(draw(st.integers(1, 5))):
        text += draw(filling) + draw(instructions(escape, end))
    if draw(st.integers(0, 3)) == 0:
        text = text.removesuffix("\n").removesuffix("\r")
    return text


QUICK = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def compare(text: str) -> None:
    assume(not has_changed_since(text))
    try:
        expected = official(text)
    except UnicodeDecodeError:
        assume(False)
    assert ours(text) == expected


@QUICK
@given(dockerfiles())
def test_generated_dockerfiles_are_read_in_the_same_way(text: str) -> None:
    compare(text)


@QUICK
@given(soups())
def test_any_text_is_read_or_rejected_in_the_same_way(text: str) -> None:
    compare(text)


def test_most_generated_dockerfiles_are_compared_and_not_passed_over() -> None:
    compared: list[bool] = []

    @settings(QUICK, max_examples=100, database=None)
    @given(dockerfiles())
    def count(text: str) -> None:
        compared.append(not has_changed_since(text) and official(text) is not None)

    count()
    assert sum(compared) > len(compared) / 3
