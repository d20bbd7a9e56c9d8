"""Parity cases: FROM, stages and targets."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN
from tests.parity.trees import File, Folder

CASES = [
    Case("from-scratch", "FROM scratch\nCOPY top /\n", PLAIN),
    Case("from-image-alone", "FROM busybox\n"),
    Case(
        "stages-by-name-number-and-case",
        """\
FROM busybox AS First
RUN echo 1 > /one
FROM busybox
RUN echo 2 > /two
FROM scratch
COPY --from=first /one /a
COPY --from=FIRST /one /b
COPY --from=0 /one /c
COPY --from=1 /two /
""",
    ),
    Case(
        "stage-on-a-stage-inherits-everything",
        """\
FROM busybox AS base
ENV A=1 B=two
WORKDIR /w
USER 12
LABEL l=1
EXPOSE 80
SHELL ["/bin/sh", "-ec"]
VOLUME /v
STOPSIGNAL 9
HEALTHCHECK CMD true
CMD ["x"]
ENTRYPOINT ["e"]
FROM base
RUN echo $A$B > /tmp/f
ENV A=2
CMD ["y"]
""",
    ),
    Case(
        "target-in-the-middle",
        """\
FROM busybox AS a
RUN echo a > /a
FROM busybox AS b
COPY --from=a /a /b
RUN echo b >> /b
FROM busybox AS c
RUN exit 9
""",
        target="b",
    ),
    Case("copy-from-an-image", "FROM scratch\nCOPY --from=busybox /bin/busybox /bin/sh /bin/\n"),
    Case(
        "a-whole-image-squashed",
        """\
FROM busybox AS b
RUN rm /bin/vi
FROM scratch
COPY --from=b / /
""",
    ),
    Case(
        "arguments-in-from",
        """\
ARG BASE=nothing
ARG TAG=latest
FROM ${BASE}:${TAG} AS x
ARG BASE
RUN echo $BASE > /base
""",
        build_args={"BASE": "busybox"},
    ),
    Case(
        "from-a-platform",
        """\
FROM --platform=$BUILDPLATFORM busybox
ARG TARGETOS
ARG TARGETARCH
RUN echo $TARGETOS/$TARGETARCH > /p
""",
    ),
    Case(
        "a-whole-image-into-a-directory",
        """\
FROM scratch AS b
COPY t/ /
FROM busybox
COPY --from=b / /rootfs/
COPY --from=b /etc /dev /proc /some/
""",
        {"t/dev": Folder(), "t/proc": Folder(), "t/sys": Folder(), "t/etc/f": File("x"), "t/new": File("")},
    ),
    Case(
        "a-copy-of-a-root-has-the-mount-points-of-a-run",
        """\
FROM busybox AS runs
RUN touch /f
FROM scratch AS bare
COPY --from=busybox /bin /bin
RUN ["/bin/true"]
RUN ["/bin/touch", "/f"]
FROM busybox
COPY --from=runs / /runs
COPY --from=runs /proc /p
COPY --from=bare / /bare
""",
    ),
    Case(
        "a-copy-of-the-mount-points-of-a-run-that-changes-nothing",
        """\
FROM busybox AS changes-nothing
RUN true
FROM busybox
COPY --from=changes-nothing /proc /p
COPY --from=changes-nothing /sys /dev /q/
""",
    ),
    Case(
        "a-copy-of-what-the-engine-changes-in-every-container",
        """\
FROM debian:stable-slim AS debian
ENV A=1
FROM debian AS changed
RUN touch /etc/new
FROM scratch
COPY --from=busybox / /
COPY --from=busybox /etc /etc-of-busybox
COPY --from=debian /etc /etc-of-debian
COPY --from=debian /dev /proc /sys /points/
COPY --from=changed /etc /etc-changed
""",
    ),
    Case(
        "stages-that-nothing-needs-are-not-built",
        """\
FROM busybox AS used
RUN echo > /used
FROM no-such-image-anywhere:1 AS unused
RUN exit 1
FROM used
COPY --from=used /used /again
""",
    ),
    Case(
        "a-chain-of-stages",
        """\
FROM busybox AS a
RUN echo a > /a
WORKDIR /w
ENV PATH=/opt:$PATH
FROM a AS b
RUN echo b > b
USER nobody
FROM b AS c
RUN echo $PATH > /tmp/c; pwd >> /tmp/c; id -un >> /tmp/c
USER root
FROM c
COPY --from=b /w/b /copied
COPY --from=2 --chown=nobody /tmp/c .
""",
    ),
    Case(
        "two-stages-of-one-name",
        """\
FROM busybox AS x
RUN echo 1 > /f
FROM busybox AS x
RUN echo 2 > /f
FROM scratch
COPY --from=x /f /
""",
    ),
    Case(
        "a-stage-named-as-its-image",
        """\
FROM busybox AS busybox
RUN echo 1 > /f
FROM busybox
COPY --from=busybox /f /g
""",
    ),
    Case(
        "scratch-with-nothing",
        'FROM scratch\nENV A=1\nCMD ["/x"]\n',
    ),
    Case(
        "a-binary-on-scratch-runs",
        """\
FROM scratch
COPY --from=busybox /bin/busybox /bin/
RUN ["/bin/busybox", "mkdir", "/made"]
SHELL ["/bin/busybox", "sh", "-c"]
RUN echo $0 $PATH $HOME $(pwd) > /made/f
WORKDIR /made/w
RUN ["busybox", "sh", "-c", "pwd > f"]
USER 1:2
RUN id 2> /dev/null; busybox id -u; true
""",
    ),
    Case(
        "an-image-with-neither-command-nor-entrypoint",
        """\
FROM scratch AS bare
COPY --from=busybox /bin /bin
RUN echo 1 > /f
FROM bare
RUN echo 2 > /g
ENV A=1
""",
    ),
    Case(
        "a-default-in-from",
        """\
ARG EMPTY
FROM ${EMPTY:-busybox}${NONE}
ARG EMPTY=x
RUN echo $EMPTY > /f
""",
    ),
]
