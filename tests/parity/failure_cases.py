"""Parity cases: builds that fail."""

from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN
from tests.parity.trees import Link

CASES = [
    Case(
        "fails-in-run",
        """\
FROM busybox
RUN true
RUN echo 1; \\
  exit 7
RUN true
""",
        fails=Fails(3, 7),
    ),
    Case(
        "fails-in-an-earlier-stage",
        """\
FROM busybox AS a
RUN false
FROM busybox
COPY --from=a /etc /x
""",
        fails=Fails(2, 1),
    ),
    Case("fails-without-the-command", "FROM busybox\nRUN no-such-command --flag\n", fails=Fails(2, 127)),
    Case(
        "fails-in-a-heredoc",
        """\
FROM busybox
RUN <<EOF
true
exit 3
EOF
""",
        fails=Fails(2, 3),
    ),
    Case("fails-killed", "FROM busybox\nRUN sh -c 'kill -9 $$'; exit $?\n", fails=Fails(2, 137)),
    Case(
        "fails-on-a-missing-source",
        """\
FROM busybox
COPY top /
COPY missing /x
""",
        PLAIN,
        fails=Fails(3),
    ),
    Case("fails-on-a-dangling-link", "FROM busybox\nCOPY gone /x\n", {"gone": Link("nowhere")}, fails=Fails(2)),
    Case(
        "fails-on-a-missing-source-in-a-stage",
        """\
FROM busybox AS a
FROM busybox
COPY --from=a /missing /x
""",
        fails=Fails(3),
    ),
    Case("fails-on-a-glob-below-nothing", "FROM busybox\nCOPY none/*.txt /x/\n", fails=Fails(2)),
    Case("fails-on-a-malformed-glob", "FROM busybox\nCOPY [ab /x/\n", PLAIN, fails=Fails(2)),
    Case(
        "fails-on-a-file-over-a-directory",
        """\
FROM busybox
RUN mkdir -p /d/a
COPY dir /d
""",
        PLAIN,
        fails=Fails(3),
    ),
    Case(
        "fails-on-a-directory-over-a-file",
        """\
FROM busybox
COPY top /d
COPY dir /d
""",
        PLAIN,
        fails=Fails(3),
    ),
    Case(
        "fails-on-a-path-through-a-file",
        """\
FROM busybox
COPY top /f
COPY top /f/x/y
""",
        PLAIN,
        fails=Fails(3),
    ),
    Case(
        "fails-on-a-workdir-through-a-file",
        """\
FROM busybox
RUN touch /f
WORKDIR /f/x
""",
        fails=Fails(3),
    ),
    Case(
        "fails-on-a-loop-of-links",
        """\
FROM busybox
RUN ln -s b /a && ln -s a /b
COPY top /a/x
""",
        PLAIN,
        fails=Fails(3),
    ),
    Case(
        "fails-as-an-unknown-user",
        """\
FROM busybox
USER nobody-knows
RUN true
""",
        fails=Fails(3),
    ),
    Case(
        "fails-on-an-unknown-instruction",
        """\
FROM busybox
RUN true
RUM true
""",
        fails=Fails(3),
    ),
    Case("fails-on-an-unknown-image-in-copy", "FROM busybox\nCOPY --from=localhost:1/no/such /a /b\n", fails=Fails(2)),
]
