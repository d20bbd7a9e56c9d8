"""Parity cases: COPY and ADD with --link, which only the containerd image store does."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN, archive
from tests.parity.trees import File, Tree

TREE: Tree = {**PLAIN, "a.tar.gz": File(archive("gz"))}


def _copy(name: str, *lines: str) -> Case:
    return Case(f"link-{name}", "FROM busybox\n" + "\n".join(lines) + "\n", TREE)


CASES = [
    _copy("to-new-places", "COPY --link top /opt/x/", "COPY --link dir /opt/y", "COPY --link top suid /opt/z/"),
    _copy("into-a-directory-of-its-own-mode", "COPY --link top /tmp/x", "RUN stat -c %a /tmp"),
    _copy(
        "onto-links",
        "RUN mkdir /real && ln -s real /a && ln -s real /b && ln -s /real/new /c",
        "COPY --link top /a/",
        "COPY --link dir /b",
        "COPY --link top /c",
    ),
    _copy(
        "onto-directories",
        "RUN mkdir -p /t/sub /u/sub && chown 5:6 /t /t/sub /u/sub && chmod 700 /t /t/sub /u && touch /t/k /t/sub/k",
        "RUN touch -d @1400000000 /t /t/sub /u",
        "COPY --link dir /t",
        "COPY --link top /u/sub/",
    ),
    _copy(
        "a-file-where-a-directory-is", "RUN mkdir -p /t/in /u/in", "COPY --link top /t", "COPY --link --chown=3 top /u"
    ),
    _copy("with-ids", "COPY --link --chown=1:2 dir /t/sub/", "COPY --link --chown=root:7 top /u/"),
    _copy("with-chmod", "RUN mkdir /t && chmod 700 /t && ln -s /t /l", "COPY --link --chmod=600 top /l/sub/"),
    _copy(
        "relative-to-the-working-directory",
        "WORKDIR /w/v",
        "COPY --link top .",
        "COPY --link top dir x/",
        "COPY --link top y",
    ),
    _copy(
        "an-archive",
        "RUN mkdir -p /t/early /t/deep /r && chmod 700 /t && ln -s /r /t/elsewhere",
        "ADD --link a.tar.gz top /t/",
    ),
    _copy("an-archive-by-owner", "RUN mkdir /r && ln -s /r /t", "ADD --link --chown=3:4 a.tar.gz /t/"),
    _copy("from-an-image", "COPY --link --from=busybox /bin/busybox /bin/ls /t/", "COPY --link --from=busybox /bin /b"),
    _copy("everything-to-the-root", "COPY --link dir /", "COPY --link . /all"),
    _copy("heredocs", "COPY --link <<a <<b /x/", "A", "a", "B", "b", "COPY --link <<c /bin/c", "C", "c"),
    _copy("and-exclude", "COPY --link --exclude=sub --exclude=!sub/d dir /x", "ADD --link --exclude=a dir /y"),
    _copy("switched-off", "RUN mkdir /real && ln -s real /a", "COPY --link=false top /a/"),
    _copy("what-a-later-stage-copies", "RUN ln -s etc /a", "COPY --link dir /a", "FROM scratch", "COPY --from=0 /a /b"),
]
