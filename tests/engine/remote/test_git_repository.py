"""Git repositories, checked out."""

import os
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.dockerfile.sources import GitSource
from stepper.engine.access import SshAccess
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.git_command import GitCommand, is_ssh
from stepper.engine.remote.git_repository import Revision, check_out, find_revision
from stepper.engine.remote.workspace import Workspace
from tests.remote_site import Commit, Page, Site


class Repository:
    """`r.git` with the branches main and other/b, the tag v1, the annotated tag ann and a pull request."""

    def __init__(self, site: Site) -> None:
        site.add_repository("sub.git", [Commit({"s": "s\n"})])
        self.url = f"{site.url}/r.git"
        self.one, self.two, self.other = site.add_repository(
            "r.git",
            [
                Commit(
                    {"a": "one\n", "*run": "#!/bin/sh\n", "d/e": "e\n"},
                    tags=["v1"],
                    annotated_tags=["ann"],
                    refs=["refs/pull/7/head"],
                    links={"l": "a", "out": "/etc"},
                ),
                Commit({"a": "two\n", "d/e": "e\n"}, submodules={"mod": "sub.git"}),
                Commit({"a": "other\n"}, branch="other/b"),
            ],
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server for all tests here."""
    with Site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def repository(site: Site) -> Repository:
    """A repository for all tests here."""
    return Repository(site)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def checked_out(source: GitSource, workspace: Workspace) -> Path:
    return check_out(source, GitCommand(source.repository), workspace)


@pytest.mark.parametrize(
    ("reference", "commit", "ref"),
    [
        ("", "two", "refs/heads/main"),
        ("main", "two", "refs/heads/main"),
        ("v1", "one", "refs/tags/v1"),
        ("tags/v1", "one", "refs/tags/v1"),
        ("refs/tags/v1", "one", "refs/tags/v1"),
        ("ann", "one", "refs/tags/ann"),
        ("other/b", "other", "refs/heads/other/b"),
        ("heads/other/b", "other", "refs/heads/other/b"),
        ("pull/7/head", "one", "refs/pull/7/head"),
    ],
)
def test_a_reference_stands_for_a_commit(
    repository: Repository, workspace: Workspace, reference: str, commit: str, ref: str
) -> None:
    source = GitSource(repository.url, reference)
    found = find_revision(source, GitCommand(repository.url), workspace)
    assert found == Revision(getattr(repository, commit), ref)
    content = {"one": "one\n", "two": "two\n", "other": "other\n"}[commit]
    assert (checked_out(source, workspace) / "a").read_text() == content


def test_a_commit_in_full_needs_no_server_to_be_known(workspace: Workspace) -> None:
    source = GitSource("https://nowhere.invalid/x.git", "a" * 40)
    assert find_revision(source, GitCommand(source.repository), workspace) == Revision("a" * 40)
    source = GitSource("https://nowhere.invalid/x.git", "main", checksum="b" * 40)
    assert find_revision(source, GitCommand(source.repository), workspace) == Revision("b" * 40, "main")


def test_any_commit_can_be_checked_out(repository: Repository, workspace: Workspace) -> None:
    assert (checked_out(GitSource(repository.url, repository.one), workspace) / "a").read_text() == "one\n"


def test_files_have_the_modes_that_git_gives_and_there_is_no_git_folder(
    repository: Repository, workspace: Workspace
) -> None:
    previous = os.umask(0o077)
    try:
        tree = checked_out(GitSource(repository.url, "v1"), workspace)
    finally:
        os.umask(previous)
    modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in tree.iterdir() if not path.is_symlink()}
    assert modes == {"a": 0o644, "run": 0o755, "d": 0o755}
    assert os.readlink(tree / "l") == "a"


def test_submodules_come_along_unless_they_are_not_wanted(repository: Repository, workspace: Workspace) -> None:
    assert (checked_out(GitSource(repository.url), workspace) / "mod/s").read_text() == "s\n"
    assert list((checked_out(GitSource(repository.url, submodules=False), workspace) / "mod").iterdir()) == []


def test_a_kept_git_folder_is_a_clone_of_the_one_commit(repository: Repository, workspace: Workspace) -> None:
    tree = checked_out(GitSource(repository.url, "ann", keep_git_dir=True), workspace)

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=tree, check=True, capture_output=True, text=True).stdout.strip()

    assert git("rev-parse", "HEAD") == repository.one
    assert git("remote", "get-url", "origin") == repository.url
    assert git("status", "--porcelain") == ""
    assert git("tag") == "ann"
    assert not (tree / ".git/FETCH_HEAD").exists()


@pytest.mark.parametrize("folder", ["d", "/d/", "../d", "x/../d"])
def test_a_folder_of_it_is_taken_alone(repository: Repository, workspace: Workspace, folder: str) -> None:
    tree = checked_out(GitSource(repository.url, "v1", folder, keep_git_dir=True), workspace)
    assert [path.name for path in tree.iterdir()] == ["e"]


@pytest.mark.parametrize("folder", ["gone", "a", "out", "out/ssh"])
def test_what_is_no_folder_of_it_is_an_error(repository: Repository, workspace: Workspace, folder: str) -> None:
    with pytest.raises(FetchError, match=f"there is no folder {folder} in the repository"):
        checked_out(GitSource(repository.url, "v1", folder), workspace)


@pytest.mark.parametrize("reference", ["main", "ann", "v1", ""])
def test_the_commit_has_to_be_the_one_that_is_asked_for(
    repository: Repository, workspace: Workspace, reference: str
) -> None:
    right = repository.two if reference in ("main", "") else repository.one
    for checksum in (right, right[:7]):
        assert checked_out(GitSource(repository.url, reference, checksum=checksum), workspace).is_dir()
    with pytest.raises(FetchError, match=f"expected checksum to match {repository.other}, got {right}"):
        checked_out(GitSource(repository.url, reference, checksum=repository.other), workspace)


@pytest.mark.parametrize("reference", ["gone", "HEAD", "v", "../main"])
def test_what_stands_for_nothing_is_an_error(repository: Repository, workspace: Workspace, reference: str) -> None:
    with pytest.raises(FetchError, match=f"there is no branch or tag {reference}"):
        find_revision(GitSource(repository.url, reference), GitCommand(repository.url), workspace)


def test_a_shortened_commit_is_an_error_as_in_buildkit(repository: Repository, workspace: Workspace) -> None:
    source = GitSource(repository.url, repository.one[:8])
    with pytest.raises(FetchError) as caught:
        find_revision(source, GitCommand(repository.url), workspace)
    assert caught.value.hint == "A commit is named by its hash in full, 40 digits."


def test_a_reference_cannot_be_an_option(repository: Repository, workspace: Workspace) -> None:
    with pytest.raises(FetchError, match="--upload-pack=x is no branch, tag or commit"):
        checked_out(GitSource(repository.url, "--upload-pack=x"), workspace)


def test_neither_a_configuration_nor_hooks_of_the_user_are_used(
    repository: Repository, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[core]\n\tautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    assert (checked_out(GitSource(repository.url), workspace) / "a").read_bytes() == b"two\n"


def test_a_repository_without_shallow_clones_is_fetched_whole(
    repository: Repository, site: Site, workspace: Workspace
) -> None:
    # A plain web server that knows nothing of git.
    for path in (site.folder / "r.git").rglob("*"):
        if path.is_file():
            site.add(f"/dumb.git/{path.relative_to(site.folder / 'r.git')}", Page(path.read_bytes()))
    source = GitSource(f"{site.url}/dumb.git", "v1")
    assert (checked_out(source, workspace) / "a").read_text() == "one\n"


def test_what_git_says_is_told_without_the_password(site: Site, workspace: Workspace) -> None:
    source = GitSource(f"http://me:secret@{site.host}/gone.git")
    with pytest.raises(FetchError) as caught:
        find_revision(source, GitCommand(source.repository), workspace)
    error = caught.value
    assert error.message == f"http://xxxxx:xxxxx@{site.host}/gone.git cannot be fetched: git ended with exit code 128"
    assert error.hint is not None
    assert "not found" in error.hint
    assert "secret" not in error.hint


def test_fetching_can_be_stopped(workspace: Workspace) -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        if time.monotonic() - begun > 0.3:
            raise StoppedError

    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/r.git"
        with pytest.raises(StoppedError):
            find_revision(GitSource(url), GitCommand(url, stop), workspace)
        assert time.monotonic() - begun < 5


def test_an_authorization_reaches_the_server_and_no_other_process(
    repository: Repository, site: Site, workspace: Workspace
) -> None:
    git = GitCommand(repository.url, authorization="basic token")
    find_revision(GitSource(repository.url), git, workspace)
    assert site.headers[-1]["Authorization"] == "basic token"


@pytest.mark.parametrize(
    ("repository", "is_one"),
    [("git@h:x", True), ("ssh://h/x", True), ("https://h/x.git", False), ("git://h/x", False)],
)
def test_what_is_fetched_over_ssh(repository: str, is_one: bool) -> None:
    assert is_ssh(repository) == is_one


def test_ssh_gets_the_keys_and_asks_nobody(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    fake = tmp_path / "ssh"
    fake.write_text(f'#!/bin/sh\necho "$SSH_AUTH_SOCK" "$@" > {said}\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    git = GitCommand("git@h:x", ssh=SshAccess(keys=(Path("/keys/it's"),)))
    with pytest.raises(FetchError):
        find_revision(GitSource("git@h:x"), git, workspace)
    assert "-o BatchMode=yes" in said.read_text()
    assert "-i /keys/it's" in said.read_text()
    git = GitCommand("git@h:x", ssh=SshAccess(socket=Path("/agent")))
    with pytest.raises(FetchError):
        find_revision(GitSource("git@h:x"), git, workspace)
    assert said.read_text().startswith("/agent ")
