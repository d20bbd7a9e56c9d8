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
]
