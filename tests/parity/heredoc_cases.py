"""Parity cases: heredocs of RUN and COPY."""

from tests.parity.case import Case

CASES = [
    Case(
        "heredocs-with-variables-and-quotes",
        """\
FROM busybox
ARG WHO=world
ENV HOW=hello
COPY <<plain <<"double" <<'single' <<-dash /h/
$HOW ${WHO:-x} \\$HOW \\\\ `date` $(date)
plain
$HOW "$WHO"
double
$HOW '$WHO'
single
\t$HOW
\t\ttwo tabs
\tdash
COPY <<EOF /empty
EOF
COPY <<a.txt <<$WHO /names/
one
a.txt
two
$WHO
""",
    ),
    Case(
        "heredoc-that-ends-as-another-begins",
        """\
FROM busybox
RUN <<ONE cat > /a && cat <<TWO > /b
echo one
ONE
two
TWO
RUN cat <<EOF > /c; echo after >> /c
 EOF
EOF2
EOF
""",
    ),
    Case(
        "heredocs-that-are-scripts",
        """\
FROM busybox
RUN <<EOF
  echo indented > /a
if true; then
  echo \\
    continued >> /a
fi
# a comment
EOF
RUN <<-EOF
\techo stripped > /b
\t\techo twice >> /b
\tEOF
RUN <<"EOF"
A=quoted
echo $A > /c
EOF
RUN <<EOF sh
echo by sh $0 > /d
EOF
RUN <<EOF awk -f - /etc/passwd > /e
NR == 1
EOF
""",
    ),
    Case(
        "heredoc-with-interpreters",
        """\
FROM busybox
RUN <<EOF
#!/bin/sh -e
echo $0 > /a
false || true
EOF
RUN <<EOF
#!/bin/env sh
echo env > /b
EOF
SHELL ["/bin/sh", "-ec"]
RUN <<EOF
echo $0 > /c
EOF
USER 5
RUN <<EOF
#!/bin/sh
id -u > /tmp/user
EOF
""",
    ),
    Case("heredoc-without-a-newline-at-its-end", "FROM busybox\nCOPY <<EOF /f\nlast\nEOF"),
    Case(
        "heredocs-in-onbuild",
        """\
FROM busybox AS base
ONBUILD RUN <<EOF
echo triggered > /t
EOF
FROM base
""",
    ),
    Case(
        "heredocs-with-digits-and-blanks",
        """\
FROM busybox
RUN 0<<EOF cat > /a
stdin
EOF
RUN cat 3<<EOF > /b <&3
three
EOF
RUN <<'A B' cat > /c
spaced
A B
""",
    ),
    Case(
        "heredocs-of-several-files-in-one-copy",
        """\
FROM busybox
COPY --chmod=750 --chown=11:12 <<one <<two /d/
1
one

two
RUN cat /d/one /d/two > /all
""",
    ),
]
