"""Parity cases: ADD of files and archives."""

import gzip

from tests.parity.case import Case
from tests.parity.samples import PLAIN, USERS, archive
from tests.parity.trees import File

CASES = [
    Case(
        "add-files-as-copy",
        """\
FROM busybox
ADD top dir /x/
ADD --chown=3:4 --chmod=640 top /y
""",
        PLAIN,
    ),
    Case(
        "add-archives",
        """\
FROM busybox
ADD a.tar /a
ADD a.tar.gz /b/c/
ADD a.tar.bz2 /d
""",
        {"a.tar": File(archive()), "a.tar.gz": File(archive("gz")), "a.tar.bz2": File(archive("bz2"))},
    ),
    Case(
        "add-archive-by-chown",
        f"""\
FROM busybox
RUN {USERS}
ADD --chown=app:staff a.tar top /x/y/
""",
        {**PLAIN, "a.tar": File(archive())},
    ),
    Case(
        "add-archive-onto-what-is-there",
        """\
FROM busybox
RUN mkdir -p /x/over/er /x/early /target && echo old > /x/file && chmod 700 /x/early
ADD a.tar.gz /x
ADD top a.tar.gz dir /x/
""",
        {**PLAIN, "a.tar.gz": File(archive("gz"))},
    ),
    Case("add-archive-to-the-root", "FROM busybox\nADD a.tar /\n", {"a.tar": File(archive())}),
    Case(
        "add-what-is-no-archive",
        """\
FROM busybox
ADD not.tar not.gz /x/
COPY a.tar /x/
""",
        {"not.tar": File("text"), "not.gz": File(gzip.compress(b"text")), "a.tar": File(archive())},
    ),
]
