"""Parity cases: COPY and ADD with --exclude and --parents: what is taken of the sources."""

from tests.parity.case import Case, Fails
from tests.parity.samples import PLAIN, archive
from tests.parity.trees import File, Folder, HardLink, Link, Tree

MANY: Tree = {
    **PLAIN,
    "dir/x.md": File("x"),
    "dir/sub/y.md": File("y"),
    "dir/sub/deep/z.md": File("z"),
    "dir/sub/deep/k.txt": File("k"),
    "dir/zz": HardLink("dir/a"),
    "home.txt": File("1"),
    "home.md": File("2"),
    "homes/h.txt": File("3"),
    "homes/h.md": File("3"),
    "to-dir": Link("dir"),
    "a.tar.gz": File(archive("gz")),
}
NESTED: Tree = {
    "x": Folder(0o700),
    "x/n": File("n"),
    "x/y": Folder(0o751),
    "x/y/a.txt": File("a", 0o640),
    "x/y/b.txt": File("b"),
    "x/y/z/c.txt": File("c"),
    "src/a.txt": File("a"),
    "src/x/b.txt": File("b"),
    "src/x/y/c.txt": File("c"),
    "src/x/y/n.md": File("n"),
    "l": Link("x/y"),
}


def _copy(name: str, *lines: str, fails: Fails | None = None) -> Case:
    return Case(name, "FROM busybox\n" + "\n".join(lines) + "\n", MANY, fails=fails)


def _parents(name: str, line: str, *known: str, base: str = "FROM busybox\n") -> Case:
    """A COPY --parents, and what has to give the same image."""
    return Case(name, f"{base}{line}\n", NESTED, stands_for=base + "\n".join(known) + "\n")


EXCLUDE = [
    _copy("exclude-names", "COPY --exclude=*.md dir /d", "COPY --exclude=**/*.md dir /e", "COPY --exclude=sub dir /f"),
    _copy("exclude-is-relative-to-the-source", "COPY --exclude=dir/*.md . /d", "COPY --exclude=sub/*.md dir /e"),
    _copy("exclude-several", "COPY --exclude=**/*.md --exclude=hard --exclude=sub/deep dir to-dir /d"),
    _copy("exclude-a-source-itself", "COPY --exclude=home.txt home.txt home.md /d/", "COPY --exclude=*.txt hom* /e/"),
    _copy("exclude-everything", "COPY --exclude=** dir /d", "COPY --exclude=* dir /e/", "COPY --exclude= dir /f"),
    _copy(
        "exclude-as-written", "COPY --exclude=/a --exclude=./b.txt --exclude=sub/ dir /d", "COPY --exclude=a,b dir /e"
    ),
    _copy("exclude-expands-nothing", "ARG E=*.md", "COPY --exclude=$E --exclude=${E} dir /d"),
    _copy(
        "exclude-with-exceptions",
        "COPY --exclude=sub --exclude=!sub/deep/z.md dir /d",
        "COPY --exclude=* --exclude=!**/*.md dir /e",
    ),
    _copy(
        "exclude-with-exceptions-onto-what-is-there",
        "RUN mkdir -p /d/sub /e/sub/deep && chmod 700 /d/sub /e/sub/deep && chown 3:4 /d/sub /e/sub/deep",
        "RUN touch -d @1400000000 /d/sub /e/sub/deep /e/sub",
        "COPY --chown=5:6 --chmod=711 --exclude=sub --exclude=!sub/deep dir /d/",
        "COPY --chown=5:6 --chmod=711 --exclude=sub --exclude=!sub/deep dir /e/",
        "COPY --chown=5:6 --chmod=4711 --exclude=sub --exclude=!sub/deep/k.txt dir /f/",
    ),
    _copy("exclude-the-first-name-of-a-file", "COPY --exclude=a dir /d", "COPY --exclude=a --exclude=hard dir /e"),
    _copy(
        "exclude-from-a-stage",
        "COPY . /s/",
        "RUN ln /s/dir/a /s/dir/sub/aa",
        "FROM busybox",
        "COPY --from=0 --exclude=a --exclude=sub/deep --exclude=hard /s/dir /d",
        "COPY --from=0 --exclude=**/*.md --exclude=!**/z.md /s /e",
    ),
    _copy("exclude-does-not-unpack-less", "ADD --exclude=*.md --exclude=early* a.tar.gz dir /d/"),
    _copy("exclude-no-heredoc", "COPY --exclude=a <<a <<b /x/", "A", "a", "B", "b"),
    _copy("exclude-a-malformed-pattern", "COPY --exclude=[ dir /d", fails=Fails(2)),
    _copy("exclude-an-empty-exception", "COPY --exclude=! dir /d", fails=Fails(2)),
    _copy("exclude-and-a-missing-source", "COPY --exclude=a nope /d/", fails=Fails(2)),
]

PARENTS = [
    _parents(
        "parents-of-files",
        "COPY --parents ./x/y/a.txt x/n /p/",
        "COPY --exclude=* --exclude=!x/y/a.txt . /p/",
        "COPY --exclude=* --exclude=!x/n . /p/",
    ),
    _parents("parents-of-a-directory", "COPY --parents x/y/ /p", "COPY --exclude=* --exclude=!x/y . /p"),
    _parents("parents-from-the-pivot", "COPY --parents ./x/./y/*.txt /p/", "COPY --exclude=* --exclude=!y/*.txt x /p/"),
    _parents(
        "parents-from-the-first-pivot", "COPY --parents src/./x/./y /p/", "COPY --exclude=* --exclude=!x/y src /p/"
    ),
    _parents(
        "parents-of-any-depth", "COPY --parents ./src/**/*.txt /p/", "COPY --exclude=* --exclude=!src/**/*.txt . /p/"
    ),
    _parents("parents-of-nothing", "COPY --parents nope*/x /p/", "COPY --exclude=* . /p/"),
    _parents(
        "parents-with-wildcards-before-the-pivot",
        "COPY --parents s*/x*/./y/*.md /p/",
        "COPY --exclude=* --exclude=!y/*.md src/x /p/",
    ),
    _parents(
        "parents-with-other-flags",
        "COPY --parents --chown=5:6 --chmod=640 --exclude=**/b.txt x/y /p/",
        "COPY --chown=5:6 --chmod=640 --exclude=* --exclude=!x/y --exclude=**/b.txt . /p/",
    ),
    _parents(
        "parents-onto-what-is-there",
        "COPY --parents --chown=5:6 x/y/a.txt /p/",
        "COPY --chown=5:6 --exclude=* --exclude=!x/y/a.txt . /p/",
        base="FROM busybox\nRUN mkdir -p /p/x/y && chmod 711 /p/x && chown 3:4 /p/x/y && touch -d @1400000000 /p/x\n",
    ),
    _parents("parents-of-a-link", "COPY --parents l /p/", "COPY --exclude=* --exclude=!l . /p/"),
    _parents("parents-below-a-link", "COPY --parents l/./a.txt /p/", "COPY --exclude=* --exclude=!a.txt l /p/"),
    _parents(
        "parents-from-a-stage",
        "COPY --from=0 --parents /s/./x/y/a.txt /s/src/**/*.md /p/",
        "COPY --from=0 --exclude=* --exclude=!x/y/a.txt /s /p/",
        "COPY --from=0 --exclude=* --exclude=!s/src/**/*.md / /p/",
        base="FROM busybox\nCOPY . /s\nFROM busybox\n",
    ),
]

CASES = [*EXCLUDE, *PARENTS]
