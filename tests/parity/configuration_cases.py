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
    Case(
        "entrypoint-and-cmd-over-three-stages",
        """\
FROM busybox AS a
ENTRYPOINT ["/a"]
CMD ["from a"]
FROM a AS b
CMD ["from b"]
FROM b AS c
ENTRYPOINT ["/c"]
FROM c
ENV A=1
""",
    ),
    Case(
        "cmd-in-both-orders",
        """\
FROM busybox
CMD ["first"]
ENTRYPOINT ["/e"]
CMD ["second"]
ENTRYPOINT ["/f"]
""",
    ),
    Case(
        "entrypoint-reset-by-an-empty-one",
        """\
FROM busybox AS a
ENTRYPOINT ["/a"]
CMD ["a"]
FROM a
ENTRYPOINT []
""",
    ),
    Case(
        "cmd-reset-by-an-empty-one",
        """\
FROM busybox AS a
ENTRYPOINT ["/a"]
CMD ["a"]
FROM a
CMD []
""",
    ),
    Case(
        "a-cmd-without-words",
        """\
FROM busybox
ENTRYPOINT ["/e"]
CMD [""]
""",
    ),
    Case(
        "commands-in-the-shell-of-their-line",
        """\
FROM busybox
CMD first
SHELL ["/bin/ash", "-xc"]
ENTRYPOINT   second   word
SHELL ["/bin/sh", "-c"]
HEALTHCHECK CMD third || exit 1
""",
    ),
    Case(
        "a-shell-inherited",
        """\
FROM busybox AS a
SHELL ["/bin/ash", "-ec"]
FROM a
RUN echo $- > /f
CMD run me
""",
    ),
    Case(
        "volumes-with-later-changes",
        """\
FROM busybox
RUN mkdir /v && echo 1 > /v/a
VOLUME /v /new
RUN echo 2 >> /v/a && echo 2 > /v/b && mkdir -p /new/sub && chown 5:6 /v
COPY --from=busybox /etc/passwd /v/
RUN rm /v/b && chmod 700 /v && ls /v > /list
WORKDIR /new/w
""",
    ),
    Case(
        "volumes-of-a-base",
        """\
FROM busybox AS base
RUN mkdir -p /v/sub && echo 1 > /v/f
VOLUME /v
FROM base
RUN echo 2 > /v/sub/g && rm /v/f
COPY --from=base /v /copied
VOLUME ["/v", "/x y"]
""",
    ),
    Case(
        "volumes-of-odd-forms",
        """\
FROM busybox
VOLUME relative ./dots /a/../b /trailing/ "/quoted"
VOLUME   /one    /two
VOLUME ["/j1", "/j2"]
RUN ls / > /list
""",
    ),
    Case(
        "ports-of-all-forms",
        """\
FROM busybox AS base
EXPOSE 80 80/tcp 80/udp
FROM base
EXPOSE 9000-9003/udp 7000-7001
EXPOSE 53/UDP 100/sctp
ENV PORTS="81 82" RANGE=90-92
EXPOSE $PORTS ${RANGE}/tcp
EXPOSE 0080
""",
    ),
    Case(
        "health-checks-of-all-forms",
        """\
FROM busybox AS a
HEALTHCHECK --interval=1h2m3s --timeout=500ms --start-period=0s --start-interval=1.5s --retries=1 CMD ["a", "b c"]
FROM a AS b
HEALTHCHECK CMD echo "quoted" && exit 1
FROM b AS c
ENV X=1
FROM c
HEALTHCHECK --retries=0 --timeout=0s CMD x
""",
    ),
    Case(
        "a-health-check-inherited",
        """\
FROM busybox AS a
HEALTHCHECK --interval=9s CMD true
FROM a
RUN echo > /f
""",
    ),
    Case(
        "labels-inherited-and-overridden",
        """\
FROM busybox AS a
LABEL a=1 b=1 c=1
FROM a
LABEL b=2 "with space"=3 d="" e='' "quoted"="a=b" f=a\\ b
LABEL multi.line="one\\
 two"
LABEL a.b-c_d/e=1
""",
    ),
    Case(
        "users-of-all-forms",
        """\
FROM busybox AS a
USER app:staff
FROM a
ENV U=12 G=grp
USER $U:$G
WORKDIR /as-nobody-knows
USER  ${U}
""",
    ),
    Case(
        "workdirs-of-users-and-links",
        """\
FROM busybox
RUN echo app:x:1234:555::/:/bin/sh >> /etc/passwd && echo grp:x:88: >> /etc/group \\
    && mkdir -m 750 /real && ln -s /real /link && ln -s missing /dangling && ln -s /real/../real/up /up
USER app
WORKDIR /link/one/two
USER app:grp
WORKDIR /link/one/three
USER 7
WORKDIR /numbers/a
USER 7:8
WORKDIR ../b/./c/
WORKDIR /up/x
WORKDIR /dangling/y
WORKDIR ..
WORKDIR ///many//slashes/
WORKDIR ~
WORKDIR "quoted dir"
""",
    ),
    Case(
        "workdirs-with-variables",
        """\
FROM busybox
ARG A=/a/b
ENV R=rel EMPTY=
WORKDIR $A
WORKDIR ${R}/${EMPTY}x
WORKDIR $EMPTY/y
WORKDIR ${EMPTY:-z}
RUN pwd > /f
""",
    ),
    Case(
        "a-relative-workdir-on-scratch",
        """\
FROM scratch
WORKDIR a/b
WORKDIR c
COPY --from=busybox /etc/passwd .
""",
    ),
    Case(
        "stop-signals-of-all-forms",
        """\
FROM busybox AS a
STOPSIGNAL SIGRTMIN+3
FROM a
STOPSIGNAL 37
STOPSIGNAL quit
""",
    ),
    Case("maintainers", 'FROM busybox\nMAINTAINER one\nMAINTAINER   Two <two@example.com>, "quoted"  \n'),
    Case(
        "environment-inherited-and-in-order",
        """\
FROM busybox AS a
ENV Z=1 A=1 M=1
FROM a
ENV M=2 B=3
ENV Z="" Q=\\"x\\"
ENV lower=1 Lower=2 LOWER=3
""",
    ),
    Case(
        "a-path-of-its-own",
        """\
FROM scratch AS a
COPY --from=busybox /bin /bin
ENV PATH=/bin
FROM a
RUN echo $PATH > /f
ENV PATH=$PATH:/more
""",
    ),
]
