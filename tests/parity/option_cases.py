"""Parity cases: the options of `docker build` that change the result."""

from stepper.engine.step import ExtraHost, RunSettings, Ulimit
from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN

_SHM = 32 << 20

CASES = [
    Case(
        "labels-of-the-build",
        """\
FROM busybox AS base
LABEL a=base z=base
FROM base
LABEL b=own c=own
""",
        labels={"c": "build", "z": "build", "new": "two words", "empty": ""},
    ),
    Case(
        "labels-of-the-build-alone",
        "FROM scratch\nCOPY top /\n",
        PLAIN,
        labels={"only": "one"},
    ),
    Case(
        "a-target-in-other-letters",
        """\
FROM busybox AS First
ARG TARGETSTAGE
RUN echo $TARGETSTAGE > /f
FROM busybox
RUN exit 1
""",
        target="fIRST",
    ),
    Case(
        "a-target-with-labels-and-arguments",
        """\
ARG V=1
FROM busybox AS a
ARG V
RUN echo $V > /v
FROM a AS b
LABEL v=$V
CMD ["b"]
FROM b
CMD ["c"]
""",
        target="b",
        build_args={"V": "2"},
        labels={"l": "1"},
    ),
    Case(
        "names-for-hosts",
        "FROM busybox\nRUN grep named /etc/hosts | tr '\\t' ' ' > /f\n",
        settings=RunSettings(extra_hosts=(ExtraHost("named", "10.1.2.3"), ExtraHost("six.named", "fd00::7"))),
    ),
    Case(
        "size-of-shared-memory",
        "FROM busybox\nRUN df -k /dev/shm | tail -1 | awk '{ print $2 }' > /f\n",
        settings=RunSettings(shm_size=_SHM),
    ),
    Case("shared-memory-by-default", "FROM busybox\nRUN df -k /dev/shm | tail -1 | awk '{ print $2 }' > /f\n"),
    Case(
        "limits-of-processes",
        "FROM busybox\nRUN ulimit -n > /f; ulimit -Hn >> /f; ulimit -c >> /f\n",
        settings=RunSettings(ulimits=(Ulimit("nofile", 300, 400), Ulimit("core", 0, 0))),
    ),
    Case(
        "no-network-for-the-whole-build",
        """\
FROM busybox
RUN ls /sys/class/net > /f
RUN --network=default ls /sys/class/net > /g
""",
        settings=RunSettings(network="none"),
    ),
    Case(
        "the-network-of-the-engine",
        "FROM busybox\nRUN ls -d /sys/class/net/lo > /f; cat /proc/sys/kernel/hostname > /g\n",
        settings=RunSettings(network="host"),
    ),
    Case("the-engines-own-platform", "FROM busybox\nRUN uname -m > /f\n", platform="linux/amd64"),
    Case(
        "another-platform-on-the-builders-own",
        "FROM --platform=$BUILDPLATFORM busybox\nRUN uname -m > /f\nENV a=1\n",
        platform="linux/arm/v7",
    ),
    Case(
        "another-platform-on-scratch",
        """\
FROM scratch
ARG TARGETPLATFORM
ARG TARGETVARIANT
ENV P=$TARGETPLATFORM V=$TARGETVARIANT
COPY top /
""",
        PLAIN,
        platform="linux/arm/v7",
    ),
    Case(
        "a-platform-in-from-on-scratch",
        "FROM --platform=linux/s390x scratch\nARG TARGETARCH\nCOPY top /$TARGETARCH/\n",
        PLAIN,
    ),
    Case(
        "a-time-of-the-source",
        """\
FROM busybox
ENV A=1
ARG SOURCE_DATE_EPOCH
RUN echo "[$SOURCE_DATE_EPOCH]" > /f
COPY top /d/
WORKDIR /w
CMD ["x"]
""",
        PLAIN,
        build_args={"SOURCE_DATE_EPOCH": "1600000000"},
    ),
    Case(
        "a-time-of-the-source-that-no-stage-declares",
        """\
FROM busybox AS base
RUN echo "[$SOURCE_DATE_EPOCH]" > /f
FROM base
LABEL a=1
""",
        build_args={"SOURCE_DATE_EPOCH": "1600000000"},
    ),
    Case(
        "a-time-of-the-source-in-the-dockerfile",
        """\
ARG SOURCE_DATE_EPOCH=1500000000
FROM busybox
ARG SOURCE_DATE_EPOCH
RUN echo "[$SOURCE_DATE_EPOCH]" > /f
""",
    ),
    Case(
        "a-dockerfile-in-a-folder",
        "FROM scratch\nCOPY . /\n",
        PLAIN,
        dockerfile_path="docker/build.Dockerfile",
    ),
    Case(
        "fails-on-a-time-of-the-source-that-is-none",
        "FROM busybox\nENV A=1\n",
        build_args={"SOURCE_DATE_EPOCH": "yesterday"},
        fails=Fails(None),
    ),
]
