"""Parity cases: COPY with --chown and --chmod, and the two of WORKDIR's that are alike."""

from tests.parity.case import Case, Fails
from tests.parity.trees import File, Folder, Link, Tree

FILES: Tree = {
    "f": File("f"),
    "d/f": File("8"),
    "d/g/h": File("8"),
    "d/s": File("s", 0o6750),
    "d/l": Link("f"),
    "l": Link("d"),
}
ACCOUNTS = r"""printf 'app:x:1234:555::/:\n1000:x:7:8::/:\nshort:x\n#c:x:1:1::/:\n+odd:x:66:67::/:\n' >> /etc/passwd"""
GROUPS = r"""printf 'own:x:777:\n99:x:5:\nbroken:x:abc:\n' >> /etc/group"""
OWNERS = """
app app:own app:77 :own :5 1000 1000:99 short app: : root:app app:broken +odd 2147483647:2147483647 0x10 +5:+6
app:own:x root 42:root 2147483648:4294967295 -1:-1 -5 #c
"""
MODES: Tree = {
    "m/a": File("", 0o644),
    "m/b": File("", 0o4711),
    "m/c": File("", 0o6750),
    "m/d": Folder(0o1777),
    "m/e": Folder(0o2700),
    "m/f": File("", 0o000),
    "m/g": File("", 0o1421),
}
SYMBOLIC = {
    "classes-and-permissions": "u=rwX,go=rX a-w,u+s,o+t -X =X +X a=X u-X u-x+X,g=o =rw,+X u=,g=r =,+X +X-x -x+X",
    "special-bits": "+s -s =s u=s g=s o=s +t u+t g+t o+t =t u=t a=t g-t o-t u=rwxst g=rt,o= +rt u=t,u+r ug=tr+x",
    "copied-classes": "g=uo g=ou o=rg u=g-x g=u,o=g go=u-w u+o,g-u a=u =u +g -o u=u g=g,u=o,o+X go-u+x u+xX,g-x+X",
    "copied-and-more": "a=u+x ug=o-r,o=r o-g,g+o g=urw g=rwu u=g,g=u u=ogx +u =go o=ux = + u+",
}


def _copy(name: str, *lines: str, base: str = "busybox", fails: Fails | None = None) -> Case:
    return Case(name, f"FROM {base}\n" + "\n".join(lines) + "\n", FILES, fails=fails)


CHOWN = [
    _copy(
        "chown-names-and-numbers",
        f"RUN {ACCOUNTS}; {GROUPS}",
        *(f"COPY --chown={owner} f /{index}/" for index, owner in enumerate(OWNERS.split())),
    ),
    _copy("chown-with-nothing", "COPY --chown= f /a", "ARG X", "COPY --chown=$X --chmod=$X f /b"),
    _copy(
        "chown-by-a-linked-file",
        "RUN mv /etc/passwd /pw && ln -s ../pw /etc/passwd && echo app:x:9:9::/: >> /pw",
        "COPY --chown=app f /a",
    ),
    _copy("chown-by-no-file", "RUN rm /etc/passwd /etc/group", "COPY --chown=app:own f /a"),
    _copy("chown-by-a-directory", "RUN rm /etc/passwd && mkdir /etc/passwd", "COPY --chown=app f /a", fails=Fails(3)),
    _copy("chown-below-a-file", "COPY f /etc", "COPY --chown=app:app f /a", base="scratch", fails=Fails(3)),
    _copy("chown-a-name-in-an-empty-image", "COPY --chown=app:app f /a", base="scratch", fails=Fails(2)),
    _copy("chown-ids-in-an-empty-image", "ENV A=b", "COPY --chown=1:2 f /a", base="scratch"),
    _copy(
        "chown-names-from-a-stage",
        f"RUN {ACCOUNTS}",
        "COPY --chown=app f /a",
        "FROM busybox",
        "COPY --from=0 --chown=app:9 /a /b",
    ),
    _copy("workdir-of-a-name-in-an-empty-image", "USER app", "WORKDIR /x/y", base="scratch", fails=Fails(3)),
    _copy("workdir-of-ids-in-an-empty-image", "USER 5:6", "WORKDIR /x/y", base="scratch"),
    _copy(
        "chown-onto-what-is-there",
        "RUN mkdir -p /d/g && chmod 1777 /d && chown 4:5 /d && chmod 3770 /d/g && touch -d @1400000000 /d/g /d",
        "COPY --chown=7:8 --chmod=700 d/g /d/g",
        "COPY --chown=7:8 f /d/new/",
        "COPY --chmod=600 d /d/",
    ),
]
CHMOD = [
    _copy(
        "chmod-octal",
        *(
            f"COPY --chmod={mode} {source} /{index}/x/"
            for index, (mode, source) in enumerate(
                [
                    ("7777", "d"),
                    ("01755", "f"),
                    ("2755", "d"),
                    ("0", "d"),
                    ("00644", "f"),
                    ("777", "l"),
                    ("4711", "f d"),
                ]
            )
        ),
    ),
    *(
        Case(
            f"chmod-{name}",
            "FROM busybox\n"
            + "".join(f"COPY --chmod={mode} m /{index}/\n" for index, mode in enumerate(modes.split())),
            MODES,
        )
        for name, modes in SYMBOLIC.items()
    ),
    *(
        _copy(f"chmod-malformed-{index}", f"COPY --chmod={mode} f /x", fails=Fails(2))
        for index, mode in enumerate(["8", "10000", "u", "u+q", "777,u+x", "-1", "0o644", "u+x,"])
    ),
]

CASES = [
    Case(
        "directories-made-in-a-setgid-directory",
        """\
FROM busybox
RUN mkdir /data && chgrp 5 /data && chmod 2755 /data
COPY f /data/a/b/f
COPY t /data/c/
COPY --chown=7:8 f /data/d/f
COPY --chmod=750 t /data/e
WORKDIR /data/w/x
""",
        {"f": File("x"), "t/sub/z": File("y")},
    ),
    *CHOWN,
    *CHMOD,
]
