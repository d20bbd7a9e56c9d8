"""The few calls of the Docker Engine API that these scripts need.

A machine that has no engine has no docker command and no Docker SDK either: this is the standard library alone.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit


class EngineError(Exception):
    """The engine did not answer, or answered that it could not; the text says why."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class EngineApi:
    """An engine at a `unix://` or `tcp://` address (TLS as DOCKER_TLS_VERIFY and DOCKER_CERT_PATH say)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def version(self) -> dict[str, Any]:
        """What `GET /version` tells. Raises EngineError when nobody answers."""
        answer: dict[str, Any] = json.loads(self._call("GET", "/version", timeout=5))
        return answer

    def builds_with_buildkit(self) -> bool:
        """Whether BuildKit is the builder that this engine recommends, which it is since Docker 23."""
        connection = self._connect(timeout=5)
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().getheader("Builder-Version") == "2"
        except OSError as error:
            raise EngineError(_reason(error)) from error
        finally:
            connection.close()

    def has_image(self, name: str) -> bool:
        """Whether the engine has an image of this name."""
        try:
            self._call("GET", f"/images/{quote(name, safe='')}/json", timeout=30)
        except EngineError:
            return False
        return True

    def pull(self, name: str, patience: float) -> None:
        """Pull `name`, giving up after `patience` seconds in which the registry has sent nothing."""
        repository, _, tag = name.partition(":")
        query = urlencode({"fromImage": repository, "tag": tag})
        _raise_streamed_error(self._call("POST", f"/images/create?{query}", timeout=patience))

    def import_image(self, name: str, archive: Path, changes: list[str]) -> None:
        """Make image `name` of one layer from the tar `archive`; `changes` are Dockerfile instructions."""
        repository, _, tag = name.partition(":")
        query = urlencode(
            [("fromSrc", "-"), ("repo", repository), ("tag", tag), *(("changes", line) for line in changes)]
        )
        headers = {"Content-Type": "application/x-tar", "Content-Length": str(archive.stat().st_size)}
        with archive.open("rb") as body:
            answer = self._call("POST", f"/images/create?{query}", timeout=300, body=body, headers=headers)
        _raise_streamed_error(answer)

    def _call(
        self,
        method: str,
        path: str,
        timeout: float,
        body: IO[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        connection = self._connect(timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise EngineError(_reason(error)) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise EngineError(_message(answer) or f"{method} {path}: HTTP status {response.status}")
        return answer

    def _connect(self, timeout: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        if parts.scheme == "unix":
            return _UnixConnection(parts.path, timeout)
        if parts.scheme in ("tcp", "http", "https") and parts.hostname:
            if parts.scheme != "https" and not os.environ.get("DOCKER_TLS_VERIFY"):
                return http.client.HTTPConnection(parts.hostname, parts.port or 2375, timeout=timeout)
            context = _tls_context()
            return http.client.HTTPSConnection(parts.hostname, parts.port or 2376, timeout=timeout, context=context)
        raise EngineError(f"{self.url}: not an address that can be asked from here")


def _tls_context() -> ssl.SSLContext:
    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    try:
        context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    except OSError as error:
        raise EngineError(f"the TLS certificates in {folder} cannot be used: {error}") from error
    return context


def _raise_streamed_error(stream: bytes) -> None:
    """Long calls answer 200 and then a stream of JSON objects, the failure among them."""
    for line in stream.splitlines():
        if b'"error"' in line and (text := _message(line)):
            raise EngineError(text)


def _message(answer: bytes) -> str:
    try:
        parsed = json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace").strip()
    if not isinstance(parsed, dict):
        return ""
    return str(parsed.get("message") or parsed.get("error") or "")


def _reason(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "permission denied (is your user in the group that owns the socket?)"
    if isinstance(error, FileNotFoundError):
        return "no such socket"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
