"""Contexts and Dockerfiles from standard input, URLs and Git repositories."""

import contextlib
import functools
import http.server
import io
import os
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.cli.sources.archives import unpack_context
from stepper.cli.sources.remote import git_source
from stepper.dockerfile.sources import GitSource
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.remote.workspace import Workspace
from stepper.engine.step import ContextSource, Step
from stepper.errors import UsageError
from stepper.image.compression import Compression, compressed
from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine

Feed = Callable[[bytes], None]
_DOCKERFILE = "FROM busybox\nCOPY . /\n"


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    """What the command reads from its standard input."""
    return lambda data: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary ones. Nothing may be left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def seen(engine: ScriptedEngine) -> dict[str, str]:
    """The files that the COPY of the build found in its context, with their contents or modes."""
    found: dict[str, str] = {}

    def look(step: Step) -> None:
        assert isinstance(step.source, ContextSource)
        found["ignore"] = step.source.ignore
        for path in sorted(step.source.folder.rglob("*")):
            if path.is_file():
                found[str(path.relative_to(step.source.folder))] = path.read_text()

    engine.on("COPY", hook=look)
    return found


def packed(files: dict[str, str], mode: str = "w") -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is any of them
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return body.getvalue()


# Standard input


def test_a_dockerfile_comes_from_standard_input(
    stepper: Command, project: Path, feed: Feed, seen: dict[str, str]
) -> None:
    (project / "a").write_text("A")
    (project / ".dockerignore").write_text("b")
    feed(_DOCKERFILE.encode())
    result = stepper("run", "-f", "-", ".")
    assert result.code == 0
    assert result.out.startswith("<stdin> -> stage 0")
    assert seen == {"ignore": "b", "a": "A", ".dockerignore": "b"}


def test_an_error_in_it_has_its_place(stepper: Command, feed: Feed) -> None:
    feed(b"FROM busybox\nFRMO x\n")
    result = stepper("run", "-f", "-")
    assert result.code == 2
    assert result.err.splitlines()[:2] == [
        "<stdin>:2: unknown instruction: FRMO (did you mean FROM?)",
        "  2 │ FRMO x",
    ]


def test_a_context_that_is_a_plain_dockerfile_is_empty(
    stepper: Command, project: Path, feed: Feed, seen: dict[str, str]
) -> None:
    (project / "a").write_text("A")
    feed(_DOCKERFILE.encode())
    assert stepper("run", "-").code == 0
    assert seen == {"ignore": ""}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_context_can_be_an_archive(stepper: Command, feed: Feed, seen: dict[str, str], mode: str) -> None:
    files = {"sub/my.Dockerfile": _DOCKERFILE, "a": "A", ".dockerignore": "a"}
    feed(packed(files, mode))
    result = stepper("run", "-f", "sub/my.Dockerfile", "-")
    assert result.code == 0
    assert result.out.startswith("sub/my.Dockerfile -> ")
    assert seen == {**files, "ignore": ""}


def test_a_context_can_be_compressed_with_zstd(stepper: Command, feed: Feed, seen: dict[str, str]) -> None:
    feed(b"".join(compressed([packed({"Dockerfile": _DOCKERFILE, "a": "A"})], Compression.ZSTD)))
    assert stepper("run", "-").code == 0
    assert seen["a"] == "A"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("data", "arguments", "says"),
    [
        (b"", ["-f", "-", "-"], "cannot both come from standard input"),
        (packed({"a": "A"}), ["-"], "there is no Dockerfile in standard input"),
        (packed({"a": "A"}), ["-f", "../x", "-"], "there is no ../x in standard input"),
        (packed({"a": "A" * 9000}, "w:gz")[:60], ["-"], "standard input: the archive cannot be"),
        (b"\x28\xb5\x2f\xfdxx", ["-"], "plain or compressed with gzip, bzip2, xz or zstd"),
        (b"", ["-"], "file with no instructions"),
    ],
    ids=["twice", "no Dockerfile", "another Dockerfile", "cut off", "damaged", "nothing"],
)
def test_what_cannot_be_a_context_is_told(
    stepper: Command, feed: Feed, data: bytes, arguments: list[str], says: str
) -> None:
    feed(data)
    result = stepper("run", *arguments)
    assert result.code == 2
    assert says in result.err
    assert "Traceback" not in result.err


# Archives


def unpacked(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    archive, into = tmp_path / "a.tar", tmp_path / "into"
    into.mkdir()
    with tarfile.open(archive, "w") as opened:
        for member, content in members:
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    assert unpack_context(archive, into, "it")
    return into


def member(name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.mode, found.mtime = kind, link, mode, 1_600_000_000
    return found


@pytest.mark.parametrize(("folder", "link"), [("d", "d"), ("d/inner", "d")])
def test_a_link_in_place_of_a_folder_takes_its_mode_nowhere(tmp_path: Path, folder: str, link: str) -> None:
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    modes = [path.stat().st_mode for path in (outside, outside / "inner")]
    into = unpacked(
        tmp_path,
        (member(folder, tarfile.DIRTYPE, mode=0o777), b""),
        (member(link, tarfile.SYMTYPE, link=str(outside)), b""),
    )
    assert (into / "d").is_symlink()
    assert [path.stat().st_mode for path in (outside, outside / "inner")] == modes


def test_modes_times_and_links_stay(tmp_path: Path) -> None:
    into = unpacked(
        tmp_path,
        (member("d", tarfile.DIRTYPE, mode=0o555), b""),
        (member("d/x", mode=0o4775), b"X"),
        (member("link", tarfile.SYMTYPE, link="/etc/passwd"), b""),
        (member("hard", tarfile.LNKTYPE, link="./d/x"), b""),
        (member("pipe", tarfile.FIFOTYPE), b""),
    )
    assert (into / "d").stat().st_mode & 0o7777 == 0o555
    assert (into / "d/x").stat().st_mode & 0o7777 == 0o4775
    assert (into / "d/x").stat().st_mtime == (into / "d").stat().st_mtime == 1_600_000_000
    assert os.readlink(into / "link") == "/etc/passwd"
    assert (into / "hard").samefile(into / "d/x")
    assert not (into / "pipe").exists()


def test_a_later_member_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    into = unpacked(
        tmp_path,
        (member("a"), b"old"),
        (member("b", tarfile.SYMTYPE, link="a"), b""),
        (member("c/d"), b"old"),
        (member("a"), b"new"),
        (member("b"), b"own"),
        (member("c"), b"file"),
    )
    assert [(into / name).read_text() for name in "abc"] == ["new", "own", "file"]


@pytest.mark.parametrize(
    "members",
    [
        [member("../out")],
        [member("a/../../out")],
        [member("link", tarfile.SYMTYPE, link=".."), member("link/out")],
        [member("link", tarfile.SYMTYPE, link="/"), member("link/tmp/out")],
        [member("hard", tarfile.LNKTYPE, link="../secret")],
        [member("link", tarfile.SYMTYPE, link=".."), member("hard", tarfile.LNKTYPE, link="link/secret")],
    ],
)
def test_nothing_leads_out_of_the_folder(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(UsageError, match="leads out of its folder"):
        unpacked(tmp_path, *((each, b"") for each in members))
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "into" / "hard").exists()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            member,
            st.sampled_from(["a", "b", "a/b", "b/a", "a/b/a", "../a", ".", "/a"]),
            st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE]),
            link=st.sampled_from(["a", "b", "..", "../..", "/", "a/b", "."]),
        ),
        max_size=6,
    )
)
def test_whatever_the_members_are_nothing_changes_outside(members: list[tarfile.TarInfo]) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        (top / "a").write_text("untouched")
        with contextlib.suppress(UsageError):
            unpacked(top, *((each, b"") for each in members))
        assert (top / "a").read_text() == "untouched"
        assert {path.name for path in top.iterdir()} == {"a", "a.tar", "into"}


def test_a_workspace_goes_with_read_only_folders_in_it(tmp_path: Path) -> None:
    with Workspace() as workspace:
        folder = workspace.folder("x")
        (folder / "d").mkdir()
        (folder / "d" / "file").write_text("")
        (folder / "link").symlink_to(tmp_path)
        (folder / "d").chmod(0o500)
    assert not folder.parent.exists()
    assert tmp_path.exists()


# URLs


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server of its own: its URL and its folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_an_archive_by_its_url_is_a_context(stepper: Command, site: tuple[str, Path], seen: dict[str, str]) -> None:
    url, folder = site
    (folder / "c.tgz").write_bytes(packed({"Dockerfile": _DOCKERFILE, "a": "A"}, "w:gz"))
    result = stepper("run", f"{url}/c.tgz")
    assert result.code == 0
    assert result.err == f"stepper: downloading {url}/c.tgz\n"
    assert seen["a"] == "A"


def test_a_dockerfile_by_its_url_has_an_empty_context(
    stepper: Command, site: tuple[str, Path], seen: dict[str, str]
) -> None:
    url, folder = site
    (folder / "Dockerfile").write_text(_DOCKERFILE)
    result = stepper("run", f"{url}/Dockerfile")
    assert result.code == 0
    assert result.out.startswith(f"{url}/Dockerfile -> ")
    assert seen == {"ignore": ""}


def test_a_dockerfile_by_its_url_goes_with_a_folder(
    stepper: Command, site: tuple[str, Path], project: Path, seen: dict[str, str]
) -> None:
    url, folder = site
    (folder / "Dockerfile").write_text(_DOCKERFILE)
    (project / "a").write_text("A")
    assert stepper("run", "-f", f"{url}/Dockerfile", ".").code == 0
    assert seen == {"ignore": "", "a": "A"}


@pytest.mark.usefixtures("project")
def test_what_cannot_be_downloaded_is_told_without_the_password(stepper: Command, site: tuple[str, Path]) -> None:
    url, _ = site
    result = stepper("run", f"{url}/gone")
    assert result.code == 2
    assert f"{url}/gone: the server says 404 File not found" in result.err
    result = stepper("run", "http://me:secret@127.0.0.1:9/x")
    assert result.code == 2
    assert "http://xxxxx:xxxxx@127.0.0.1:9/x cannot be downloaded" in result.err
    assert "secret" not in result.err


# Git


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("https://example.com/a/b.git", GitSource("https://example.com/a/b.git")),
        ("https://example.com/b.git#v1:sub/x", GitSource("https://example.com/b.git", "v1", "sub/x")),
        ("http://example.com/b.git#:sub", GitSource("http://example.com/b.git", "", "sub")),
        ("git@example.com:a/b.git#main", GitSource("git@example.com:a/b.git", "main")),
        ("ssh://git@example.com/b", GitSource("ssh://git@example.com/b")),
        ("git://example.com/b", GitSource("git://example.com/b")),
        ("github.com/a/b", GitSource("https://github.com/a/b")),
        ("https://example.com/a/b", None),
        ("https://example.com/x.tar#a.git", None),
        ("folder", None),
        ("./git@x:y", None),
    ],
)
def test_a_repository_is_told_by_its_form(written: str, source: GitSource | None) -> None:
    assert git_source(written) == source


def test_passwords_of_urls_are_hidden() -> None:
    assert without_credentials("x https://u:p@q@h/ https://t@h/ http://u:@h http://h/?a@b") == (
        "x https://xxxxx:xxxxx@h/ https://xxxxx@h/ http://xxxxx:xxxxx@h http://h/?a@b"
    )


@pytest.fixture
def repository(site: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a repository with the branches `main` and `other`, and the tag `v1`."""
    url, folder = site
    work = tmp_path / "work"
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "me")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=work, check=True, capture_output=True)

    work.mkdir()
    git("init", "--initial-branch=main")
    (work / "Dockerfile").write_text(_DOCKERFILE)
    (work / "sub").mkdir()
    (work / "sub" / "Dockerfile").write_text(_DOCKERFILE)
    (work / "sub" / "b").write_text("old")
    git("add", ".")
    git("commit", "-m", "one")
    git("tag", "v1")
    (work / "sub" / "b").write_text("new")
    git("commit", "-am", "two")
    git("branch", "other", "v1")
    subprocess.run(["git", "clone", "--bare", str(work), str(folder / "r.git")], check=True, capture_output=True)
    subprocess.run(["git", "update-server-info"], cwd=folder / "r.git", check=True)
    return f"{url}/r.git"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("fragment", "files"),
    [
        ("", {"sub/b": "new", "sub/Dockerfile": _DOCKERFILE, "Dockerfile": _DOCKERFILE}),
        ("#v1:sub", {"b": "old", "Dockerfile": _DOCKERFILE}),
        ("#other:sub/", {"b": "old", "Dockerfile": _DOCKERFILE}),
        ("#:/sub", {"b": "new", "Dockerfile": _DOCKERFILE}),
    ],
)
def test_a_repository_is_a_context(
    stepper: Command, repository: str, seen: dict[str, str], fragment: str, files: dict[str, str]
) -> None:
    result = stepper("run", repository + fragment)
    assert result.code == 0, result.err
    assert result.err == f"stepper: fetching {repository}\n"
    assert seen == {**files, "ignore": ""}


@pytest.mark.usefixtures("project")
def test_a_repository_at_a_commit_is_a_context(
    stepper: Command, repository: str, seen: dict[str, str], tmp_path: Path
) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "v1"], cwd=tmp_path / "work", check=True, capture_output=True, text=True
    ).stdout.strip()
    assert stepper("run", f"{repository}#{commit}:sub").code == 0
    assert seen["b"] == "old"
    assert stepper("run", f"{repository}?ref=v1&subdir=sub&commit={commit[:9]}").code == 0


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("fragment", "says"),
    [
        ("#gone", "couldn't find remote ref gone"),
        ("?foo=1", 'unexpected query "foo"'),
        ("?checksum=abc", "expected checksum to match abc, got "),
        ("#--upload-pack=x", "--upload-pack=x is no branch, tag or commit"),
        ("#main:gone", "there is no folder gone in the repository"),
        ("#main:../gone", "there is no folder gone in the repository"),
    ],
)
def test_what_is_not_in_the_repository_is_told(stepper: Command, repository: str, fragment: str, says: str) -> None:
    result = stepper("run", repository + fragment)
    assert result.code == 2
    assert says in result.err


@pytest.mark.usefixtures("project")
def test_a_repository_that_is_not_there_is_told_in_gits_words(stepper: Command, site: tuple[str, Path]) -> None:
    result = stepper("run", f"{site[0]}/gone.git")
    assert result.code == 2
    assert "gone.git cannot be fetched: git ended with exit code 128" in result.err
    assert "not found" in result.err


@pytest.mark.usefixtures("project")
def test_without_git_the_message_says_so(stepper: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    result = stepper("run", "https://example.com/x.git")
    assert result.code == 2
    assert "fetched with the git command, and there is none\n  Install git" in result.err


# Additional contexts


def test_an_additional_context_is_a_folder_with_its_own_ignore_file(
    stepper: Command, project: Path, seen: dict[str, str]
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nCOPY --from=extra . /\n")
    (project / "more").mkdir()
    (project / "more" / "a").write_text("A")
    (project / "more" / ".dockerignore").write_text("b")
    assert stepper("run", "--build-context", "extra:latest=more").code == 0
    assert seen == {"a": "A", ".dockerignore": "b", "ignore": "b"}


def test_an_additional_context_is_a_repository_or_an_archive(
    stepper: Command, project: Path, repository: str, site: tuple[str, Path], seen: dict[str, str]
) -> None:
    (project / "Dockerfile").write_text("FROM busybox\nCOPY --from=extra . /\n")
    assert stepper("run", "--build-context", f"extra={repository}#v1:sub").code == 0
    assert seen["b"] == "old"
    (site[1] / "c.tar").write_bytes(packed({"c": "C"}))
    assert stepper("run", "--build-context", f"extra={site[0]}/c.tar").code == 0
    assert seen["c"] == "C"


def test_an_image_takes_the_place_of_another(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "Dockerfile").write_text("FROM alpine\n")
    assert stepper("run", "--build-context", "docker.io/library/alpine=docker-image://busybox").code == 0
    assert engine.asked == [("busybox", None)]


def test_check_knows_the_stages_that_contexts_replace(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox AS tools\nSTOPSIGNAL NONSENSE\nFROM tools\n")
    assert stepper("check").code == 2
    assert stepper("check", "--build-context", "tools=.").code == 0


def test_an_archive_that_is_none_is_told(stepper: Command, project: Path, site: tuple[str, Path]) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    (site[1] / "text").write_text("text")
    result = stepper("run", "--build-context", f"extra={site[0]}/text")
    assert result.code == 2
    assert f"--build-context extra: {site[0]}/text is no archive" in result.err


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("extra", "--build-context extra gives no name to a context"),
        ("=x", "gives no name to a context"),
        ("x=", "gives no name to a context"),
        ("Extra=.", "must be in lower case"),
        ("x=gone", "--build-context x: gone: there is no such folder"),
        ("x=docker-image://A B", "--build-context x: invalid image name"),
        ("x=oci-layout://folder", "--build-context x=oci-layout://folder: Stepper does not read OCI layouts"),
    ],
)
def test_what_cannot_be_an_additional_context_is_told(stepper: Command, project: Path, value: str, says: str) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    result = stepper("run", "--build-context", value)
    assert result.code == 2
    assert says in result.err


# The terminal behind a standard input that was read


def test_after_standard_input_was_read_the_keyboard_is_there_again(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from stepper.cli.sources.standard_input import put_terminal_back, save_standard_input\n"
        f"save_standard_input(Path({str(tmp_path / 'saved')!r}), what='it')\n"
        "put_terminal_back()\n"
        "print('a terminal:', sys.stdin.isatty(), open(0, closefd=False).readline())\n"
    )
    (tmp_path / "code.py").write_text(code)
    command = f"printf 'FROM scratch\\n' | {shlex.quote(sys.executable)} {shlex.quote(str(tmp_path / 'code.py'))}"
    terminal = pexpect.spawn("/bin/sh", ["-c", command], timeout=30, encoding="utf-8")
    terminal.sendline("typed")
    terminal.expect("a terminal: True typed")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert (tmp_path / "saved").read_text() == "FROM scratch\n"


def test_without_a_terminal_standard_input_stays_as_it_is(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from stepper.cli.sources.standard_input import put_terminal_back\n"
        "put_terminal_back()\n"
        "print(sys.stdin.isatty())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input="", capture_output=True, text=True, check=True, start_new_session=True
    )
    assert done.stdout == "False\n"
