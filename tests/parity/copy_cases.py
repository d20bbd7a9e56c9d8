"""Parity cases: COPY: sources, destinations, flags."""

from tests.parity.case import Case
from tests.parity.samples import LINKS, PLAIN, USERS
from tests.parity.trees import File

CASES = [
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
        "copy-files-that-containers-hide-after-other-steps",
        """\
FROM busybox AS s
COPY top /etc/hosts
COPY --chmod=600 other /etc/hostname
RUN echo > /x
COPY tool /tool
FROM s AS t
COPY other /etc/hosts
WORKDIR /a/b
FROM busybox
COPY --from=s /etc/hosts /a
COPY --from=t /etc/hosts /b
COPY --from=t /etc /c
COPY --from=s /etc/host* /d/
""",
        PLAIN,
    ),
    Case(
        "copy-mount-points-of-containers",
        """\
FROM debian:stable-slim AS s
FROM busybox
COPY --from=s /dev /a
COPY --from=s /proc /sys /b/
COPY --from=s /d* /c/
""",
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
