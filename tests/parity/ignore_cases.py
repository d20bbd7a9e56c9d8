"""Parity cases: ignore files."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN
from tests.parity.trees import File

CASES = [
    Case(
        "ignore-file",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("# rules\n*.txt\n**/*.txt\n!dir/sub/c.txt\nempty\nother\n\n")},
        ignored=("dir/b.txt", "empty", "other"),
    ),
    Case(
        "ignore-file-of-the-dockerfile",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("*\n"), "Dockerfile.dockerignore": File("dir/*\n!dir/sub\nt*\n")},
        ignored=("dir/a", "dir/b.txt", "dir/link", "dir/hard", "top", "tool"),
    ),
    Case(
        "ignore-with-exceptions-of-exceptions",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("*\n!dir\ndir/sub\n!dir/sub/d\n!t*\ntool\n")},
        ignored=("dir/sub/c.txt", "tool", "suid", "other", "empty", "nothing", ".dockerignore"),
        stands_for="""\
FROM busybox AS context
COPY . /context
RUN rm /context/Dockerfile
FROM scratch
COPY --from=context /context /
""",
    ),
    Case(
        "ignore-patterns-of-all-forms",
        "FROM scratch\nCOPY . /\n",
        {
            **{
                f"{folder}{name}": File(name)
                for folder in ("", "x/", "x/y/")
                for name in ("a.log", "b1", "b2", "c d", "#h")
            },
            ".dockerignore": File(
                "  # no comment, but indented\n# comment\n*.log\n**/b?\n!x/y/b2\n/x/c d\n"
                "./x/y/../#h\n\\#h\n\n   \nnone/**/such\n"
            ),
        },
        ignored=("a.log", "b1", "b2", "x/b1", "x/b2", "x/y/b1", "x/c d", "x/#h", "#h"),
    ),
    Case(
        "ignore-by-double-stars",
        "FROM scratch\nCOPY . /\n",
        {
            **{f"{folder}{name}": File(name) for folder in ("", "m/", "a/m/", "a/b/m/") for name in ("k.o", "k.c")},
            ".dockerignore": File("**/*.o\n!a/**/k.o\na/b/**\n!**/m/k.c\n"),
        },
        ignored=("k.o", "m/k.o", "a/b/m/k.o"),
    ),
    Case(
        "ignore-everything-but-one",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("**\n!dir/sub/c.txt\n")},
        ignored=(
            *("top", "other", "tool", "suid", "dir/a", "dir/b.txt", "dir/sub/d", "dir/link", "dir/hard", "empty"),
            *("nothing", ".dockerignore"),
        ),
        stands_for="""\
FROM busybox AS context
COPY . /context
RUN rm /context/Dockerfile
FROM scratch
COPY --from=context /context /
""",
    ),
    Case(
        "ignore-the-dockerfile-and-itself",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("Dockerfile\n.dockerignore\n")},
        ignored=(".dockerignore",),
        stands_for="""\
FROM busybox AS context
COPY . /context
RUN rm /context/Dockerfile
FROM scratch
COPY --from=context /context /
""",
    ),
    Case(
        "ignore-an-empty-file",
        "FROM scratch\nCOPY . /\n",
        {**PLAIN, ".dockerignore": File("")},
    ),
    Case(
        "ignore-classes-and-windows-line-ends",
        "FROM scratch\nCOPY . /\n",
        {
            **{name: File(name) for name in ("f1", "f2", "g1", "h-1", "h^1")},
            ".dockerignore": File("[fg]1\r\nh[^a-z]1\r\n"),
        },
        ignored=("f1", "g1", "h-1", "h^1"),
    ),
]
