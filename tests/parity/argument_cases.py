"""Parity cases: the scopes of ARG, predefined arguments, and how words are expanded."""

from tests.parity.case import Case

CASES = [
    Case(
        "arguments-of-stages-that-build-on-each-other",
        """\
ARG G=global
FROM busybox AS a
ARG X=1
ARG G
ENV E=env-$X
FROM a AS b
RUN echo "$X|$G|$E" > /b
ARG X=2
FROM b
RUN echo "$X|$G|$E" > /c
ARG E
RUN echo "$E" > /d
""",
    ),
    Case(
        "arguments-are-not-seen-by-other-stages",
        """\
FROM busybox AS a
ARG X=1
RUN echo $X > /x
FROM busybox
RUN echo "[$X]" > /y
COPY --from=a /x /
""",
        build_args={"X": "given"},
    ),
    Case(
        "global-arguments-build-on-each-other",
        """\
ARG A=busy
ARG B=${A}box
ARG C=${B:-x}:${D:-latest}
FROM ${C} AS stage-busy
ARG C
ARG A=own
RUN echo "$A|$B|$C" > /f
FROM stage-busy
""",
    ),
    Case(
        "global-arguments-given",
        """\
ARG A=one
ARG B=$A-two
FROM busybox
ARG A
ARG B
ARG C=$A-$B
RUN echo "$A|$B|$C" > /f
""",
        build_args={"A": "given", "C": "c"},
    ),
    Case(
        "an-argument-given-empty",
        """\
FROM busybox
ARG A=default
ARG B
ARG C=
RUN echo "[$A][${B-unset}][${C-unset}]" > /f
ENV A=$A B=${B:-none}
""",
        build_args={"A": ""},
    ),
    Case(
        "environment-goes-before-arguments",
        """\
FROM busybox
ENV A=env
ARG A=arg
RUN echo $A > /a
ARG B=arg
ENV B=${B}-env
RUN echo $B > /b
ARG B=again
RUN echo $B > /c
WORKDIR /$B
""",
        build_args={"B": "given"},
    ),
    Case(
        "several-arguments-in-one-instruction",
        """\
FROM busybox
ARG A=1 B=$A C=${B}2 D
RUN echo "$A|$B|$C|$D" > /f
""",
        build_args={"D": "d"},
    ),
    Case(
        "predefined-platform-arguments",
        """\
FROM --platform=$BUILDPLATFORM busybox
ARG BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT
RUN env | grep -E '^(BUILD|TARGET)' | sort > /f
ARG TARGETARCH=mine
RUN echo $TARGETARCH > /g
""",
    ),
    Case(
        "platform-arguments-that-are-not-declared",
        """\
ARG TARGETARCH
FROM busybox
RUN echo "[$TARGETARCH][$TARGETPLATFORM]" > /f
ENV P=$TARGETPLATFORM
""",
    ),
    Case(
        "proxies-are-in-no-history",
        """\
FROM busybox
RUN echo "$HTTP_PROXY|$http_proxy|$no_proxy|$FTP_PROXY|$all_proxy" > /f
ARG A=1
RUN echo "$HTTPS_PROXY" > /g
""",
        build_args={
            "HTTP_PROXY": "http://a",
            "no_proxy": "b,c",
            "ftp_proxy": "d",
            "ALL_PROXY": "e",
            "HTTPS_PROXY": "",
        },
    ),
    Case(
        "a-declared-proxy",
        """\
FROM busybox
ARG HTTP_PROXY
RUN echo "$HTTP_PROXY" > /f
""",
        build_args={"HTTP_PROXY": "http://a"},
    ),
    Case(
        "arguments-show-in-the-history",
        """\
FROM busybox
ARG Z=last A=first
ARG NONE
RUN echo > /f
ENV A=env
RUN echo > /g
SHELL ["/bin/sh", "-ec"]
RUN echo > /h
RUN ["touch", "/i"]
""",
        build_args={"Z": "with blanks"},
    ),
    Case(
        "arguments-that-nothing-uses",
        "FROM busybox\nARG USED\nRUN echo $USED > /f\n",
        build_args={"USED": "1", "UNUSED": "2", "BUILDKIT_MULTI_PLATFORM": "0"},
    ),
    Case(
        "modifiers",
        """\
FROM busybox
ENV V=path/to/some.file.txt E=
ENV A=${V#*/} B=${V##*/} C=${V%.*} D=${V%%.*} F=${V/o/0} G=${V//o/0} H=${V#p?th} I=${V/#path/x} J=${V/%txt/y}
ENV K=${E:-a} L=${E-b} M=${E:+c} N=${E+d} O=${U:-${V}} P=${U:-"q r"} Q=${U-} R=${V:+${V%/*}}
ENV S=$V.x T=${V}x W=$E$V X="${U:-a}b" Y=${V//[st]/_} Z=${V//\\//-}
RUN env | grep '^[A-Z]=' | sort > /f
""",
    ),
    Case(
        "where-words-are-expanded-and-where-not",
        """\
FROM busybox
ARG D=dir
ARG P=8080
ARG U=12
ARG S=SIGINT
WORKDIR /$D/${D:+x}
EXPOSE $P/udp ${P}
USER $U:${U}
STOPSIGNAL $S
VOLUME /$D ["/json/$D"]
VOLUME ["/json/$D"]
LABEL l.$D=$D
CMD echo $D
ENTRYPOINT ["/$D"]
SHELL ["$D", "-c"]
HEALTHCHECK --interval=7s CMD test $D
ONBUILD RUN echo $D
MAINTAINER $D
""",
    ),
    Case(
        "pairs-that-refer-to-each-other",
        """\
FROM busybox
ENV A=1
ENV A=2 B=$A C=$B
ENV B=$B-$C A=$A$A
LABEL x=$A y=$x
ENV PATH=/opt/bin:$PATH PATH2=$PATH
ENV PATH=$PATH:/last
""",
    ),
    Case(
        "multi-line-values",
        """\
FROM busybox
ENV A="one \\
  two" B='x \\
y'
ARG C="l1 \\
l2"
RUN echo "$A|$B|$C" > /f
""",
    ),
]
