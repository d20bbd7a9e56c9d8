"""Parity cases: what only changes the image configuration, and how words are expanded."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN, USERS

CASES = [
    Case(
        "environment",
        """\
FROM busybox
ENV A=1 B="two words" C=a\\ b
ENV OLD style with spaces
ENV A=$A:2 D=${MISSING:-default} E="${C}"
ENV PATH=/x:$PATH
RUN echo "$A|$B|$C|$D|$E|$OLD" > /f
""",
    ),
    Case(
        "expansion",
        """\
FROM busybox
ARG V=file.tar.gz
ENV A=${V%.*} B=${V%%.*} C=${V#*.} D=${V##*.} E=${V/a/o} F=${V//./-} G=${V:+set} H=${N:-none}
ENV I='$V' J="\\$V" K=${N-unset} L=${V+plus}
RUN env | sort > /f
LABEL v=$V q='${V}'
""",
    ),
    Case(
        "arguments",
        """\
ARG G=global
FROM busybox
ARG A=default
ARG B
ARG G
ARG C=${A}-c
RUN echo "$A|$B|$C|$G" > /f
ENV A=env
RUN echo $A > /g
ARG A=again
RUN echo $A > /h
""",
        build_args={"A": "given", "B": "b"},
    ),
    Case(
        "labels",
        """\
FROM busybox
LABEL a=1 "b c"="d e" f='g h'
LABEL a=2 multi="one \\
two"
LABEL old style
""",
    ),
    Case(
        "commands",
        """\
FROM busybox
ENTRYPOINT ["/e", "--x"]
CMD ["a", "$HOME"]
""",
    ),
    Case(
        "commands-in-shell-form",
        """\
FROM busybox
CMD echo $HOME && true
ENTRYPOINT exec top -b
""",
    ),
    Case(
        "entrypoint-clears-the-bases-cmd",
        """\
FROM busybox AS a
CMD ["base"]
FROM a
ENTRYPOINT ["/e"]
""",
    ),
    Case(
        "cmd-survives-an-entrypoint-of-the-same-stage",
        """\
FROM busybox
CMD ["mine"]
ENTRYPOINT ["/e"]
""",
    ),
    Case(
        "empty-commands",
        """\
FROM busybox
CMD []
ENTRYPOINT []
""",
    ),
    Case(
        "ports-volumes-users-signals",
        """\
FROM busybox
ARG P=90
EXPOSE 80 443/tcp 53/udp 8000-8002 $P
VOLUME /a /b
VOLUME ["/c d", "/a"]
USER 1:2
USER app:staff
STOPSIGNAL SIGKILL
MAINTAINER Some One <x@y>
""",
    ),
    Case(
        "health-checks",
        """\
FROM busybox AS a
HEALTHCHECK --interval=5m --timeout=3s --start-period=1m30s --retries=4 CMD wget -q localhost || exit 1
FROM busybox
HEALTHCHECK --start-interval=2s CMD ["/check", "a b"]
""",
    ),
    Case(
        "health-check-none",
        """\
FROM busybox AS a
HEALTHCHECK CMD true
FROM a
HEALTHCHECK NONE
""",
    ),
    Case(
        "working-directories",
        f"""\
FROM busybox
RUN {USERS} && mkdir /x && chmod 700 /x && ln -s /x /link
WORKDIR /a/b
WORKDIR c
ENV D=/d
WORKDIR $D/../e
WORKDIR /link/y
USER app
WORKDIR /owned/deep
USER 5
WORKDIR /other
USER 6:7
WORKDIR /x
WORKDIR rel
""",
    ),
    Case(
        "triggers",
        """\
FROM busybox AS base
ONBUILD ARG X=1
ONBUILD RUN echo $X > /triggered
ONBUILD COPY top /copied
ONBUILD ENV T=on
FROM base
RUN echo $T > /after
""",
        PLAIN,
    ),
    Case(
        "triggers-are-kept",
        """\
FROM busybox
ONBUILD RUN echo $X
ONBUILD COPY . /src
""",
    ),
    Case(
        "escape-directive",
        """\
# escape=`
FROM busybox
RUN echo one `
  two > /f
ENV A=`$B
""",
    ),
    Case(
        "case-and-blanks",
        """\

# comment
from busybox

  run echo a > /a
\tEnv A=1
""",
    ),
    Case("windows-line-ends", "FROM busybox\r\nRUN echo a > /a\r\nENV A=1 \\\r\n  B=2\r\n"),
]
