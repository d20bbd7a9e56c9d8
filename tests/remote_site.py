"""A web server on this machine for tests of what a build fetches: pages with their headers, and Git repositories.

An engine on the same machine reaches it too. Repositories are served by `git http-backend`; every commit of theirs has
the same hash wherever it is made.
"""

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

_HELD_SECONDS = 30
_TIME = "1500000000 +0000"
_WHO = {f"GIT_{role}_{what}": "me" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


@dataclass(frozen=True)
class Page:
    """What the server answers at one path. With an ETag it says when nothing has changed."""

    content: bytes = b"content\n"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Commit:
    """One commit on a branch: the files that it has, all of them, by path; `*name` for an executable.

    `links` are symlinks, `submodules` repositories of this server by their names; `refs` are refs in full.
    """

    files: Mapping[str, str]
    branch: str = "main"
    tags: Sequence[str] = ()
    annotated_tags: Sequence[str] = ()
    refs: Sequence[str] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    submodules: Mapping[str, str] = field(default_factory=dict)


class Site:
    """The server, running while the `with` does. What it was asked, and the bytes it sent, are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, Page] = {}
        self.requests: list[str] = []
        self.headers: list[Message] = []
        self.sent: list[int] = []
        self.hold = threading.Event()
        """While it is cleared, a page is sent and its connection then kept open."""
        self.hold.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "Site":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        """Its address, with the port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Its URL, without a final slash."""
        return f"http://{self.host}"

    def add(self, path: str, page: Page) -> str:
        """Serve a page; its URL."""
        self.pages[path] = page
        return self.url + path

    def add_repository(self, name: str, commits: Sequence[Commit]) -> tuple[str, ...]:
        """Serve a repository as `/name`; the hashes of its commits."""
        bare, work = self.folder / name, self.folder / f"{name}.work"
        work.mkdir(parents=True)
        _git(work, "init", "--quiet", "--initial-branch=main")
        hashes = []
        for commit in commits:
            _make(work, commit, self.url)
            hashes.append(_git(work, "rev-parse", "HEAD"))
        _git(work, "checkout", "--quiet", "main")
        _git(self.folder, "clone", "--quiet", "--mirror", str(work), str(bare))
        _git(bare, "update-server-info")
        return tuple(hashes)


def _make(work: Path, commit: Commit, url: str) -> None:
    has_branch = _git(work, "branch", "--list", commit.branch)
    if _git(work, "rev-list", "--all", "-n1"):
        _git(work, "checkout", "--quiet", *((commit.branch,) if has_branch else ("-b", commit.branch)))
        _git(work, "rm", "--quiet", "-r", "-f", "--ignore-unmatch", ".")
    for name, content in commit.files.items():
        path = work / name.removeprefix("*")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755 if name.startswith("*") else 0o644)
    for name, target in commit.links.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).symlink_to(target)
    for name, repository in commit.submodules.items():
        _git(work, "submodule", "--quiet", "add", "--force", f"{url}/{repository}", name)
    _git(work, "add", "--all", "--force")
    _git(work, "commit", "--quiet", "--allow-empty", "-m", "commit")
    for tag in commit.tags:
        _git(work, "tag", tag)
    for tag in commit.annotated_tags:
        _git(work, "tag", "-a", "-m", "tag", tag)
    for ref in commit.refs:
        _git(work, "update-ref", ref, "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": _TIME,
        "GIT_COMMITTER_DATE": _TIME,
        **_WHO,
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _handler(site: Site) -> type["_Handler"]:
    return type("Handler", (_Handler,), {"site": site})


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_GET(self) -> None:
        self._answer(with_content=True)

    def do_HEAD(self) -> None:
        self._answer(with_content=False)

    def do_POST(self) -> None:
        self._repository(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, *, with_content: bool) -> None:
        self.site.requests.append(f"{self.command} {self.path}")
        self.site.headers.append(self.headers)
        pages = self.site.pages
        page = pages.get(self.path) or pages.get(unquote(urlsplit(self.path).path))
        if page is None and ".git/" in self.path:
            self._repository(b"")
            return
        page = page or Page(b"not here\n", 404)
        etag = page.headers.get("ETag")
        is_known = etag is not None and etag in (self.headers.get("If-None-Match") or "")
        content = b"" if is_known else page.content
        self.site.sent.append(len(content))
        headers = {"Content-Length": str(len(content)), **page.headers}
        self._send(304 if is_known else page.status, headers, content if with_content else b"")

    def _repository(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.site.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=True)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n") if line)
        status = int(fields.pop("Status", "200").split()[0])
        self._send(status, {**fields, "Content-Length": str(len(content))}, content)

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.site.hold.wait(_HELD_SECONDS)
