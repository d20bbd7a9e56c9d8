"""Files by their URL."""

import gzip
import hashlib
import socket
import time
from pathlib import Path

import pytest

from stepper.engine.remote.download import Downloaded, Transfer, download
from stepper.engine.remote.fetch_error import FetchError
from tests.remote_site import Page, Site


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_file_has_its_content_digest_time_and_etag(site: Site, tmp_path: Path) -> None:
    headers = {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT", "ETag": 'W/"one"'}
    url = site.add("/f", Page(b"hello", headers=headers))
    to = tmp_path / "f"
    assert download(url, to) == Downloaded(to, digest(b"hello"), 1445412480, '"one"')
    assert to.read_bytes() == b"hello"
    assert to.stat().st_mtime == 1445412480


@pytest.mark.parametrize("written", [None, "yesterday", ""])
def test_without_a_time_it_is_the_epoch(site: Site, tmp_path: Path, written: str | None) -> None:
    url = site.add("/f", Page(headers={} if written is None else {"Last-Modified": written}))
    found = download(url, tmp_path / "f")
    assert found is not None
    assert (found.modified, (tmp_path / "f").stat().st_mtime) == (0, 0)


def test_what_the_server_calls_unchanged_is_not_downloaded(site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(headers={"ETag": '"one"'}))
    assert download(url, tmp_path / "f", etag='"one"') is None
    assert download(url, tmp_path / "f", etag='"two"') is not None


def test_a_server_that_only_tells_the_etag_again_is_believed_too(site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(headers={"ETag": 'W/"one"'}))
    assert download(url, tmp_path / "f", etag='"one"') is None


def test_redirects_are_followed(site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(b"", 302, {"Location": "/g?x=1"}))
    site.add("/g?x=1", Page(b"there"))
    assert download(url, tmp_path / "f") is not None
    assert (tmp_path / "f").read_bytes() == b"there"


def test_redirects_without_an_end_are_an_error(site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(b"", 302, {"Location": "/f"}))
    with pytest.raises(FetchError, match="leads from one URL to the next without an end"):
        download(url, tmp_path / "f")


def test_a_packed_transfer_is_unpacked_and_a_packed_file_is_not(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(b"content")
    on_its_way = site.add("/a", Page(packed, headers={"Content-Encoding": "gzip"}))
    file = site.add("/a.gz", Page(packed, headers={"Content-Type": "application/gzip"}))
    other = site.add("/b", Page(packed, headers={"Content-Encoding": "x-gzip"}))
    for url in (on_its_way, file, other):
        download(url, tmp_path / url.rpartition("/")[2])
    assert (tmp_path / "a").read_bytes() == b"content"
    assert (tmp_path / "a.gz").read_bytes() == packed
    assert (tmp_path / "b").read_bytes() == packed


def test_names_beyond_ascii_and_a_password_reach_the_server(site: Site, tmp_path: Path) -> None:
    site.add("/ü x", Page(b"content"))
    assert download(f"http://me:secret@{site.host}/ü x", tmp_path / "f") is not None
    assert site.headers[-1]["Authorization"] == "Basic bWU6c2VjcmV0"


def test_a_token_that_fits_into_no_header_is_not_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as error:
        download(site.add("/f", Page()), tmp_path / "f", authorization="Bearer hunter2\n")
    assert "does not fit into a header" in error.value.message
    assert "hunter2" not in f"{error.value.message} {error.value.hint}"


def test_an_authorization_is_sent(site: Site, tmp_path: Path) -> None:
    download(site.add("/f", Page()), tmp_path / "f", authorization="Bearer token")
    assert site.headers[-1]["Authorization"] == "Bearer token"


def test_a_proxy_is_taken_from_the_environment(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.setenv("no_proxy", "")
    site.add("http://nowhere.invalid/f", Page(b"by the proxy"))
    assert download("http://nowhere.invalid/f", tmp_path / "f") is not None
    assert (tmp_path / "f").read_bytes() == b"by the proxy"


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_answer_that_is_an_error_is_told_with_its_status(site: Site, tmp_path: Path, status: int) -> None:
    url = site.add("/f", Page(status=status))
    with pytest.raises(FetchError, match=f"{url}: the server says {status}"):
        download(url, tmp_path / "f")


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        download("http://me:secret@127.0.0.1:9/x", tmp_path / "f")
    assert caught.value.message == "http://xxxxx:xxxxx@127.0.0.1:9/x cannot be downloaded: Connection refused"


def test_a_file_that_is_cut_off_is_an_error(site: Site, tmp_path: Path) -> None:
    url = site.add("/f", Page(b"short", headers={"Content-Length": "10", "Connection": "close"}))
    with pytest.raises(FetchError, match="cannot be downloaded"):
        download(url, tmp_path / "f")


def test_a_large_file_tells_how_far_it_has_come(site: Site, tmp_path: Path) -> None:
    content = bytes(3 << 20)
    seen: list[tuple[int, int | None]] = []
    url = site.add("/f", Page(content))
    transfer_at_end: list[Transfer] = []

    def waiting(transfer: Transfer) -> None:
        seen.append((transfer.current, transfer.total))
        transfer_at_end[:] = [transfer]

    download(url, tmp_path / "f", waiting=waiting)
    assert seen == sorted(seen, key=lambda pair: pair[0])
    assert (transfer_at_end[0].current, transfer_at_end[0].total) == (len(content), len(content))


def test_waiting_for_a_server_that_says_nothing_can_be_stopped(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(transfer: Transfer) -> None:
        if time.monotonic() - begun > 0.2:
            raise StoppedError

    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises(StoppedError):
            download(f"http://127.0.0.1:{silent.getsockname()[1]}/f", tmp_path / "f", waiting=stop)
        assert time.monotonic() - begun < 5
    assert not (tmp_path / "f").exists()
