"""Parity cases: builds that fail."""

from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN
from tests.parity.trees import File, Link

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
    Case("fails-not-executable", "FROM busybox\nRUN /etc/passwd\n", fails=Fails(2, 126)),
    Case("fails-not-executable-in-exec-form", 'FROM busybox\nRUN true\nRUN ["/etc/passwd"]\n', fails=Fails(3, 1)),
    Case("fails-on-a-missing-program-in-exec-form", 'FROM busybox\nRUN ["no-such", "x"]\n', fails=Fails(2, 1)),
    Case("fails-on-a-missing-path-in-exec-form", 'FROM busybox\nRUN ["/no/such"]\n', fails=Fails(2, 1)),
    Case("fails-without-a-shell", "FROM scratch\nCOPY top /\nRUN echo a\n", PLAIN, fails=Fails(3, 1)),
    Case("fails-by-a-missing-shell", 'FROM busybox\nSHELL ["/bin/zsh", "-c"]\nRUN true\n', fails=Fails(3, 1)),
    Case("fails-with-255", "FROM busybox\nRUN exit 255\n", fails=Fails(2, 255)),
    Case("fails-with-256-which-is-none", "FROM busybox\nRUN exit 256\nRUN exit 4\n", fails=Fails(3, 4)),
    Case(
        "fails-in-the-middle-by-set-e",
        """\
FROM busybox
SHELL ["/bin/sh", "-ec"]
RUN true; false; \\
    echo not here
""",
        fails=Fails(3, 1),
    ),
    Case(
        "fails-in-a-pipe",
        """\
FROM busybox
RUN exit 3 | true
SHELL ["/bin/sh", "-o", "pipefail", "-c"]
RUN exit 3 | true
""",
        fails=Fails(4, 3),
    ),
    Case(
        "fails-in-a-script-with-an-interpreter",
        """\
FROM busybox
RUN <<EOF
#!/bin/sh
exit 12
EOF
""",
        fails=Fails(2, 12),
    ),
    Case(
        "fails-by-a-missing-interpreter",
        """\
FROM busybox
RUN <<EOF
#!/usr/bin/no-such
true
EOF
""",
        fails=Fails(2, 127),
    ),
    Case("fails-by-syntax-of-the-shell", "FROM busybox\nRUN if true; then\n", fails=Fails(2, 2)),
    Case("fails-as-an-unknown-group", "FROM busybox\nUSER root:nogroup-here\nRUN true\n", fails=Fails(3)),
    Case("fails-on-a-workdir-that-is-a-file", "FROM busybox\nWORKDIR /etc/passwd\n", fails=Fails(2)),
    Case(
        "fails-in-a-workdir-that-was-made-a-file",
        "FROM busybox\nWORKDIR /w\nRUN cd / && rmdir /w && echo > /w\nRUN true\n",
        fails=Fails(4, 1),
    ),
    Case("fails-in-a-trigger", "FROM busybox AS b\nONBUILD RUN exit 5\nFROM b\n", fails=Fails(3, 5)),
    Case("fails-on-an-unknown-flag", "FROM busybox\nRUN --mounts=type=cache true\n", fails=Fails(2)),
    Case("fails-on-an-unknown-flag-of-copy", "FROM busybox\nCOPY --form=a b c\n", fails=Fails(2)),
    Case("fails-on-a-flag-without-a-value", "FROM busybox\nCOPY --from a b\n", fails=Fails(2)),
    Case("fails-on-one-word-of-copy", "FROM busybox\nENV A=1\nCOPY onlyone\n", fails=Fails(3)),
    Case("fails-on-a-heredoc-without-an-end", "FROM busybox\nRUN <<EOF\necho a\n", fails=Fails(2)),
    Case("fails-on-env-without-a-value", "FROM busybox\nENV ONLY\n", fails=Fails(2)),
    Case("fails-on-a-blank-key", "FROM busybox\nENV A=1\nENV =x\n", fails=Fails(3)),
    Case("fails-on-a-bad-substitution", "FROM busybox\nENV A=${B\n", fails=Fails(2)),
    Case("fails-on-a-required-variable", "FROM busybox\nARG V\nENV A=${V:?must be set}\n", fails=Fails(3)),
    Case("fails-on-an-unknown-signal", "FROM busybox\nSTOPSIGNAL SIGNOPE\n", fails=Fails(2)),
    Case("fails-on-a-bad-port", "FROM busybox\nEXPOSE 80\nEXPOSE 70000\n", fails=Fails(3)),
    Case("fails-on-a-bad-health-check", "FROM busybox\nHEALTHCHECK --interval=5 CMD true\n", fails=Fails(2)),
    Case("fails-on-an-unknown-health-check", "FROM busybox\nHEALTHCHECK RUN true\n", fails=Fails(2)),
    Case("fails-on-shell-without-json", "FROM busybox\nSHELL /bin/sh -c\n", fails=Fails(2)),
    Case("fails-on-onbuild-of-onbuild", "FROM busybox\nONBUILD ONBUILD RUN true\n", fails=Fails(2)),
    Case("fails-on-onbuild-of-from", "FROM busybox\nONBUILD FROM busybox\n", fails=Fails(2)),
    Case("fails-without-from", "RUN true\n", fails=Fails(1)),
    Case("fails-on-an-empty-from", "ARG NOTHING\nFROM $NOTHING\n", fails=Fails(2)),
    Case("fails-on-a-bad-stage-name", "FROM busybox AS a:b\n", fails=Fails(1)),
    Case("fails-on-words-after-from", "FROM busybox AS a b\n", fails=Fails(1)),
    Case("fails-on-an-unknown-image", "FROM busybox AS a\nFROM localhost:1/no/such\n", fails=Fails(2)),
    Case(
        "fails-on-copying-from-itself",
        "FROM busybox AS a\nCOPY --from=a /etc /x\n",
        fails=Fails(2),
    ),
    Case(
        "fails-on-copying-from-a-later-stage",
        "FROM busybox AS a\nCOPY --from=1 /etc /x\nFROM busybox\nCOPY --from=a / /\n",
        fails=Fails(2),
    ),
    Case(
        "fails-on-what-is-ignored",
        "FROM busybox\nCOPY top /\n",
        {**PLAIN, ".dockerignore": File("top\n")},
        ignored=("top",),
        fails=Fails(2),
    ),
    Case("fails-on-an-unknown-target", "FROM busybox AS a\n", target="b", fails=Fails(None)),
    Case("fails-on-nothing-at-all", "# only a comment\n", fails=Fails(None)),
    Case("fails-on-an-unknown-platform", "FROM --platform=linux busybox/x/y/z\n", fails=Fails(1)),
    Case("fails-on-a-bad-mode", "FROM busybox\nCOPY --chmod=999 top /\n", PLAIN, fails=Fails(2)),
    Case("fails-on-an-unknown-network", "FROM busybox\nRUN --network=nowhere true\n", fails=Fails(2)),
    Case(
        "fails-after-a-continuation",
        """\
FROM busybox
ENV A=1 \\
# comment
    B=2 \\
    C
""",
        fails=Fails(2),
    ),
]
