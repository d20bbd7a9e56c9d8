"""Parity cases: ADD of URLs and Git repositories."""

import gzip
import hashlib

from tests.parity.archives import member, packed
from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN, archive
from tests.remote_site import Commit, Page

WHEN = {"Last-Modified": "Fri, 14 Jul 2017 02:40:00 GMT"}
FILE = Page(b"a file\n", headers=WHEN)
DIGEST = "sha256:" + hashlib.sha256(FILE.content).hexdigest()
OTHER_DIGEST = "sha256:" + "0" * 64
TRANSFERRED = Page(gzip.compress(b"text"), headers={"Content-Encoding": "gzip"})
MIXED = """\
ADD top http://SITE/f a* <<here <<"there" /x/
$PATH
here
$PATH
there
"""
REPOSITORY = (
    Commit(
        {"a": "one\n", "*run": "#!/bin/sh\n", "d/e/f": "f\n", "exclude.me": "x\n"},
        tags=["v1"],
        annotated_tags=["ann"],
        refs=["refs/pull/7/head"],
        links={"l": "a", "d/up": "../a", "away": "/etc"},
    ),
    Commit({"a": "two\n", "d/e/f": "f\n"}),
    Commit({"a": "other\n"}, branch="other/b"),
)


def of_url(name: str, lines: str, page: Page = FILE, **pages: Page) -> Case:
    """A build that adds `/f`, and whatever else is named."""
    served = {"/f": page, **{f"/{path}": each for path, each in pages.items()}}
    return Case(f"add-url-{name}", f"FROM busybox\n{lines}", PLAIN, pages=served)


def of_git(name: str, lines: str) -> Case:
    """A build that adds from `r.git`."""
    return Case(f"add-git-{name}", f"FROM busybox\n{lines}", repositories={"r.git": REPOSITORY})


def failing(name: str, line: str) -> Case:
    """A build whose second line fails."""
    return Case(
        f"add-fails-{name}",
        f"FROM busybox\n{line}\n",
        PLAIN,
        fails=Fails(2),
        pages={"/f": FILE, "/500": Page(status=500), "/bad.tar": Page(packed(member("../out")))},
        repositories={"r.git": REPOSITORY},
    )


URLS = [
    of_url("to-a-file", "ADD http://SITE/f /x/y\n"),
    of_url("into-a-directory", "ADD http://SITE/f /x/\nADD http://SITE/f /etc\n"),
    of_url("to-the-working-directory", "WORKDIR /w\nADD http://SITE/f .\nADD http://SITE/f a/b\n"),
    of_url("without-a-time", "ADD http://SITE/f /x\n", Page()),
    of_url("with-a-time-that-is-none", "ADD http://SITE/f /x\n", Page(headers={"Last-Modified": "soon"})),
    of_url(
        "name-of-the-header-does-not-count",
        "ADD http://SITE/f /x/\n",
        Page(headers={"Content-Disposition": "a; filename=b"}),
    ),
    of_url("with-a-query", "ADD http://SITE/f?a=/b/c#d /x/\n"),
    of_url("with-a-name-that-is-a-pattern", "ADD http://SITE/f%2a%5b%5c /x/\n", **{"f*[\\": FILE}),
    of_url("of-a-folder", "ADD http://SITE/g/ /x/\n", **{"g/": Page(b"index\n")}),
    of_url("redirected", "ADD http://SITE/f /x/\n", Page(b"", 302, {"Location": "http://SITE/g"}), g=FILE),
    of_url("by-owner-and-mode", "ADD --chown=3:4 --chmod=751 http://SITE/f /x/y/z\n"),
    of_url("by-symbolic-mode", "ADD --chmod=go+r http://SITE/f /x\n"),
    of_url("of-a-packed-file", "ADD http://SITE/f /x/\n", Page(gzip.compress(b"text"), headers=WHEN)),
    of_url("of-an-archive", "ADD http://SITE/f /x/\n", Page(archive("gz"), headers=WHEN)),
    of_url("of-an-archive-unpacked", "ADD --unpack --chown=3:4 http://SITE/f /x/\n", Page(archive("gz"))),
    of_url("of-no-archive-unpacked", "ADD --unpack=true http://SITE/f /x/\n"),
    of_url(
        "packed-for-the-transfer",
        "ADD http://SITE/f /x\n",
        Page(gzip.compress(b"text"), headers={"Content-Encoding": "gzip"}),
    ),
    of_url("with-its-checksum", f"ARG sum={DIGEST}\nADD --checksum=$sum http://SITE/f /x\n"),
    of_url(
        "with-files-archives-and-heredocs", 'ADD top http://SITE/f a* <<here <<"there" /x/\n$PATH\nhere\n$PATH\nthere\n'
    ),
    of_url("onto-a-link-and-twice", "RUN ln -s /y /x\nADD http://SITE/f http://SITE/f /x\n"),
    of_url("left-out-by-exclude", "ADD --exclude=f --exclude=top http://SITE/f top tool /x/\n"),
    Case(
        "add-url-of-a-trigger",
        "FROM busybox AS base\nONBUILD ADD http://SITE/f /x\nFROM base\nRUN cat /x\n",
        pages={"/f": FILE},
    ),
]

REPOSITORIES = [
    of_git("of-the-default-branch", "ADD http://SITE/r.git /x\n"),
    of_git("of-a-tag", "ADD http://SITE/r.git#v1 /x/\n"),
    of_git("of-an-annotated-tag", "ADD http://SITE/r.git?tag=ann /x\n"),
    of_git("of-branches", "ADD http://SITE/r.git#other/b /x\nADD http://SITE/r.git?branch=main /y\n"),
    of_git(
        "of-refs-in-full", "ADD http://SITE/r.git#refs/heads/other/b /x\nADD http://SITE/r.git#refs/pull/7/head /y\n"
    ),
    of_git("of-a-folder", "ADD http://SITE/r.git#v1:d/e /x\nADD http://SITE/r.git?subdir=d&ref=v1 /y/\n"),
    of_git("by-owner-and-mode", "ADD --chown=3:4 --chmod=g+w http://SITE/r.git#v1 /x\n"),
    of_git("onto-what-is-there", "RUN mkdir -m 700 -p /x/d && echo 1 > /x/a\nADD http://SITE/r.git#v1 /x\n"),
    of_git("left-out-by-exclude", "ADD --exclude=*.me --exclude=d/e http://SITE/r.git#v1 /x\n"),
    # Not its configuration: BuildKit takes over a clone of the same commit that it has from elsewhere.
    of_git(
        "with-its-git-folder",
        """\
ADD --keep-git-dir=true http://SITE/r.git#v1 /x
ADD http://SITE/r.git?keep-git-dir=true&ref=ann /y
FROM scratch
COPY --from=0 /x/.git/HEAD /x/.git/shallow /x/a /x/
COPY --from=0 /x/.git/refs /x/refs
COPY --from=0 /y/.git/HEAD /y/a /y/
COPY --from=0 /y/.git/refs /y/refs
""",
    ),
    Case(
        "add-git-with-submodules",
        "FROM busybox\nADD http://SITE/m.git /x\nADD http://SITE/m.git?submodules=false /y\n",
        repositories={
            "sub.git": [Commit({"s": "s\n"})],
            "m.git": [Commit({"a": "m\n"}, submodules={"mod": "sub.git"})],
        },
    ),
    Case(
        "add-git-and-more",
        "FROM busybox\nADD top http://SITE/r.git#v1:d http://SITE/f.git/g <<here /x/\n1\nhere\n",
        PLAIN,
        pages={"/f.git/g": FILE},
        repositories={"r.git": REPOSITORY},
    ),
]

FAILURES = [
    failing("not-there", "ADD http://SITE/gone /x"),
    failing("server-error", "ADD http://SITE/500 /x"),
    failing("no-server", "ADD http://127.0.0.1:9/f /x"),
    failing("another-checksum", f"ADD --checksum={OTHER_DIGEST} http://SITE/f /x"),
    failing("checksum-of-sha512", f"ADD --checksum=sha512:{'0' * 128} http://SITE/f /x"),
    failing("checksum-too-short", "ADD --checksum=sha256:abc http://SITE/f /x"),
    failing("checksum-without-an-algorithm", f"ADD --checksum={'0' * 64} http://SITE/f /x"),
    failing("checksum-of-md5", f"ADD --checksum=md5:{'0' * 32} http://SITE/f /x"),
    failing("checksum-of-a-local-file", f"ADD --checksum={DIGEST} top /x"),
    failing("checksum-of-two", f"ADD --checksum={DIGEST} http://SITE/f http://SITE/f /x/"),
    failing("copy-of-a-url", "COPY http://SITE/f /x"),
    failing("copy-of-a-repository", "COPY http://SITE/r.git /x"),
    failing("archive-that-leads-out", "ADD --unpack http://SITE/bad.tar /x/"),
    failing("repository-not-there", "ADD http://SITE/gone.git /x"),
    failing("reference-not-there", "ADD http://SITE/r.git#gone /x"),
    failing("shortened-commit", "ADD http://SITE/r.git#fe5d6c8 /x"),
    failing("folder-not-there", "ADD http://SITE/r.git#:gone /x"),
    failing("file-for-a-folder", "ADD http://SITE/r.git#:a /x"),
    failing("commit-that-is-none", "ADD --checksum=xyz http://SITE/r.git /x"),
    failing("another-commit", "ADD --checksum=abc http://SITE/r.git#v1 /x"),
    failing("unknown-query", "ADD http://SITE/r.git?foo=1 /x"),
    failing("branch-and-tag", "ADD http://SITE/r.git?branch=main&tag=v1 /x"),
    failing("keep-git-dir-both-ways", "ADD --keep-git-dir=false http://SITE/r.git?keep-git-dir=1 /x"),
    failing("ssh-without-an-agent", "ADD git@127.0.0.1:a/b /x"),
]

CASES = [*URLS, *REPOSITORIES, *FAILURES]
