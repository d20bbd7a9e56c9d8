"""The Dockerfiles that Stepper has to build as BuildKit does, each with its build context."""

import bz2
import gzip
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.parity.trees import OLD, File, Folder, HardLink, Link, Tree


@dataclass(frozen=True)
class Fails:
    """Where a build fails: the line of the instruction, and the exit code where a command ended with one."""

    line: int
    exit_code: int | None = None


@dataclass(frozen=True)
class Case:
    """One build. `ignored` are the files that the ignore file keeps out: the docker command, not BuildKit, leaves
    them out of what is sent (recorded from docker 28.2)."""

    name: str
    dockerfile: str
    tree: Tree = field(default_factory=dict)
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    fails: Fails | None = None


USERS = "echo app:x:1234:555::/:/bin/sh >> /etc/passwd && echo staff:x:777: >> /etc/group"

PLAIN: Tree = {
    "top": File("top\n"),
    "other": File("other\n", 0o600, OLD + 60),
    "tool": File("#!/bin/sh\necho tool\n", 0o755),
    "suid": File("suid\n", 0o4755),
    "dir": Folder(0o750, OLD + 120),
    "dir/a": File("a\n", 0o640),
    "dir/b.txt": File("b\n"),
    "dir/sub": Folder(0o711, OLD + 180),
    "dir/sub/c.txt": File("c\n"),
    "dir/sub/d": File("d\n"),
    "dir/link": Link("a"),
    "dir/hard": HardLink("dir/a"),
    "empty": Folder(),
    "nothing": File(""),
}
LINKS: Tree = {
    **PLAIN,
    "to-top": Link("top"),
    "to-dir": Link("dir"),
    "absolute": Link("/dir/a"),
    "outside": Link("../../../dir"),
    "links/dangling": Link("nowhere"),
    "links/absolute": Link("/etc/passwd"),
    "links/up": Link("../top"),
}


def archive(compress: str = "") -> bytes:
    """A tar archive with owners, modes, links and a directory that comes after what is in it."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:

        def add(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"", mode: int = 0o644, link: str = "") -> None:
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.linkname, member.size = kind, mode, link, len(data)
            member.mtime, member.uid, member.gid = OLD, 11, 12
            tar.addfile(member, io.BytesIO(data))

        add("./", tarfile.DIRTYPE, mode=0o700)
        add("early/file", data=b"early\n", mode=0o640)
        add("early", tarfile.DIRTYPE, mode=0o751)
        add("file", data=b"data\n", mode=0o4755)
        add("hard", tarfile.LNKTYPE, link="file")
        add("soft", tarfile.SYMTYPE, link="file")
        add("elsewhere", tarfile.SYMTYPE, link="/target")
        add("elsewhere/inside", data=b"inside\n")
        add("over", data=b"over\n")
        add("deep/" * 30 + "name", data=b"deep\n")
    raw = body.getvalue()
    return {"": lambda: raw, "gz": lambda: gzip.compress(raw), "bz2": lambda: bz2.compress(raw)}[compress]()


FROM_AND_STAGES = [
    Case("from-scratch", "FROM scratch\nCOPY top /\n", PLAIN),
    Case("from-image-alone", "FROM busybox\n"),
    Case(
        "stages-by-name-number-and-case",
        """\
FROM busybox AS First
RUN echo 1 > /one
FROM busybox
RUN echo 2 > /two
FROM scratch
COPY --from=first /one /a
COPY --from=FIRST /one /b
COPY --from=0 /one /c
COPY --from=1 /two /
""",
    ),
    Case(
        "stage-on-a-stage-inherits-everything",
        """\
FROM busybox AS base
ENV A=1 B=two
WORKDIR /w
USER 12
LABEL l=1
EXPOSE 80
SHELL ["/bin/sh", "-ec"]
VOLUME /v
STOPSIGNAL 9
HEALTHCHECK CMD true
CMD ["x"]
ENTRYPOINT ["e"]
FROM base
RUN echo $A$B > /tmp/f
ENV A=2
CMD ["y"]
""",
    ),
    Case(
        "target-in-the-middle",
        """\
FROM busybox AS a
RUN echo a > /a
FROM busybox AS b
COPY --from=a /a /b
RUN echo b >> /b
FROM busybox AS c
RUN exit 9
""",
        target="b",
    ),
    Case("copy-from-an-image", "FROM scratch\nCOPY --from=busybox /bin/busybox /bin/sh /bin/\n"),
    Case(
        "a-whole-image-squashed",
        """\
FROM busybox AS b
RUN rm /bin/vi
FROM scratch
COPY --from=b / /
""",
    ),
    Case(
        "arguments-in-from",
        """\
ARG BASE=nothing
ARG TAG=latest
FROM ${BASE}:${TAG} AS x
ARG BASE
RUN echo $BASE > /base
""",
        build_args={"BASE": "busybox"},
    ),
    Case(
        "from-a-platform",
        """\
FROM --platform=$BUILDPLATFORM busybox
ARG TARGETOS
ARG TARGETARCH
RUN echo $TARGETOS/$TARGETARCH > /p
""",
    ),
]

RUN = [
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

COPY = [
    Case(
        "copy-file-to-names",
        """\
FROM busybox
COPY top /a
COPY top /b/
COPY top /c/d
COPY suid tool /e/f/
""",
        PLAIN,
    ),
    Case(
        "copy-directory",
        """\
FROM busybox
COPY dir /a
COPY dir/ /b/
COPY dir /c/d/e
COPY empty /f
""",
        PLAIN,
    ),
    Case(
        "copy-everything",
        """\
FROM busybox
COPY . /all
COPY . .
""",
        LINKS,
    ),
    Case(
        "copy-onto-what-is-there",
        """\
FROM busybox
RUN mkdir -p /d/sub /e && chmod 700 /d /d/sub && chown 9:9 /d/sub && touch -d @1400000000 /d/z /d/sub /d
RUN ln -s /e /d/a && echo old > /d/b.txt && ln -s /e /here && ln -s /lost/found /gone
COPY dir /d
COPY top /here
COPY dir /here/
COPY top /gone
COPY nothing /d/b.txt
""",
        PLAIN,
    ),
    Case("copy-several-sources", "FROM busybox\nCOPY top other dir empty nothing /x/\n", PLAIN),
    Case(
        "copy-globs",
        """\
FROM busybox
COPY t* /a/
COPY d*/*.txt dir/s?b/[a-c]* /b/
COPY no*thing* /c/
COPY x* /d/
""",
        PLAIN,
    ),
    Case(
        "copy-links",
        """\
FROM busybox
COPY to-top /a
COPY to-top /b/
COPY to-dir /c
COPY absolute outside /d/
COPY links /e
""",
        LINKS,
    ),
    Case("copy-json-form", 'FROM busybox\nCOPY ["top", "a b", "/x y/"]\n', {**PLAIN, "a b": File("spaces\n")}),
    Case(
        "copy-relative-destinations",
        """\
FROM busybox
COPY top a
WORKDIR /w/x
COPY top .
COPY top ./b
COPY top c/
COPY dir ../up
COPY top d/.
WORKDIR y
COPY top .
""",
        PLAIN,
    ),
    Case(
        "copy-chown",
        f"""\
FROM busybox
RUN {USERS}
COPY --chown=app dir /a/b/
COPY --chown=app:staff top /c/d
COPY --chown=7 top /e/
COPY --chown=7:staff top /f
COPY --chown=nobody-knows:nor-this dir /g
USER app
COPY top /h/
""",
        LINKS,
    ),
    Case(
        "copy-chmod",
        """\
FROM busybox
COPY --chmod=600 dir /a/b/
COPY --chmod=4711 top /c/
COPY --chmod=u=rwX,go=rX dir /d/
COPY --chmod=a-w,u+s,o+t top dir /e/
COPY --chmod=0 --chown=1:2 dir /f
""",
        PLAIN,
    ),
    Case(
        "copy-variables",
        """\
FROM busybox
ARG NAME=top
ENV WHERE="/the place"
COPY $NAME ${WHERE}/${NAME:-x}.copy
COPY ["$NAME", "$WHERE/json/"]
""",
        PLAIN,
    ),
    Case(
        "copy-heredocs",
        """\
FROM busybox
ARG WHO=world
COPY <<one.txt <<-"two" /h/
hello $WHO
one.txt
\thello $WHO
\ttwo
COPY --chmod=700 --chown=3 <<EOF /h/script
#!/bin/sh
EOF
COPY top <<last /h/
end
last
""",
        PLAIN,
    ),
    Case(
        "copy-into-system-directories",
        """\
FROM busybox
COPY top /dev/x
COPY top /proc/y
COPY top /sys/z
COPY top /tmp/
COPY dir /etc
""",
        PLAIN,
    ),
    Case(
        "copy-names-of-all-kinds",
        "FROM scratch\nCOPY . /\n",
        {"ü/" + "long-" * 40: File("x"), "new\nline": File("x"), "*": File("x"), "a b/-c": File("x")},
    ),
    Case(
        "copy-from-a-stage-keeps-everything",
        """\
FROM busybox AS s
RUN mkdir -p /s/d && echo f > /s/d/f && ln /s/d/f /s/d/g && ln -s f /s/d/l && mkfifo /s/d/p && mknod /s/d/n c 1 3
RUN chown -R 7:8 /s/d && chmod 2750 /s/d && chmod 4640 /s/d/f && touch -d @1400000000 /s/d/f /s/d
RUN ln -s /s/d /abs && ln -s ../s /bin/rel
FROM busybox
COPY --from=s /s /a
COPY --from=s s/d/f /b
COPY --from=s /abs /c/
COPY --from=s /abs/l /bin/rel/d/* /d/
COPY --from=s --chown=1:2 --chmod=711 /s /a/
COPY --from=s /s/d/. /e
""",
    ),
    Case(
        "copy-from-globs",
        """\
FROM busybox AS s
RUN mkdir -p /x/1 /x/2 && touch /x/1/a /x/1/b /x/2/a
FROM scratch
COPY --from=s /x/*/a /x/[1]/b /
""",
    ),
    Case(
        "copy-files-that-containers-hide",
        """\
FROM scratch AS s
COPY top /etc/hosts
COPY --chmod=600 other /etc/hostname
FROM busybox
COPY --from=s /etc/hosts /a
COPY --from=s /etc /b
COPY --from=s /etc/host* /c/
COPY --from=s / /d
""",
        PLAIN,
    ),
    Case(
        "copy-big-and-many",
        "FROM busybox\nCOPY . /many/\n",
        {"big": File(bytes(3 << 20)), **{f"d{i % 9}/f{i}": File(f"{i}") for i in range(300)}},
    ),
    Case(
        "copy-over-a-volume",
        """\
FROM busybox
VOLUME /v
COPY top /v/
RUN echo run > /v/run
""",
        PLAIN,
    ),
    Case(
        "copy-source-with-dots",
        """\
FROM busybox
COPY ./dir/../top /a
COPY ../../top /b
COPY /top /c
COPY top/ /d
COPY dir/. /e
COPY / /f
""",
        PLAIN,
    ),
]

ADD = [
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

IGNORE = [
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

CONFIGURATION = [
    Case(
        "environment",
        """\
FROM busybox
ENV A=1 B="two words" C=a\\ b
ENV OLD style with spaces
ENV A=$A:2 D=${MISSING:-default} E="${C}"
ENV PATH=/x:$PATH
RUN echo "$A|$B|$C|$D|$E|$OLD" > /f
""",
    ),
    Case(
        "expansion",
        """\
FROM busybox
ARG V=file.tar.gz
ENV A=${V%.*} B=${V%%.*} C=${V#*.} D=${V##*.} E=${V/a/o} F=${V//./-} G=${V:+set} H=${N:-none}
ENV I='$V' J="\\$V" K=${N-unset} L=${V+plus}
RUN env | sort > /f
LABEL v=$V q='${V}'
""",
    ),
    Case(
        "arguments",
        """\
ARG G=global
FROM busybox
ARG A=default
ARG B
ARG G
ARG C=${A}-c
RUN echo "$A|$B|$C|$G" > /f
ENV A=env
RUN echo $A > /g
ARG A=again
RUN echo $A > /h
""",
        build_args={"A": "given", "B": "b"},
    ),
    Case(
        "labels",
        """\
FROM busybox
LABEL a=1 "b c"="d e" f='g h'
LABEL a=2 multi="one \\
two"
LABEL old style
""",
    ),
    Case(
        "commands",
        """\
FROM busybox
ENTRYPOINT ["/e", "--x"]
CMD ["a", "$HOME"]
""",
    ),
    Case(
        "commands-in-shell-form",
        """\
FROM busybox
CMD echo $HOME && true
ENTRYPOINT exec top -b
""",
    ),
    Case(
        "entrypoint-clears-the-bases-cmd",
        """\
FROM busybox AS a
CMD ["base"]
FROM a
ENTRYPOINT ["/e"]
""",
    ),
    Case(
        "cmd-survives-an-entrypoint-of-the-same-stage",
        """\
FROM busybox
CMD ["mine"]
ENTRYPOINT ["/e"]
""",
    ),
    Case(
        "empty-commands",
        """\
FROM busybox
CMD []
ENTRYPOINT []
""",
    ),
    Case(
        "ports-volumes-users-signals",
        """\
FROM busybox
ARG P=90
EXPOSE 80 443/tcp 53/udp 8000-8002 $P
VOLUME /a /b
VOLUME ["/c d", "/a"]
USER 1:2
USER app:staff
STOPSIGNAL SIGKILL
MAINTAINER Some One <x@y>
""",
    ),
    Case(
        "health-checks",
        """\
FROM busybox AS a
HEALTHCHECK --interval=5m --timeout=3s --start-period=1m30s --retries=4 CMD wget -q localhost || exit 1
FROM busybox
HEALTHCHECK --start-interval=2s CMD ["/check", "a b"]
""",
    ),
    Case(
        "health-check-none",
        """\
FROM busybox AS a
HEALTHCHECK CMD true
FROM a
HEALTHCHECK NONE
""",
    ),
    Case(
        "working-directories",
        f"""\
FROM busybox
RUN {USERS} && mkdir /x && chmod 700 /x && ln -s /x /link
WORKDIR /a/b
WORKDIR c
ENV D=/d
WORKDIR $D/../e
WORKDIR /link/y
USER app
WORKDIR /owned/deep
USER 5
WORKDIR /other
USER 6:7
WORKDIR /x
WORKDIR rel
""",
    ),
    Case(
        "triggers",
        """\
FROM busybox AS base
ONBUILD ARG X=1
ONBUILD RUN echo $X > /triggered
ONBUILD COPY top /copied
ONBUILD ENV T=on
FROM base
RUN echo $T > /after
""",
        PLAIN,
    ),
    Case(
        "triggers-are-kept",
        """\
FROM busybox
ONBUILD RUN echo $X
ONBUILD COPY . /src
""",
    ),
    Case(
        "escape-directive",
        """\
# escape=`
FROM busybox
RUN echo one `
  two > /f
ENV A=`$B
""",
    ),
    Case(
        "case-and-blanks",
        """\

# comment
from busybox

  run echo a > /a
\tEnv A=1
""",
    ),
    Case("windows-line-ends", "FROM busybox\r\nRUN echo a > /a\r\nENV A=1 \\\r\n  B=2\r\n"),
]

FAILURES = [
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
]

CASES = [*FROM_AND_STAGES, *RUN, *COPY, *ADD, *IGNORE, *CONFIGURATION, *FAILURES]
