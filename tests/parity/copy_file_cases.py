"""Parity cases: COPY of what a filesystem may hold: names, links, globs, times, special files, what is overwritten."""

import io
import tarfile

from tests.parity.case import Case, Fails
from tests.parity.samples import LINKS, PLAIN
from tests.parity.trees import OLD, Fifo, File, Folder, HardLink, Link, Socket, Tree

BYTES = b"n\xff\xfe".decode("utf-8", "surrogateescape")
GLOBS: Tree = {
    "a1": File("1"),
    "a2": File("2"),
    "b1": File("3"),
    "[x]": File("4"),
    "x": File("x"),
    "a*b": File("5"),
    "a-b": File("6"),
    "q?": File("7"),
    "d1/f": File("8"),
    "d1/g/h": File("9"),
    "d2/f": File("10"),
    "d2/k": Folder(0o700),
    "ü1": File("u"),
    "\\b": File("bs"),
    ".hid": File("h"),
    "dl": Link("d1"),
    "fl1": Link("a1"),
}
NAMES: Tree = {
    "names/" + "l" * 255: File("x"),
    "names/new\nline": File("x"),
    "names/tab\tx": File("x"),
    "names/ lead": File("x"),
    "names/trail ": File("x"),
    "names/-dash": File("x"),
    "names/$HOME": File("x"),
    "names/q\"uo'te": File("x"),
    "names/\\back": File("x"),
    "names/" + "/".join(["d" * 200] * 12) + "/f": File("deep"),
    "names/link": Link("x" * 2000),
    f"names/{BYTES}": File("b"),
    f"names/{BYTES}d/f": File("b"),
    "names/to-bytes": Link(BYTES),
}
SPECIAL: Tree = {
    "s/fifo": Fifo(0o640),
    "s/fifo2": HardLink("s/fifo"),
    "s/socket": Socket(),
    "s/setuid": File("x", 0o4711),
    "s/setgid": File("x", 0o2755),
    "s/setuid2": HardLink("s/setuid"),
    "s/sticky": Folder(0o1777),
    "s/sticky/setgid": Folder(0o2775),
    "s/link": Link("setuid"),
}
ROUND_ABOUT: Tree = {
    **LINKS,
    "self": Link("."),
    "up": Link(".."),
    "up-dir": Link("../dir"),
    "chain": Link("to-dir"),
    "through": Link("to-dir/sub"),
    "loop1": Link("loop2"),
    "loop2": Link("loop1"),
    "no-passwd": Link("/etc/passwd"),
    "dir/sub/up": Link("../../top"),
}


def capable() -> bytes:
    """An archive of two names of one program with a capability, since only root may give it to a file."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.PAX_FORMAT) as archive:
        first = tarfile.TarInfo("first")
        capability = bytes.fromhex("0100000200040000000000000000000000000000").decode()
        first.size, first.mode, first.mtime = 4, 0o755, OLD
        first.pax_headers = {"SCHILY.xattr.security.capability": capability}
        # BuildKit takes no archive that begins with a PAX header.
        archive.addfile(tarfile.TarInfo("zero"))
        archive.addfile(first, io.BytesIO(b"work"))
    return body.getvalue()


def _copy(name: str, tree: Tree, *lines: str, fails: Fails | None = None) -> Case:
    return Case(name, "FROM busybox\n" + "\n".join(lines) + "\n", tree, fails=fails)


SOURCES = [
    _copy(
        "globs-with-classes-and-escapes",
        GLOBS,
        "COPY [ab]1 /a/",
        "COPY a[^1] /b/",
        "COPY \\[x\\] /c/",
        "COPY [[]x] /d/",
        "COPY a\\*b /e/",
        "COPY q\\? /f/",
        "COPY a?b /g/",
        "COPY [ü]1 /h/",
        'COPY ["[[]x]", "a\\\\*b", "/i/"]',
        "COPY ?1 [a-b]* /j/",
    ),
    _copy(
        "globs-of-directories",
        GLOBS,
        "COPY d* /a/",
        "COPY d?/f /b/",
        "COPY d[0-9]/* /c/",
        "COPY */f */*/h /d/",
        "COPY .* /e/",
        "COPY d1/no* x /f/",
        "COPY d?/./f /g/",
        "COPY d?//f d?/ /h/",
        "COPY d?/. /i/",
        "COPY * /j/",
    ),
    _copy(
        "globs-and-links",
        GLOBS,
        "COPY dl/* /a/",
        "COPY d[l]/* /b/",
        "COPY d[l] /c/",
        "COPY f[l]1 /d/",
        "COPY f[l]1 x /e/",
    ),
    _copy("glob-of-a-dangling-link", {"gone": Link("nowhere")}, "COPY g[o]ne /a/", fails=Fails(2)),
    _copy("glob-malformed-where-nothing-matches", GLOBS, "COPY zz[ /a/", fails=Fails(2)),
    _copy(
        "links-followed-at-the-source",
        ROUND_ABOUT,
        "COPY chain /a",
        "COPY chain/ /b/",
        "COPY through /c",
        "COPY to-dir/sub/c.txt /d",
        "COPY self/top /e",
        "COPY up/top /f",
        "COPY up-dir /g",
        "COPY to-dir/link dir/link dir/sub/up /h/",
    ),
    _copy("link-to-itself-at-the-source", ROUND_ABOUT, "COPY loop1 /a", fails=Fails(2)),
    _copy("link-to-a-file-of-the-machine", ROUND_ABOUT, "COPY no-passwd /a", fails=Fails(2)),
    _copy(
        "names-of-any-bytes", NAMES, "COPY names /n", "FROM busybox", "COPY --from=0 /n /m", "COPY --from=0 /n/n* /k/"
    ),
    _copy(
        "names-by-globs",
        NAMES,
        "COPY names/ll* names/?back names/-* /m/",
        'COPY ["names/ lead", "names/trail ", "/o/"]',
    ),
    _copy(
        "times-of-all-kinds",
        {
            "old": File("x", mtime=1),
            "future": File("x", mtime=4_102_444_800),
            "d": Folder(mtime=7),
            "d/x": Folder(mtime=8),
        },
        "COPY old future /a/",
        "COPY d /b",
        "FROM busybox",
        "COPY --from=0 /a /b /c/",
    ),
]
TARGETS = [
    _copy(
        "links-followed-at-the-destination",
        PLAIN,
        "RUN ln -s /real /l1 && ln -s missing/deep /l2 && ln -s ../../../x /l3 && mkdir /real && ln -s /l1 /l4",
        "RUN ln -s /real/f /lf && echo f > /real/f",
        "COPY top /l1",
        "COPY top /l2",
        "COPY top /l3/",
        "COPY dir /l4/d/",
        "COPY top /l4/l1/x",
        "COPY other /lf",
    ),
    _copy("link-to-itself-at-the-destination", PLAIN, "RUN ln -s l5 /l5", "COPY top /l5", fails=Fails(3)),
    _copy("link-to-itself-above-the-destination", PLAIN, "RUN ln -s l5 /l5", "COPY top /l5/x", fails=Fails(3)),
    _copy("a-file-over-a-directory-inside", PLAIN, "RUN mkdir -p /d/sub/c.txt", "COPY dir /d", fails=Fails(3)),
    _copy("a-link-over-a-directory", PLAIN, "RUN mkdir -p /d/link", "COPY dir /d", fails=Fails(3)),
    _copy(
        "a-directory-over-a-link", PLAIN, "RUN mkdir -p /d /real && ln -s /real /d/sub", "COPY dir /d", fails=Fails(3)
    ),
    _copy(
        "a-directory-over-a-file-inside", PLAIN, "RUN mkdir -p /d && echo file > /d/sub", "COPY dir /d", fails=Fails(3)
    ),
    _copy(
        "a-file-over-links",
        PLAIN,
        "RUN mkdir /d && ln -s /real /d/a && echo > /real && ln -s /real /f",
        "COPY dir /d",
        "COPY top /f",
    ),
    _copy(
        "files-over-special-files",
        PLAIN,
        "RUN mkdir -p /d/x && mkfifo /d/a && mknod /d/b.txt c 1 3 && chmod 4711 /d/x && ln /d/a /d/aa",
        "COPY dir /d",
        "COPY top /d/x",
        "COPY dir/sub /d/x",
    ),
    _copy("a-directory-over-a-program", PLAIN, "COPY dir /bin/busybox", fails=Fails(2)),
    _copy(
        "destinations-with-dots-and-slashes",
        PLAIN,
        "WORKDIR /w",
        "COPY . ./",
        "COPY top ..",
        "COPY top ./../a/./b/",
        "COPY top a/../c",
        "COPY top //x//y",
        "COPY top /./e/.",
        "COPY dir /f//",
        'COPY ["top", ""]',
    ),
]
FILES = [
    _copy(
        "special-files", SPECIAL, "COPY s /a", "COPY s/fifo s/link /b/", "COPY --chmod=640 --chown=3:4 s /c", "ADD s /d"
    ),
    _copy("a-socket", SPECIAL, "COPY s/socket /a", fails=Fails(2)),
    Case(
        "special-files-of-a-stage",
        """\
FROM debian:stable-slim
RUN mkdir -p /s/d && mknod /s/b b 7 8 && mknod /s/c c 1 3 && mkfifo -m 641 /s/p && ln /s/p /s/p2 && ln /s/b /s/b2
RUN ln -s b /s/l && ln -P /s/l /s/l2 && chmod 4751 /s/b
RUN perl -MSocket -e 'socket(S,PF_UNIX,SOCK_STREAM,0);bind(S,sockaddr_un("/s/k"))' && chmod 4640 /s/k && chown 5:6 /s/k
RUN touch -hd @1400000000 /s/* && touch -d @1400000000 /s
FROM busybox
COPY --from=0 --exclude=k /s /t
COPY --from=0 /s/b /s/p /u/
COPY --from=0 --chown=7:8 --chmod=600 --exclude=k /s /v
""",
    ),
    _copy(
        "capabilities",
        {"a.tar": File(capable())},
        "ADD a.tar /s/",
        "RUN ln /s/first /s/second",
        "FROM busybox",
        "COPY --from=0 /s /t",
        "COPY --from=0 --exclude=first /s /u",
        "COPY --from=0 --chown=3 /s/second /v",
        "COPY --from=0 --chown=3 --link /s/second /w",
    ),
    _copy("heredoc-with-a-blank-in-its-name", PLAIN, 'COPY <<"a name" top /z/', "text", "a name", fails=Fails(2)),
    _copy("heredoc-with-a-directory-in-its-name", PLAIN, "COPY <<a/b /d/", "text", "a/b", fails=Fails(2)),
    _copy(
        "heredocs-with-flags",
        PLAIN,
        "COPY --chmod=u+x,g-r --chown=5:6 <<a <<'b' /x/",
        "A $HOME",
        "a",
        "B $HOME",
        "b",
        'COPY <<"name" top /z/',
        "d $HOME",
        "name",
        "COPY <<EOF /EOF",
        "EOF",
        "COPY <<../up /dir/",
        "",
        "../up",
    ),
]

CASES = [*SOURCES, *TARGETS, *FILES]
