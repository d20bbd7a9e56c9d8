"""Parity cases: what RUN mounts, as far as BuildKit does it without the docker command (no secrets, no agents).

The caches of both builders live on between runs, so that a case first empties what it uses, or only reads.
"""

from tests.parity.case import Case, Fails
from tests.parity.samples import LINKS, PLAIN, USERS
from tests.parity.trees import File, Folder, Link

_SHOW = "stat -c '%n %a %u:%g %F %s %Y'"
"""What a command sees of a file, but for what differs from one engine to the next (a directory's size)."""
_SHOW_FOLDER = "stat -c '%n %a %u:%g %F %Y'"

CASES = [
    Case(
        "mount-bind-of-the-context",
        f"""\
FROM busybox
RUN --mount=target=/ctx (cd /ctx && find . ! -name . ! -name Dockerfile | sort | xargs stat -c '%n %a %u:%g %F %Y') > /f
RUN --mount=type=bind,target=/ctx cat /ctx/dir/a /ctx/dir/sub/c.txt > /g; cmp /ctx/dir/hard /ctx/dir/a >> /g
RUN --mount=target=/ctx ! touch /ctx/new 2> /dev/null && ! rm /ctx/top && {_SHOW} /ctx/top > /h
""",
        PLAIN,
    ),
    Case(
        "mount-bind-of-a-directory-and-of-a-file-of-the-context",
        f"""\
FROM busybox
RUN --mount=source=dir,target=/b --mount=source=dir/sub/c.txt,target=/deep/er/file \\
    {_SHOW_FOLDER} /b /b/sub > /f && {_SHOW} /b/a /deep/er/file /b/link >> /f && cat /deep/er/file >> /f
RUN --mount=src=./dir/../dir//sub/,dst=/b --mount=source=/tool,destination=/bin/tool tool > /g && ls /b >> /g
RUN --mount=source=empty,target=/e --mount=source=nothing,target=/n ls -A /e > /h && {_SHOW} /n >> /h
""",
        PLAIN,
    ),
    Case(
        "mount-bind-through-links-of-the-context",
        """\
FROM busybox
RUN --mount=source=to-dir,target=/a --mount=source=absolute,target=/b --mount=source=to-dir/link,target=/c \\
    ls /a > /f && cat /b /c >> /f
RUN --mount=source=links,target=/l ls -l /l | sed 's/.* links/links/; s/.*[0-9] //' > /g; cat /l/up >> /g; true
""",
        LINKS,
    ),
    Case(
        "mount-bind-without-what-the-ignore-file-keeps-out",
        """\
FROM busybox
RUN --mount=target=/ctx ls -A /ctx /ctx/dir > /f
""",
        {"top": File(), "dir/a": File(), "dir/b": File(), ".dockerignore": File("top\ndir/a\n.dockerignore\n")},
        ignored=("top", "dir/a", ".dockerignore"),
    ),
    Case(
        "mount-bind-names-with-patterns-and-spaces",
        """\
FROM busybox
RUN --mount="source=a b,target=/x y" --mount=source=[ab],target=/p --mount=source=st*r,target=/s \\
    cat "/x y/f" /p/f /s/f > /f
""",
        {"a b/f": File("space\n"), "[ab]/f": File("bracket\n"), "a/f": File("wrong\n"), "st*r/f": File("star\n")},
    ),
    Case(
        "mount-bind-of-a-stage",
        """\
FROM busybox AS made
RUN mkdir -p /opt/x/y && echo 1 > /opt/x/one && ln -s one /opt/x/link && ln /opt/x/one /opt/x/hard && \\
    chmod 4750 /opt/x/one && chown 7:8 /opt/x/one /opt/x/y && ln -s /opt/x /to-x && ln -s ../../opt /opt/x/up
FROM busybox
RUN --mount=from=made,source=/opt/x,target=/b \\
    stat -c '%n %a %u:%g %F %h' /b/one /b/y /b/hard > /f && readlink /b/link >> /f
RUN --mount=from=made,source=/to-x,target=/b --mount=from=made,source=/to-x/up/x/link,target=/c \\
    ls /b > /g && cat /c >> /g
RUN --mount=from=MADE,target=/whole ls /whole/opt/x > /h && ! rm /whole/opt/x/one
""",
    ),
    Case(
        "mount-bind-of-an-image",
        f"""\
FROM busybox
RUN --mount=from=busybox,source=/bin,target=/b --mount=from=busybox,source=/etc/passwd,target=/p \\
    {_SHOW} /b/busybox /p > /f && cat /p >> /f
""",
    ),
    Case(
        "mount-bind-writable-forgets-what-is-written",
        f"""\
FROM busybox AS made
RUN mkdir -p -m 751 /opt/x/y && chown 7:8 /opt/x && echo 1 > /opt/x/one && touch -d '2001-02-03 04:05:06' /opt/x/one
FROM busybox
RUN --mount=source=dir,target=/b,rw {_SHOW_FOLDER} /b > /f; rm -r /b/sub /b/a; echo new > /b/new; ls /b >> /f
RUN --mount=source=dir,target=/b ls /b > /g
RUN --mount=from=made,source=/opt/x,target=/b,readwrite {_SHOW} /b/one > /h; echo 2 >> /b/one; mkdir /b/z; \\
    stat -c '%n %a %u:%g' /b /b/y >> /h; cat /b/one >> /h; ls /b >> /h
RUN --mount=from=made,source=/opt/x/one,target=/one,rw echo 3 >> /one; cat /one > /i
RUN --mount=from=made,source=/opt/x,target=/b cat /b/one > /j
""",
        PLAIN,
    ),
    Case(
        "mount-bind-of-scratch",
        """\
FROM scratch AS nothing
FROM busybox
RUN --mount=from=nothing,target=/a --mount=from=scratch,target=/b,rw stat -c '%a %u:%g' /a /b > /f; ls -A /a /b >> /f
""",
    ),
    Case(
        "mount-cache-keeps-what-is-written",
        """\
FROM busybox
RUN --mount=type=cache,id=parity-kept,target=/c rm -rf /c/* && echo 1 > /c/one && stat -c '%n %a %u:%g' /c /c/one > /f
RUN --mount=type=cache,id=parity-kept,target=/other/place cat /other/place/one > /g && echo 2 >> /other/place/one
FROM busybox
RUN --mount=type=cache,id=parity-kept,target=/c,ro cat /c/one > /h; ! touch /c/new
""",
    ),
    Case(
        "mount-cache-with-mode-and-owner",
        """\
FROM busybox
RUN --mount=type=cache,id=parity-mode,target=/c,mode=0711,uid=12,gid=34 stat -c '%n %a %u:%g' /c > /f
RUN --mount=type=cache,id=parity-mode,target=/c,uid=12 stat -c '%n %a %u:%g' /c > /g
RUN --mount=type=cache,id=parity-mode,target=/c,sharing=locked --mount=type=cache,id=parity-mode,target=/d \\
    rm -f /c/* && touch /c/x && ls /d > /h
""",
    ),
    Case(
        "mount-cache-whose-mode-the-engines-umask-restricts",
        """\
FROM busybox
RUN --mount=type=cache,id=parity-umask-1,target=/c,mode=0777 stat -c '%a' /c > /f
RUN --mount=type=cache,id=parity-umask-2,target=/c,mode=1666,gid=3 stat -c '%a %g' /c > /g
""",
    ),
    Case(
        "mount-cache-that-starts-with-files",
        """\
FROM busybox AS made
RUN mkdir -p -m 750 /opt/x/y && chown 7:8 /opt/x && echo 1 > /opt/x/one && chmod 4755 /opt/x/one && ln -s one /opt/x/l
FROM busybox
RUN --mount=type=cache,id=parity-start,from=made,source=/opt/x,target=/c \\
    stat -c '%n %a %u:%g %F' /c /c/one /c/y /c/l > /f && cat /c/l >> /f
RUN --mount=type=cache,id=parity-start,from=busybox,source=/etc,target=/c cat /c/passwd > /g
""",
    ),
    Case(
        "mount-cache-under-its-target-as-id",
        """\
FROM busybox
WORKDIR /app
RUN --mount=type=cache,target=parity-cache rm -rf parity-cache/* && echo 1 > parity-cache/f
RUN --mount=type=cache,target=/app/parity-cache ls /app/parity-cache > /f; ls -A /app >> /f
""",
    ),
    Case(
        "mount-tmpfs",
        """\
FROM busybox
RUN mkdir -m 750 /own && chown 5:6 /own && echo hidden > /own/f
RUN --mount=type=tmpfs,target=/own --mount=type=tmpfs,target=/t --mount=type=tmpfs,target=/tmp \\
    stat -c '%n %a %u:%g' /own /t /tmp > /f; ls -A /own /t /tmp >> /f; echo x > /own/g; echo x > /t/g; cat /t/g >> /f
RUN --mount=type=tmpfs,target=/t,size=65536 (dd if=/dev/zero of=/t/z bs=1k count=100 2> /dev/null; echo $?) > /g; \\
    grep ' /t ' /proc/mounts | cut -d' ' -f1-4 >> /g
RUN cat /own/f > /h
""",
    ),
    Case(
        "mount-points-leave-nothing",
        """\
FROM busybox
RUN mkdir -p /there/full /mine && echo 1 > /there/full/f && touch -d '2001-02-03 04:05:06' /there/full /there /mine
RUN --mount=type=tmpfs,target=/a/b/c --mount=type=tmpfs,target=/there/new --mount=source=top,target=/there/file true
RUN --mount=type=tmpfs,target=/there/full true
RUN --mount=type=tmpfs,target=/mine/x touch /mine/kept
RUN --mount=type=tmpfs,target=/p/q/r touch /p/q/next
""",
        PLAIN,
    ),
    Case(
        "mounts-in-mounts",
        """\
FROM busybox
RUN --mount=type=cache,id=parity-inner,target=/t/c --mount=type=tmpfs,target=/t --mount=source=dir,target=/t/b \\
    ls /t > /f; ls /t/b >> /f; rm -rf /t/c/*; touch /t/c/x /t/y; ls /t >> /f
RUN --mount=type=cache,id=parity-outer,target=/o --mount=type=tmpfs,target=/o/in touch /o/in/x; ls /o > /g
RUN --mount=source=dir,target=/b --mount=source=empty,target=/b/sub ls /b /b/sub > /h
RUN --mount=type=cache,id=parity-outer,target=/o ls /o > /i
""",
        PLAIN,
    ),
    Case(
        "mounts-on-one-target",
        """\
FROM busybox
RUN --mount=source=dir,target=/x --mount=source=dir/sub,target=/x ls /x > /f
RUN --mount=source=dir,target=/x/ --mount=type=tmpfs,target=/y/../x ls /x > /g
""",
        PLAIN,
    ),
    Case(
        "mount-targets-through-links",
        """\
FROM busybox
RUN mkdir /real && ln -s /real /absolute && ln -s real /relative && ln -s /no/where /dangling && \\
    ln -s ../../etc /real/up
RUN --mount=source=dir,target=/absolute/in ls /real/in > /f
RUN --mount=source=dir,target=/relative ls /real > /g
RUN --mount=source=dir,target=/dangling/x ls /no/where/x > /h
RUN --mount=source=top,target=/real/up/extra cat /etc/extra > /i
""",
        PLAIN,
    ),
    Case(
        "mount-targets-are-relative-to-the-directory",
        """\
FROM busybox
WORKDIR /w/d
RUN --mount=source=dir,target=in --mount=source=top,target=../top ls in > f; cat /w/top >> f
RUN --mount=source=dir,target=. ls > /g; pwd >> /g
WORKDIR /w/d/sub
RUN --mount=source=dir,target=/w/d ls > /h
""",
        PLAIN,
    ),
    Case(
        "mount-over-the-files-of-the-engine",
        """\
FROM busybox
RUN --mount=source=top,target=/etc/hosts --mount=source=top,target=/etc/resolv.conf cat /etc/hosts /etc/resolv.conf > /f
RUN --mount=type=tmpfs,target=/etc ls -A /etc > /g
RUN --mount=source=dir,target=/dev/own --mount=type=tmpfs,target=/run/own ls /dev/own > /h
""",
        PLAIN,
    ),
    Case(
        "mount-for-another-user",
        f"""\
FROM busybox
RUN {USERS} && mkdir -m 777 /out
USER app
RUN --mount=source=dir,target=/b --mount=type=cache,id=parity-user,target=/c,uid=1234,gid=555 \\
    touch /c/x && id > /out/f && cat /b/b.txt >> /out/f; ls /b/sub >> /out/f; ! ls /b
""",
        {**PLAIN, "dir": Folder(0o711)},
    ),
    Case(
        "mount-with-arguments-in-its-options",
        """\
FROM busybox AS made
RUN mkdir /opt && echo 1 > /opt/f
FROM busybox
ARG WHERE=dir
ENV TO=/b
RUN --mount=type=bind,source=$WHERE/sub,target=${TO}/$WHERE ls /b/dir > /f
RUN --mount=type=cache,id=parity-$WHERE,target=/c rm -f /c/* && touch /c/$WHERE && ls /c > /g
""",
        PLAIN,
    ),
    Case(
        "mount-in-a-heredoc-and-in-the-exec-form",
        """\
FROM busybox
RUN --mount=source=dir,target=/b <<EOF
cat /b/a > /f
ls /b >> /f
EOF
RUN --mount=source=dir,target=/b ["cp", "/b/a", "/g"]
RUN --mount=source=tool,target=/tool ["/tool"]
""",
        PLAIN,
    ),
    Case(
        "mount-while-something-runs-on",
        """\
FROM busybox
RUN --mount=type=tmpfs,target=/t --mount=type=cache,id=parity-busy,target=/c (cd /t && sleep 30 > x) & \\
    (cd /c && sleep 30) & sleep 0.1; echo done > /f
""",
    ),
    Case(
        "mount-of-an-unused-stage-is-built",
        """\
FROM busybox AS made
RUN echo 1 > /f
FROM busybox AS empty
FROM busybox
RUN --mount=from=made,target=/m cp /m/f /f
""",
    ),
    Case(
        "mount-of-links-that-lead-out-of-it",
        """\
FROM busybox
RUN --mount=source=l,target=/l cat /l/etc; readlink /l/etc > /f; cat /l/etc >> /f
""",
        {"l/etc": Link("/etc/passwd")},
    ),
    Case("mount-fails-without-its-source", "FROM busybox\nRUN --mount=source=none,target=/x true\n", fails=Fails(2)),
    Case(
        "mount-fails-without-its-source-in-an-image",
        "FROM busybox\nRUN true\nRUN --mount=from=busybox,source=/none,target=/x true\n",
        fails=Fails(3),
    ),
    Case(
        "mount-fails-without-its-source-for-a-cache",
        "FROM busybox\nRUN --mount=type=cache,id=parity-none,source=/none,target=/x true\n",
        fails=Fails(2),
    ),
    Case(
        "mount-fails-on-a-file",
        "FROM busybox\nRUN touch /f\nRUN --mount=type=tmpfs,target=/f true\n",
        fails=Fails(3, 1),
    ),
    Case(
        "mount-fails-below-a-file",
        "FROM busybox\nRUN --mount=type=cache,id=parity-below,target=/bin/busybox/x true\n",
        fails=Fails(2, 1),
    ),
    Case(
        "mount-fails-in-a-directory-that-is-not-to-be-written-to",
        "FROM busybox\nRUN --mount=source=dir,target=/b --mount=type=tmpfs,target=/b/new true\n",
        PLAIN,
        fails=Fails(2, 1),
    ),
    Case(
        "mount-fails-in-its-command",
        "FROM busybox\nRUN --mount=source=dir,target=/b touch /b/x\n",
        PLAIN,
        fails=Fails(2, 1),
    ),
]
