"""Parity cases: RUN in all its forms."""

from tests.parity.case import Case
from tests.parity.samples import USERS

CASES = [
    Case(
        "steps-that-change-nothing",
        """\
FROM busybox
RUN true
COPY nothing-* /x/
WORKDIR /tmp
RUN echo > /f
""",
    ),
    Case(
        "run-shell-form",
        """\
FROM busybox
RUN echo one \\
  # a comment
  && echo two > /f
RUN umask > /umask
""",
    ),
    Case(
        "run-exec-form",
        """\
FROM busybox
RUN ["/bin/sh", "-c", "echo $0 $1 > /f", "a b", "c"]
RUN ["touch", "/x y"]
""",
    ),
    Case(
        "run-heredoc",
        """\
FROM busybox
RUN <<EOF
echo one > /f
X=$HOME
echo $X >> /f
EOF
""",
    ),
    Case(
        "run-heredoc-with-its-own-interpreter",
        """\
FROM busybox
RUN <<EOF
#!/bin/awk -f
BEGIN { print "awk" > "/f" }
EOF
""",
    ),
    Case(
        "run-heredoc-as-input",
        """\
FROM busybox
RUN cat <<A > /f && cat <<-"B" >> /f
one $HOME
A
\ttwo $HOME
\tB
""",
    ),
    Case(
        "shell-changes-what-runs",
        """\
FROM busybox
SHELL ["/bin/sh", "-o", "pipefail", "-c"]
RUN true | echo piped > /f
CMD echo shell
ENTRYPOINT e
""",
    ),
    Case(
        "run-sees-environment-arguments-user-and-directory",
        f"""\
FROM busybox
RUN {USERS} && mkdir -m 777 /out
ARG WHO=nobody
ENV GREETING=hello
WORKDIR /w/x
USER app
RUN echo $GREETING $WHO $(pwd) $(id -u):$(id -g) $HOME > /out/f
USER 5:6
RUN id > /out/g; env | sort > /out/env
""",
        build_args={"WHO": "somebody"},
    ),
    Case(
        "run-changes-and-deletes",
        """\
FROM busybox
RUN mkdir -p /d/e && echo 1 > /d/e/f && ln /d/e/f /d/hard && ln -s e /d/soft
RUN chmod 700 /d/e && chown 3:4 /d/e/f && rm /d/soft && echo 2 >> /d/e/f
RUN rm -r /d/e && mkdir /d/e && mkfifo /d/p && mknod /d/n c 1 3 && chmod 1777 /d && chmod u+s /bin/busybox
""",
    ),
    Case(
        "run-names-of-all-kinds",
        """\
FROM busybox
RUN mkdir /n && cd /n && touch 'a b' "q'" "$(printf 'new\\nline')" '\\back' ü ./-x '*'
""",
    ),
    Case("run-leaves-a-process", "FROM busybox\nRUN sleep 100 & echo done > /f\n"),
    Case("run-without-network", "FROM busybox\nRUN --network=none ls /sys/class/net > /f\n"),
    Case(
        "predefined-arguments", "FROM busybox\nRUN echo $HTTP_PROXY > /f\n", build_args={"HTTP_PROXY": "http://proxy:1"}
    ),
]
