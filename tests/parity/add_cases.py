"""Parity cases: ADD of files and archives."""

import bz2
import gzip
import lzma
import tarfile

from stepper.image.compression import Compression, compressed
from tests.parity.archives import FILE, FOLDER, HARD, LINK, member, packed
from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN, USERS, archive
from tests.parity.trees import File

FILES_AND_ARCHIVES = [
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

CAPABILITY = "\x01\x00\x00\x02\x00 \x00\x00" + "\x00" * 12


def of(name: str, content: bytes, lines: str = "ADD a /x/\n") -> Case:
    """A build that adds the file `a`."""
    return Case(f"add-archive-{name}", f"FROM busybox\n{lines}", {"a": File(content)})


def failing(name: str, content: bytes, lines: str = "ADD a /x/\n") -> Case:
    """A build whose ADD of the file `a`, the last line, fails."""
    case = of(name, content, lines)
    return Case(case.name, case.dockerfile, case.tree, fails=Fails(1 + lines.count("\n")))


def zstd(data: bytes) -> bytes:
    """The data compressed with zstd."""
    return b"".join(compressed([data], Compression.ZSTD))


COMPRESSIONS = [
    Case(
        "add-archives-in-every-compression",
        "FROM busybox\nADD a.xz /xz/\nADD a.zst /zst/\nADD a.gz a.bz2 /both/\n",
        {
            "a.xz": File(lzma.compress(archive())),
            "a.zst": File(zstd(archive())),
            "a.gz": File(gzip.compress(packed(member("gz")))),
            "a.bz2": File(bz2.compress(packed(member("bz2")))),
        },
    ),
    Case(
        "add-what-is-no-archive-either",
        "FROM busybox\nADD lzma twice zeros empty text.gz text.zst /x/\n",
        {
            "lzma": File(lzma.compress(archive(), format=lzma.FORMAT_ALONE)),
            "twice": File(gzip.compress(gzip.compress(archive()))),
            "zeros": File(bytes(10240)),
            "empty": File(b""),
            "text.gz": File(gzip.compress(b"text")),
            "text.zst": File(zstd(b"text")),
        },
    ),
    Case(
        "add-archives-unpacked-or-not",
        "FROM busybox\nADD --unpack=false a /x/\nADD --unpack=true a /y/\nADD --unpack a /z/\n",
        {"a": File(archive("gz"))},
    ),
]

MEMBERS = [
    of("of-an-archive", packed(member("inner.tar"), data=archive())),
    of("without-an-end", packed(member("f"))[:1024]),
    of("with-garbage-behind", packed(member("f")) + b"garbage" * 100),
    of("of-two-in-one", packed(member("f"))[:1024] + packed(member("g"))),
    of("of-devices", packed(member("c", tarfile.CHRTYPE, device=(1, 3)), member("p", tarfile.FIFOTYPE))),
    of("of-hard-links", packed(member("f"), member("d/h", HARD, link="f"), member("abs", HARD, link="/f"))),
    of("of-a-hard-link-to-a-link", packed(member("s", LINK, link="f"), member("h", HARD, link="s"))),
    of(
        "of-a-hard-link-to-what-is-there",
        packed(member("h", HARD, link="old")),
        "RUN mkdir /x && echo old > /x/old\nADD a /x/\n",
    ),
    of(
        "of-links-that-lead-out",
        packed(member("s", LINK, link="../../etc"), member("t", LINK, link="/etc"), member("t/n")),
    ),
    of("of-names-from-the-root", packed(member("/abs/f"), member("d/../g"), member("./h"))),
    of("of-long-names", packed(member("n" * 90 + "/" + "m" * 150), member("s", LINK, link="t" * 200))),
    of("of-long-names-of-gnu", packed(member("n" * 90 + "/" + "m" * 150), form=tarfile.GNU_FORMAT)),
    of("of-names-beyond-ascii", packed(member("\u00fc/\u65e5\u672c"), member("a b\nc"))),
    of("of-large-ids", packed(member("f", uid=3_000_000))),
    of(
        "with-attributes",
        packed(
            member("c", records={"SCHILY.xattr.security.capability": CAPABILITY}),
            member("n", records={"SCHILY.xattr.nonsense": "value"}),
        ),
    ),
    of(
        "of-times",
        packed(member("f", mtime=1_500_000_000.75), member("old", mtime=-5.0), member("d", FOLDER, mtime=1.0)),
    ),
    of("with-special-modes", packed(member("f", mode=0o6755), member("d", FOLDER, mode=0o1777))),
    of("with-records-for-all", packed(member("f", records={"comment": "c"}))),
    of(
        "by-owner-and-mode",
        packed(member("d", FOLDER), member("d/f"), member("s", LINK, link="q")),
        "ADD --chown=3:4 --chmod=700 a /x/y/\n",
    ),
    of("twice-with-one-name", packed(member("f", mode=0o600), member("f"), member("d", FOLDER), member("d", FILE))),
    of("that-begins-with-its-root", packed(member("./", FOLDER, mode=0o700), member("./f"))),
    of(
        "onto-other-kinds",
        packed(member("d", FOLDER), member("d/f"), member("f"), member("l")),
        "RUN mkdir -p /x/f/g && echo 1 > /x/d && ln -s /etc/passwd /x/l\nADD a /x/\n",
    ),
    of(
        "with-names-of-whiteouts",
        packed(member(".wh.gone"), member("f")),
        "RUN mkdir /x && echo 1 > /x/gone\nADD a /x/\n",
    ),
]

FAILURES = [
    failing("that-is-cut-off", packed(member("f"), data=bytes(2000))[:1024]),
    failing("of-a-hard-link-to-nothing", packed(member("h", HARD, link="gone"))),
    failing("of-a-hard-link-that-leads-out", packed(member("h", HARD, link="../etc/passwd"))),
    failing("that-leads-out", packed(member("../f"))),
    failing("to-a-file", packed(member("f")), "RUN echo 1 > /x\nADD a /x\n"),
    failing("of-a-file-below-a-file", packed(member("f"), member("f/g"))),
    failing("of-an-unknown-kind", packed(member("f", b"Z"))),
]

CASES = [*FILES_AND_ARCHIVES, *COMPRESSIONS, *MEMBERS, *FAILURES]
