"""Parity cases: FROM, stages and targets."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN

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
]
