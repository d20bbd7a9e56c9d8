"""The client of one engine: plain requests over its socket, all else by the Docker SDK.

To load the SDK takes longer than to ask an engine for a whole build that is cached. So it is loaded when something
needs it: a container, a pull, an engine that is not behind a unix socket of this machine.
"""

import contextlib
import io
import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlencode

from stepper.engine.endpoints import Certificates
from stepper.engine.socket_requests import Answer, request

if TYPE_CHECKING:
    import docker
    import docker.tls

_GREETING_SECONDS = 20
_CALL_SECONDS = 900
"""A commit or a removal of many gigabytes takes minutes; what streams has no limit at all."""


class EngineClient:
    """A client that speaks the engine's own API version. May be used from any thread.

    `url` is where the engine listens; `direct` says that it is a unix socket to which a connection costs nothing.
    Making one asks the engine for its version, and raises the SDK's errors, `OSError`, `ValueError` or
    `http.client.HTTPException` where that fails.
    """

    def __init__(self, url: str, *, certificates: Certificates | None = None, direct: bool = False) -> None:
        self._url = url
        self._certificates = certificates
        self._socket = url.removeprefix("unix://") if direct else None
        self._lock = threading.Lock()
        self._sdk: docker.DockerClient | None = None
        self.version: Mapping[str, Any] = self._greet()
        """What the engine answers to `GET /version`."""

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
        body: bytes | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """Ask for a path below the API's version; the whole answer. Raises the SDK's errors, or `OSError`."""
        headers = {"Content-Type": content_type} if body is not None else {}
        if self._socket is None:
            api: Any = self.api
            found = api.request(
                method, api._url(path), params=params, data=body, headers=headers, timeout=_CALL_SECONDS
            )
            api._raise_for_status(found)
            return bytes(found.content)
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        target = f"/v{self.version['ApiVersion']}{path}{query}"
        return _accepted(
            target, request(self._socket, method, target, body=body, headers=headers, seconds=_CALL_SECONDS)
        )

    def close(self) -> None:
        """Let go of the engine."""
        with self._lock:
            if self._sdk is not None:
                self._sdk.close()

    def _greet(self) -> Mapping[str, Any]:
        greeting = self._asked_version()
        if "ApiVersion" not in greeting:
            raise ValueError("it does not speak the Docker API")
        return greeting

    def _asked_version(self) -> Mapping[str, Any]:
        if self._socket is not None:
            answer = request(self._socket, "GET", "/version", body=None, headers={}, seconds=_GREETING_SECONDS)
            greeting: Mapping[str, Any] = json.loads(_accepted("/version", answer))
            return greeting
        from docker.constants import MINIMUM_DOCKER_API_VERSION

        probe = self._made_sdk(MINIMUM_DOCKER_API_VERSION, _GREETING_SECONDS)
        with contextlib.closing(probe):
            return dict(probe.api.version(api_version=False))

    def _made_sdk(self, version: str, seconds: int) -> "docker.DockerClient":
        import docker

        tls = _tls(self._certificates) if self._certificates is not None else False
        made = docker.DockerClient(base_url=self._url, version=version, timeout=seconds, tls=tls)
        # requests prefers REQUESTS_CA_BUNDLE of the environment to the certificates that it was given.
        made.api.trust_env = self._certificates is None
        return made


def _accepted(target: str, answer: Answer) -> bytes:
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
