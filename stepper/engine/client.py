"""The client of one engine: plain requests over its socket, all else by the Docker SDK.

To load the SDK takes longer than to ask an engine for a whole build that is cached. So it is loaded when something
needs it: a container, a pull, an engine that is not behind a unix socket of this machine.
"""

import contextlib
import io
import json
import threading
from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

from stepper.engine.endpoints import Certificates
from stepper.engine.interruption import Stopping, unstoppable
from stepper.engine.socket_requests import Answer, Download, RefusedError, get_at_once, request
from stepper.engine.socket_streams import upgraded
from stepper.engine.stream import EngineStream

if TYPE_CHECKING:
    import docker
    import docker.tls

_GREETING_SECONDS = 20
_CALL_SECONDS = 900
"""A commit or a removal of many gigabytes takes minutes; what streams has no limit at all."""
_CHUNK = 1 << 20


class EngineClient:
    """A client that speaks the engine's own API version. May be used from any thread.

    `url` is where the engine listens; `direct` says that it is a unix socket to which a connection costs nothing.
    Making one asks the engine for its version, and raises the SDK's errors, `OSError` or `ValueError` where that fails.
    """

    def __init__(self, url: str, *, certificates: Certificates | None = None, direct: bool = False) -> None:
        self._url = url
        self._certificates = certificates
        self._socket = url.removeprefix("unix://") if direct else None
        self._lock = threading.Lock()
        self._sdk: docker.DockerClient | None = None
        self.version, self.info = self._greet()
        """What the engine answers to `GET /version` and `GET /info`."""

    @property
    def sdk(self) -> "docker.DockerClient":
        """The Docker SDK's client, loaded when it is asked for the first time."""
        with self._lock:
            if self._sdk is None:
                self._sdk = self._made_sdk(self.version["ApiVersion"], _CALL_SECONDS)
            return self._sdk

    @property
    def api(self) -> "docker.APIClient":
        """The Docker SDK's low-level client."""
        return self.sdk.api

    def load(self) -> None:
        """Load the SDK now, so that nobody waits for it later."""
        _ = self.sdk

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """Ask for a path below the API's version; the whole answer. Raises the SDK's errors, or `OSError`.

        A `body` may be of any length, made while it is sent; what making it raises goes through.
        """
        return accepted(path, self.answer(method, path, params, body, content_type))

    def find(self, path: str) -> bytes | None:
        """What is at a path below the API's version, None for nothing. Raises as `request` does."""
        answer = self.answer("GET", path)
        return None if answer.status == 404 else accepted(path, answer)

    def attach(self, container: str) -> EngineStream:
        """The standard input and outputs of a container, before it is started. Raises as `request` does."""
        params = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        target = self._target(f"/containers/{container}/attach", params)
        stream: Any = None
        if self._socket is not None:
            stream = upgraded(self._socket, target, seconds=_CALL_SECONDS)
        # What is refused by a socket is refused by the SDK in its own words.
        return EngineStream(self.api.attach_socket(container, params) if stream is None else stream)

    def download(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        framed: bool = True,
        stopping: Stopping = unstoppable,
    ) -> Generator[bytes, None, None]:
        """What is at a path below the API's version, however long it is, in chunks.

        Over a socket it is asked for now, so that the engine begins before the first chunk is wanted, and reading it
        fails once it is stopped; for `framed` see `Download`. Raises as `request` does, then and while it is read.
        """
        if self._socket is None:
            return self._download_by_sdk(path, params)
        download = Download(self._socket, self._target(path, params), framed=framed)
        chunks = _read_download(path, download, stopping)
        # Closing a generator that was never begun closes nothing.
        next(chunks)
        return chunks

    def _download_by_sdk(self, path: str, params: Mapping[str, Any] | None) -> Generator[bytes, None, None]:
        api: Any = self.api
        answer = api._get(api._url(path), params=params, stream=True, timeout=None)
        with contextlib.closing(answer):
            yield from api._stream_raw_result(answer, _CHUNK, decode=False)

    def _target(self, path: str, params: Mapping[str, Any] | None = None) -> str:
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        return f"/v{self.version['ApiVersion']}{path}{query}"

    def answer(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | Iterable[bytes] | None = None,
        content_type: str = "",
        *,
        seconds: float = _CALL_SECONDS,
    ) -> Answer:
        """Ask for a path below the API's version; the answer whatever its status. Raises `OSError`.

        For whoever knows what a refusal means: what is none goes through `accepted`, which loads the SDK. `seconds` is
        how long the engine may be silent.
        """
        headers = {"Content-Type": content_type} if body is not None else {}
        if self._socket is None:
            api: Any = self.api
            url = api._url(path)
            found = api.request(method, url, params=params, data=body, headers=headers, timeout=seconds)
            return Answer(found.status_code, found.reason, found.content)
        target = self._target(path, params)
        return request(self._socket, method, target, body=body, headers=headers, seconds=seconds)

    def close(self) -> None:
        """Let go of the engine."""
        with self._lock:
            if self._sdk is not None:
                self._sdk.close()

    def _greet(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The engine's version, and what else it says of itself."""
        if self._socket is not None:
            targets = "/version", "/info"
            answers = get_at_once(self._socket, targets, seconds=_GREETING_SECONDS)
            version, info = (json.loads(accepted(*each)) for each in zip(targets, answers, strict=True))
            return _checked(version), info
        from docker.constants import MINIMUM_DOCKER_API_VERSION

        with contextlib.closing(self._made_sdk(MINIMUM_DOCKER_API_VERSION, _GREETING_SECONDS)) as probe:
            version = _checked(probe.api.version(api_version=False))
        self._sdk = self._made_sdk(version["ApiVersion"], _CALL_SECONDS)
        return version, self._sdk.api.info()

    def _made_sdk(self, version: str, seconds: int) -> "docker.DockerClient":
        import docker

        tls = _tls(self._certificates) if self._certificates is not None else False
        made = docker.DockerClient(base_url=self._url, version=version, timeout=seconds, tls=tls)
        # requests prefers REQUESTS_CA_BUNDLE of the environment to the certificates that it was given.
        made.api.trust_env = self._certificates is None
        return made


def _checked(version: Mapping[str, Any]) -> Mapping[str, Any]:
    if "ApiVersion" not in version:
        raise ValueError("it does not speak the Docker API")
    return version


def _read_download(path: str, download: Download, stopping: Stopping) -> Generator[bytes, None, None]:
    """The chunks of a download after an empty one, which comes before anything of it is read."""
    with contextlib.closing(download), stopping(download.stop):
        yield b""
        try:
            yield from download.chunks()
        except RefusedError as error:
            _refuse(path, error.answer)


def accepted(target: str, answer: Answer) -> bytes:
    """What came back; raises what the SDK raises where the engine refused what was asked for at `target`."""
    if answer.status >= 400:
        _refuse(target, answer)
    return answer.body


def _refuse(target: str, answer: Answer) -> NoReturn:
    """Raise what the SDK raises for such an answer."""
    import docker.errors
    import requests

    response = requests.Response()
    response.status_code, response.reason, response.url = answer.status, answer.reason, target
    response.raw = io.BytesIO(answer.body)
    try:
        response.raise_for_status()
    except requests.HTTPError as error:
        docker.errors.create_api_error_from_http_exception(error)
    raise AssertionError(f"{answer.status} is no error")


def _tls(certificates: Certificates) -> "docker.tls.TLSConfig":
    import docker

    pair = certificates.certificate, certificates.key
    return docker.tls.TLSConfig(
        client_cert=(str(pair[0]), str(pair[1])) if pair[0] and pair[1] else None,
        ca_cert=str(certificates.ca) if certificates.ca else None,
        verify=certificates.verify,
    )
