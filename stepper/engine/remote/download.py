"""Files by their http(s) URL, streamed to disk."""

import contextlib
import hashlib
import ipaddress
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stepper import __version__
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.secrecy import without_credentials
from stepper.frozen import frozen
from stepper.text import printable

if TYPE_CHECKING:
    import requests

_TIMEOUT = 60.0
"""Seconds without an answer."""
_REDIRECTS = 10
_CHUNK = 1 << 18
_POLL_SECONDS = 0.1
_NOT_MODIFIED = 304


@frozen
class Downloaded:
    """A file that was downloaded. `digest` is its SHA-256, `modified` the time that the server says, in seconds.

    As in BuildKit that is 0 where the server says none. `etag` is what the server calls this content, None for nothing.
    """

    path: Path
    digest: str
    modified: int = 0
    etag: str | None = None


@dataclass
class Transfer:
    """How far a download has come, in bytes; `total` is None where the server does not say it. Read by any thread."""

    current: int = 0
    total: int | None = None
    stopped: bool = field(default=False, repr=False)


def download(
    url: str,
    to: Path,
    *,
    authorization: str | None = None,
    etag: str | None = None,
    waiting: Callable[[Transfer], None] = lambda transfer: None,
) -> Downloaded | None:
    """Download a file; None when the server says that its content is still the one it calls `etag`.

    `waiting` is called often, from this thread, and may raise to stop. Redirects are followed, proxies are taken from
    the environment. Raises `FetchError` that says why it cannot be had.
    """
    transfer = Transfer()
    results: list[Downloaded | None] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(_download(url, to, authorization, etag, transfer))
        except BaseException as error:
            errors.append(error)

    # What waits for a server cannot be interrupted: it is left to itself, and ends with its time-out.
    thread = threading.Thread(target=work, name="download", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            waiting(transfer)
            thread.join(_POLL_SECONDS)
    except BaseException:
        transfer.stopped = True
        raise
    if not errors:
        return results[0]
    with _fetch_errors(url):
        raise errors[0]


def is_url(written: str) -> bool:
    """Whether something is to be fetched."""
    return written.startswith(("http://", "https://"))


@contextlib.contextmanager
def streamed(url: str) -> Iterator[tuple[Iterator[bytes], int | None]]:
    """The content of a URL as it comes, and its size where the server says it. Raises `FetchError`."""
    with _session() as session:
        with _fetch_errors(url):
            answer = _checked(url, _get(session, url, None, None))
        with answer:
            yield _chunks(url, answer), _length(answer)


def _chunks(url: str, answer: "requests.Response") -> Iterator[bytes]:
    with _fetch_errors(url):
        yield from answer.raw.stream(_CHUNK, decode_content=_is_packed(answer))


@contextlib.contextmanager
def _fetch_errors(url: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if (told := _told(url, error)) is None:
            raise
        raise told from error


class _StoppedError(Exception):
    """Nobody waits for the download any more."""


def _download(url: str, to: Path, authorization: str | None, etag: str | None, transfer: Transfer) -> Downloaded | None:
    with _session() as session, _get(session, url, authorization, etag) as answer:
        found = _etag(answer)
        if answer.status_code == _NOT_MODIFIED or (etag is not None and found == etag and answer.ok):
            return None
        _checked(url, answer)
        digest = _save(answer, to, transfer)
    modified = _seconds(answer.headers.get("Last-Modified"))
    os.utime(to, (modified, modified))
    return Downloaded(to, digest, modified, found)


def _checked(url: str, answer: "requests.Response") -> "requests.Response":
    if not 200 <= answer.status_code < 400:
        raise FetchError(
            f"{_shown(url)}: the server says {answer.status_code} {printable(answer.reason or '')}".rstrip(),
            hint="Check the URL.",
        )
    return answer


def _is_packed(answer: "requests.Response") -> bool:
    # As in Go, and so in BuildKit: this encoding alone is one of the transfer, everything else belongs to the file.
    return (answer.headers.get("Content-Encoding") or "").lower() == "gzip"


def _length(answer: "requests.Response") -> int | None:
    size = answer.headers.get("Content-Length") or ""
    return int(size) if size.isdecimal() and not _is_packed(answer) else None


def _session() -> "requests.Session":
    import ssl

    import requests.adapters

    class SystemTrust(requests.adapters.HTTPAdapter):
        """Trusts the certificates that this machine trusts."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **kwargs)

    session = requests.Session()
    session.mount("https://", SystemTrust())
    # Neither a .netrc nor other settings of the user's: an engine's builder has none.
    session.trust_env = False
    session.max_redirects = _REDIRECTS
    return session


def _get(session: "requests.Session", url: str, authorization: str | None, etag: str | None) -> "requests.Response":
    from requests.utils import get_environ_proxies

    headers = {"User-Agent": f"stepper/{__version__}", "Accept": None, "Accept-Encoding": "gzip"}
    headers |= {"Authorization": authorization} if authorization is not None else {}
    headers |= {"If-None-Match": etag} if etag is not None else {}
    proxies = {} if _is_this_machine(url) else get_environ_proxies(url)
    return session.get(url, headers=headers, stream=True, timeout=_TIMEOUT, proxies=proxies)


def _is_this_machine(url: str) -> bool:
    """Whether no proxy stands between, as Go has it, whatever the environment says."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _save(answer: "requests.Response", to: Path, transfer: Transfer) -> str:
    transfer.total = _length(answer)
    digest = hashlib.sha256()
    with open(to, "wb") as file:
        for chunk in answer.raw.stream(_CHUNK, decode_content=_is_packed(answer)):
            if transfer.stopped:
                raise _StoppedError
            file.write(chunk)
            digest.update(chunk)
            transfer.current += len(chunk)
    return digest.hexdigest()


def _seconds(written: str | None) -> int:
    """A time of HTTP, 0 for none and for what is none."""
    from email.utils import mktime_tz, parsedate_tz

    parts = parsedate_tz(written or "")
    return 0 if parts is None else int(mktime_tz(parts))


def _etag(answer: "requests.Response") -> str | None:
    """The server's name for the content; that it may be another one byte by byte does not matter."""
    return (answer.headers.get("ETag") or "").removeprefix("W/") or None


def _told(url: str, error: BaseException) -> FetchError | None:
    import requests
    import urllib3.exceptions

    if isinstance(error, requests.exceptions.InvalidHeader):
        # Its own words hold the header, and so the secret.
        return FetchError(
            f"{_shown(url)} cannot be downloaded: the token for it does not fit into a header",
            hint="The secret HTTP_AUTH_TOKEN_... or HTTP_AUTH_HEADER_... is one line, without a line break at its end.",
        )
    if isinstance(error, requests.TooManyRedirects):
        return FetchError(f"{_shown(url)} cannot be downloaded: it leads from one URL to the next without an end")
    if isinstance(error, requests.RequestException | urllib3.exceptions.HTTPError | OSError | ValueError):
        return FetchError(f"{_shown(url)} cannot be downloaded: {printable(without_credentials(_reason(error)))}")
    return None


def _reason(error: BaseException) -> str:
    """The system's own words where it is behind the error, else what the outermost says."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        seen = seen.__cause__ or seen.__context__
    with contextlib.suppress(IndexError):
        return str(getattr(error.args[0], "reason", error))
    return str(error) or type(error).__name__


def _shown(url: str) -> str:
    return printable(without_credentials(url))
