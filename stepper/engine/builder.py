"""The engine's own builder, BuildKit: for what cannot be run step by step in a container.

`POST /build?version=2` of the Docker API takes the context as an archive and needs no session; so what only a session
brings (secrets, SSH agents, additional contexts) cannot be had this way.
"""

import base64
import contextlib
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from stepper.engine.api_errors import engine_errors
from stepper.engine.build_context import archive
from stepper.engine.build_progress import BuildProgress
from stepper.engine.build_request import BuildRequest
from stepper.engine.client import EngineClient
from stepper.engine.copy_error import CopyError
from stepper.engine.engine_info import PODMAN
from stepper.engine.interruption import Interruption, StoppedError
from stepper.engine.protocol import Report
from stepper.engine.step import Failure, Progress
from stepper.errors import EngineError, EngineUnavailable, StepperError

_REPORT_BYTES = 8 << 20
_EXIT_CODE = re.compile(r"exit code: (\d+)$")
_OK = 200
_WRAPPING = re.compile(r"^(?:failed to solve(?: with frontend [\w.]+)?: |rpc error: code = \w+ desc = )+")
"""What some engines put in front of what the frontend says."""
_PULL_HINT = "The builder pulls without credentials; an image that is in the engine already is taken as it is."
_HINTS = {
    "failed to resolve source metadata": _PULL_HINT,
    "failed to authorize": _PULL_HINT,
    "failed to do request": _PULL_HINT,
    "pull access denied": _PULL_HINT,
    "is requested by the build but not allowed": "Through the engine's API the builder only gives devices whose CDI "
    "specification is annotated with org.mobyproject.buildkit.device.autoallow; `docker build --allow device` has any.",
}
"""What helps, by a part of the builder's message."""


class BuildResult(NamedTuple):
    """The id of the image that was made, or why there is none."""

    image: str | None = None
    failure: Failure | None = None


class Builder:
    """Builds in one engine of a product (see `EngineInfo`)."""

    def __init__(self, client: EngineClient, product: str, interruption: Interruption) -> None:
        self._client = client
        self._product = product
        self._interruption = interruption

    def build(self, request: BuildRequest, report: Report, *, announces: bool = True) -> BuildResult:
        """Build. What the builder says against the file is a failure. For `announces` see `BuildProgress`.

        Raises `EngineError` where the engine has no such builder, and when it does not answer as one.
        """
        if self._product == PODMAN:
            raise EngineError(
                "this is left to the engine's own builder, and Podman's knows no frontends",
                hint="An engine with BuildKit builds it: Docker 23 or newer.",
            )
        progress = BuildProgress(report, announces=announces)
        build_id = uuid.uuid4().hex
        try:
            with engine_errors("build"), self._interruption.stopping(lambda: self._cancel(build_id)):
                return self._result(self._send(request, build_id, report), progress)
        except StoppedError:
            return _stopped()
        except EngineUnavailable:
            if self._is_stopped():
                return _stopped()
            raise

    def _send(self, request: BuildRequest, build_id: str, report: Report) -> Any:
        upload = _Upload(request, self._interruption, report)
        api: Any = self._client.api
        return api.post(
            api._url("/build"),
            params={**_parameters(request), "buildid": build_id},
            data=upload.chunks(),
            headers={"Content-Type": "application/x-tar"},
            stream=True,
        )

    def _result(self, answer: Any, progress: BuildProgress) -> BuildResult:
        image: str | None = None
        with contextlib.closing(answer):
            if answer.status_code != _OK:
                return self._failed(_message(answer), progress)
            for line in answer.iter_lines():
                message = json.loads(line) if line else {}
                match message.get("id"):
                    case "moby.buildkit.trace":
                        progress.add(base64.b64decode(message["aux"]))
                    case "moby.image.id":
                        image = str(message["aux"]["ID"])
                if "error" in message:
                    return self._failed(str(message["error"]), progress)
        if image is None:
            if self._is_stopped():
                return _stopped()
            raise EngineError("the engine's builder ended without an image")
        return BuildResult(image)

    def _failed(self, message: str, progress: BuildProgress) -> BuildResult:
        if self._is_stopped():
            return _stopped()
        message = _WRAPPING.sub("", message)
        code = _EXIT_CODE.search(message)
        hint = next((hint for words, hint in _HINTS.items() if words in message), _place(progress, message))
        return BuildResult(None, Failure(message, hint, int(code[1]) if code else None))

    def _cancel(self, build_id: str) -> None:
        with contextlib.suppress(StepperError), engine_errors("stop the build"):
            self._client.request("POST", "/build/cancel", params={"id": build_id})

    def _is_stopped(self) -> bool:
        try:
            self._interruption.check()
        except StoppedError:
            return True
        return False


class _Upload:
    """The context on its way to the builder."""

    def __init__(self, request: BuildRequest, interruption: Interruption, report: Report) -> None:
        self._request = request
        self._interruption = interruption
        self._report = report
        self._sent = 0
        self._reported = 0

    def chunks(self) -> Iterator[bytes]:
        """What is to be sent."""
        try:
            yield from archive(self._request, self._count)
        except CopyError as error:
            raise EngineError(error.message, hint=error.hint) from error

    def _count(self, size: int) -> None:
        self._interruption.check()
        self._sent += size
        if self._sent - self._reported >= _REPORT_BYTES:
            self._reported = self._sent
            self._report(Progress("sending the build context", self._sent))


def _parameters(request: BuildRequest) -> dict[str, str | list[str]]:
    """The query of https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Image/operation/ImageBuild."""
    settings = request.settings
    found: dict[str, str | list[str] | None] = {
        "target": request.target,
        "platform": request.platform,
        "networkmode": settings.network,
        "shmsize": str(settings.shm_size) if settings.shm_size else None,
        "nocache": "1" if request.no_cache else None,
        "pull": "1" if request.pull else None,
        "buildargs": _json(dict(request.build_args)),
        "labels": _json(dict(request.labels)),
        "extrahosts": [f"{host.name}:{host.address}" for host in settings.extra_hosts],
        "ulimits": _json([{"Name": each.name, "Soft": each.soft, "Hard": each.hard} for each in settings.ulimits]),
    }
    return {
        "version": "2",
        "dockerfile": request.name,
        "rm": "1",
        "forcerm": "1",
        **{name: value for name, value in found.items() if value},
    }


def _json(value: object) -> str | None:
    return json.dumps(value) if value else None


def _place(progress: BuildProgress, message: str) -> str | None:
    """Where the build failed, and what the builder says of it where that is more than its last word."""
    if progress.failed is None or not progress.announces:
        return None
    more = "" if progress.error in message or message in progress.error.splitlines()[-1:] else f": {progress.error}"
    return f"It failed at {progress.failed}{more}"


def _message(answer: Any) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"the engine answered {answer.status_code}"


def _stopped() -> BuildResult:
    return BuildResult(None, Failure("interrupted", interrupted=True))
