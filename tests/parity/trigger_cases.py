"""Parity cases: ONBUILD."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN

CASES = [
    Case(
        "triggers-run-once",
        """\
FROM busybox AS base
ONBUILD RUN echo x >> /log
FROM base AS middle
RUN cat /log > /middle
FROM middle
RUN cat /log > /last
""",
    ),
    Case(
        "triggers-of-every-kind",
        """\
FROM busybox AS base
WORKDIR /base
ONBUILD ARG V=1
ONBUILD ENV E=$V
ONBUILD WORKDIR sub
ONBUILD COPY dir ./
ONBUILD ADD top /added/
ONBUILD USER 7:8
ONBUILD RUN id > /tmp/id && pwd >> /tmp/id
ONBUILD EXPOSE 81
ONBUILD VOLUME /data
ONBUILD LABEL l=$V
ONBUILD CMD ["c", "$V"]
ONBUILD ENTRYPOINT e $V
ONBUILD STOPSIGNAL 9
ONBUILD HEALTHCHECK --retries=2 CMD true
ONBUILD SHELL ["/bin/sh", "-ec"]
FROM base
ARG V
RUN echo "$V $E $(pwd)" > /tmp/after
""",
        PLAIN,
        build_args={"V": "given"},
    ),
    Case(
        "triggers-of-two-bases",
        """\
FROM busybox AS one
ONBUILD RUN echo one >> /log
FROM one AS two
ONBUILD RUN echo two >> /log
FROM two
ONBUILD RUN echo three >> /log
RUN echo own >> /log
""",
    ),
    Case(
        "a-trigger-copies-from-a-stage",
        """\
FROM busybox AS files
RUN echo made > /made
FROM busybox AS base
ONBUILD COPY --from=files /made /copied
ONBUILD COPY --from=0 /made /by-number
FROM base
""",
    ),
    Case(
        "triggers-in-lower-case-and-with-continuations",
        """\
FROM busybox AS base
onbuild run echo a \\
  b > /f
ONBUILD   env  A=1   B="two  blanks"
FROM base
""",
    ),
    Case(
        "triggers-in-the-image",
        """\
FROM busybox
ONBUILD   RUN   echo  a \\
   b
ONBUILD copy --chown=1 a b
ONBUILD ENV A="b c" D='e'
ONBUILD CMD ["x",   "y"]
ONBUILD RUN <<EOF
echo here
EOF
""",
    ),
]
