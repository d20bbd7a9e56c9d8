"""Parity cases: directives, comments, continuation lines and quoting."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN

CASES = [
    Case(
        "comments-and-continuations-in-odd-places",
        """\
# a comment
  # another, indented
FROM busybox
RUN echo a \\
# in between

  b > /f && \\
    # one more
  echo c \\
      >> /f
ENV A=1 \\
# B=0
    B=2 \\

    C=3
RUN echo one # no comment > /g
RUN echo "two \\
three" > /h
LABEL a="# none"
CMD ["a", \\
     "b"]
""",
    ),
    Case("continuation-at-the-end-of-the-file", "FROM busybox\nENV A=1\nRUN echo a > /f \\\n"),
    Case("no-newline-at-the-end", "FROM busybox\nRUN echo a > /f"),
    Case("blanks-after-the-backslash", "FROM busybox\nRUN echo a \\  \n  b > /f\nENV A=1 \\\t\n  B=2\n"),
    Case("byte-order-mark", "\ufeffFROM busybox\nRUN echo a > /f\n"),
    Case(
        "directives-end-at-a-comment",
        """\
# escape=`
# another comment ends the directives
# escape=\\
FROM busybox
RUN echo a `
  b > /f
ENV A="c:\\x" B=`$A
WORKDIR /w`
/x
""",
    ),
    Case(
        "check-directive",
        """\
# check=skip=JSONArgsRecommended;error=false
FROM busybox
CMD echo a
""",
    ),
    Case(
        "escape-by-backquote-in-words",
        """\
# escape=`
FROM busybox
ENV A="a`"b" B='c`d' C=e` f D=$A`$A
LABEL x=`"q`"
COPY to`p /a/
RUN printf '%s\\n' "$A" "$B" "$C" "$D" > /f
""",
        PLAIN,
    ),
    Case(
        "quotes-in-words",
        r"""
FROM busybox
ENV A="a \"b\" c" B='single $A' C=un\"quoted D="tab	here" E="a"'b'c F="" G='' H=a\\b I="a\\b" J='a\\b'
ENV K="$A" L=${A} M="x${E}y" N='x'"$E"'y' O=\$A P="\$A" Q='\$A'
LABEL "quoted key"=v 'single key'=v key="a=b=c" $A=x
RUN env | grep '^[A-Q]=' | sort > /f
""",
    ),
    Case(
        "json-forms-and-what-only-looks-like-them",
        r"""
FROM busybox
RUN ["/bin/sh", "-c", "echo \"q\" \u0041 \\ > /f"]
RUN [ "a" = "a" ] && echo yes > /g
RUN [ -e /g ]
CMD ["a", "b c",   "$X"]
ENTRYPOINT  [  "x"  ,"y"  ]
SHELL ["/bin/sh", "-c"]
HEALTHCHECK CMD [ "c", "d" ]
VOLUME [ "/v", "/$HOME" ]
""",
    ),
    Case("json-with-single-quotes-is-a-script", "FROM busybox\nCMD ['a', 'b']\nENTRYPOINT [\"a\", 'b']\n"),
    Case(
        "legacy-pairs",
        """\
FROM busybox
ENV A  several   words with = and "quotes"
ENV B $A and 'more'
LABEL c  one   two
ENV D\ttab
""",
    ),
    Case(
        "instructions-in-any-case",
        """\
from busybox as Base
run echo a > /a
eNv A=1
FROM base
Copy --from=BASE /a /b
""",
    ),
    Case(
        "windows-line-ends-everywhere",
        "# escape=`\r\nFROM busybox\r\nRUN echo a `\r\n b > /a\r\nCOPY <<EOF /h\r\none\r\ntwo\r\nEOF\r\nENV A=1\r\n",
    ),
    Case("unusual-blanks", "FROM\tbusybox\n\n\t \nRUN\techo  a   b > /f\nENV  A=1\tB=2  \nWORKDIR   /a b  \n"),
    Case(
        "text-that-is-not-ascii",
        """\
FROM busybox
ENV Ä=ü ß="œ ${Ä}"
LABEL ключ=значение 名=前
COPY <<ü.txt /ö/
ÿ 🐳
ü.txt
RUN echo "日本" > "/本"
WORKDIR /ä
""",
    ),
    Case(
        "very-long-lines",
        "FROM busybox\nENV LONG=" + "x" * 20_000 + "\nRUN echo ${#LONG} > /f # " + "y" * 30_000 + "\n",
    ),
]
