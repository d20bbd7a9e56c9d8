"""What ADD fetches, and what tells it from what was fetched before."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.dockerfile.operations import CopyOperation
from stepper.engine.access import BuildAccess, Secret
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.remote_sources import RemoteSources, local_part
from stepper.engine.step import ContextSource, Output, Progress
from tests.remote_site import Commit, Page, Site

Fetch = Callable[[], RemoteSources]
NO_ACCESS = BuildAccess()
HERE = ContextSource(Path("/context"))


@pytest.fixture
def fetch(tmp_path: Path, request: pytest.FixtureRequest) -> Fetch:
    """A session's own fetching; all sessions share a cache folder."""

    def start() -> RemoteSources:
        remote = RemoteSources(lambda: None, tmp_path / "cache")
        request.addfinalizer(remote.close)
        return remote

    return start


def silent(event: Output | Progress) -> None:
    """Nobody listens."""


def digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def add(*sources: str, checksum: str | None = None, unpack: bool = False) -> CopyOperation:
    return CopyOperation(sources, "/x", checksum=checksum, unpack=True, unpack_remote=unpack, is_add=True)


def keys(remote: RemoteSources, operation: CopyOperation) -> list[list[str]]:
    return remote.keys(operation, NO_ACCESS, silent)


def content(remote: RemoteSources, operation: CopyOperation) -> bytes:
    """What the operation's one source gives."""
    (part,) = remote.parts(operation, HERE, NO_ACCESS, silent)
    (file,) = part.source.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    return file.read_bytes()


def test_sources_are_split_by_the_folder_that_they_are_in(site: Site, fetch: Fetch) -> None:
    url = site.add("/f", Page(b"f"))
    site.add_repository("r.git", [Commit({"a": "a"})])
    operation = add("a*", url, f"{site.url}/r.git", "b", unpack=False)
    parts = fetch().parts(operation, HERE, NO_ACCESS, silent)
    assert [part.operation.sources for part in parts] == [("a*",), ("/f",), ("/",), ("b",)]
    assert [part.operation.unpack for part in parts] == [True, False, False, True]
    assert [part.whole for part in parts] == [False, False, True, False]
    assert [part.source is HERE for part in parts] == [True, False, False, True]
    assert local_part(operation).sources == ("a*", "b")


def test_an_archive_by_its_url_is_unpacked_when_that_is_asked_for(site: Site, fetch: Fetch) -> None:
    url = site.add("/f", Page(b"f"))
    (part,) = fetch().parts(add(url, unpack=True), HERE, NO_ACCESS, silent)
    assert part.operation.unpack


def test_the_key_of_a_url_is_its_name_and_content(site: Site, fetch: Fetch) -> None:
    remote = fetch()
    url, other = site.add("/f", Page(b"one")), site.add("/d/f", Page(b"one"))
    before = keys(remote, add(url))
    assert before == [["f", digest(b"one")]] == keys(remote, add(other))
    site.add("/f", Page(b"two"))
    assert keys(remote, add(url)) == [["f", digest(b"two")]]
    assert content(remote, add(url)) == b"two"


def test_what_the_key_needed_is_not_downloaded_again(site: Site, fetch: Fetch) -> None:
    remote, url = fetch(), site.add("/f", Page(b"one"))
    keys(remote, add(url))
    assert content(remote, add(url)) == b"one"
    assert site.requests == ["GET /f"]


def test_a_content_with_an_etag_is_known_again_in_the_next_session(site: Site, fetch: Fetch) -> None:
    url = site.add("/f", Page(b"one", headers={"ETag": '"1"'}))
    before = keys(fetch(), add(url))
    later = fetch()
    assert keys(later, add(url)) == before
    assert site.sent == [3, 0]
    assert content(later, add(url)) == b"one"


def test_a_content_that_changes_between_key_and_download_is_an_error(site: Site, fetch: Fetch) -> None:
    url = site.add("/f", Page(b"one", headers={"ETag": '"1"'}))
    keys(fetch(), add(url))
    later = fetch()
    keys(later, add(url))
    site.add("/f", Page(b"two", headers={"ETag": '"2"'}))
    with pytest.raises(FetchError) as caught:
        content(later, add(url))
    assert caught.value.message == f"digest mismatch {digest(b'two')}: {digest(b'one')}"
    assert keys(later, add(url)) == [["f", digest(b"two")]]
    assert content(later, add(url)) == b"two"


def test_what_was_remembered_can_be_forgotten(site: Site, fetch: Fetch, tmp_path: Path) -> None:
    url = site.add("/f", Page(b"one", headers={"ETag": '"1"'}))
    remote = fetch()
    keys(remote, add(url))
    remote.forget()
    keys(fetch(), add(url))
    assert site.sent == [3, 3]


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b'{"etag": 1, "digest": 2}', b"\xff", b'{"a": 1}'])
def test_a_damaged_memory_is_none(site: Site, fetch: Fetch, tmp_path: Path, junk: bytes) -> None:
    url = site.add("/f", Page(b"one", headers={"ETag": '"1"'}))
    before = keys(fetch(), add(url))
    for file in (tmp_path / "cache/urls").iterdir():
        file.write_bytes(junk)
    assert keys(fetch(), add(url)) == before


def test_a_checksum_is_the_key_without_a_request(site: Site, fetch: Fetch) -> None:
    remote, url = fetch(), site.add("/f", Page(b"one"))
    operation = add(url, checksum=digest(b"one"))
    assert keys(remote, operation) == [["f", digest(b"one")]]
    assert site.requests == []
    assert content(remote, operation) == b"one"


@pytest.mark.parametrize(
    ("checksum", "hint"),
    [(digest(b"two"), "has another content than --checksum says"), ("sha512:" + "0" * 128, "BuildKit compares")],
)
def test_another_content_than_the_checksum_says_is_an_error_until_the_server_has_the_right_one(
    site: Site, fetch: Fetch, checksum: str, hint: str
) -> None:
    remote, url = fetch(), site.add("/f", Page(b"one"))
    with pytest.raises(FetchError) as caught:
        content(remote, add(url, checksum=checksum))
    assert caught.value.message == f"digest mismatch {digest(b'one')}: {checksum}"
    assert hint in (caught.value.hint or "")
    site.add("/f", Page(b"two"))
    if checksum.startswith("sha256"):
        assert content(remote, add(url, checksum=checksum)) == b"two"


def test_the_key_of_a_repository_is_its_commit_and_all_that_is_taken_of_it(site: Site, fetch: Fetch) -> None:
    (commit,) = site.add_repository("r.git", [Commit({"a": "a"}, tags=["v1"])])
    url, remote = f"{site.url}/r.git", fetch()
    assert keys(remote, add(url)) == keys(remote, add(f"{url}#v1")) == [[commit, "", "True"]]
    assert keys(remote, add(f"{url}?subdir=d&submodules=0")) == [[commit, "d", "False"]]
    assert keys(remote, add(f"{url}?keep-git-dir=1#v1")) == [[commit, "", "True", "refs/tags/v1"]]


def test_a_name_that_is_a_pattern_names_itself_alone(site: Site, fetch: Fetch) -> None:
    site.add("/a*[", Page(b"one"))
    (part,) = fetch().parts(add(f"{site.url}/a*["), HERE, NO_ACCESS, silent)
    assert part.operation.sources == ("/a[*][[]",)


def test_the_secrets_of_the_build_are_sent_to_their_servers(
    site: Site, fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("secret")
    monkeypatch.setenv("HEADER", "Digest x")
    url = site.add("/f", Page(b"one"))
    remote = fetch()
    token = BuildAccess(secrets={"HTTP_AUTH_TOKEN_127.0.0.1": Secret(file=tmp_path / "token")})
    remote.keys(add(url), token, silent)
    header = BuildAccess(secrets={"HTTP_AUTH_HEADER_127.0.0.1": Secret(variable="HEADER")})
    remote.keys(add(url), header, silent)
    site.add_repository("r.git", [Commit({"a": "a"})])
    git = BuildAccess(secrets={f"GIT_AUTH_TOKEN.{site.host}": Secret(file=tmp_path / "token")})
    remote.keys(add(f"{site.url}/r.git"), git, silent)
    sent = [headers["Authorization"] for headers in site.headers]
    assert sent[:2] == ["Bearer secret", "Digest x"]
    assert set(sent[2:]) == {"basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0"}


def test_a_repository_over_ssh_needs_an_agent_of_the_build(fetch: Fetch) -> None:
    with pytest.raises(FetchError) as caught:
        keys(fetch(), add("git@example.com:a/b"))
    assert caught.value.message == 'git@example.com:a/b: no SSH key "default" is given to the build'
    assert caught.value.hint == "Give it: --ssh default."


def test_a_download_tells_how_far_it_has_come_without_the_password(site: Site, fetch: Fetch) -> None:
    told: list[Output | Progress] = []
    site.add("/f", Page(bytes(5_000_000)))
    url = f"http://me:secret@{site.host}/f"
    fetch().keys(add(url), NO_ACCESS, told.append)
    assert {event.text for event in told if isinstance(event, Progress)} == {
        f"downloading http://xxxxx:xxxxx@{site.host}/f"
    }


def test_what_was_fetched_is_gone_when_the_session_ends(site: Site, tmp_path: Path) -> None:
    remote = RemoteSources(lambda: None, tmp_path / "cache")
    url = site.add("/f", Page(b"one"))
    (part,) = remote.parts(add(url), HERE, NO_ACCESS, silent)
    assert part.source.folder.is_dir()
    remote.close()
    assert not part.source.folder.parent.exists()


def test_stopping_ends_the_wait(site: Site, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop() -> None:
        raise StoppedError

    remote = RemoteSources(stop, tmp_path / "cache")
    with pytest.raises(StoppedError):
        keys(remote, add(site.add("/f", Page(b"one"))))
    remote.close()
    for thread in threading.enumerate():
        if thread.name == "download":
            thread.join(10)
            assert not thread.is_alive()
