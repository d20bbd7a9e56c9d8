"""The engine's own builders, without the docker command: what Stepper's builds are compared with.

`POST /build` of the Docker API; `version=2` is BuildKit, `version=1` the classic builder.
"""

import base64
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from stepper.engine.client import EngineClient
from stepper.engine.step import DEFAULT_SETTINGS, RunSettings


class Builder(Enum):
    """Which builder; the value is the API's."""

    CLASSIC = "1"
    BUILDKIT = "2"


@dataclass(frozen=True)
class ReferenceBuild:
    """What came of it: the image's id, or the builder's error message.

    `trace` is BuildKit's progress, for `tests.buildkit_trace`.
    """

    image: str | None
    error: str | None = None
    trace: tuple[bytes, ...] = ()


def reference_build(
    client: EngineClient,
    context: Path | bytes,
    *,
    tag: str,
    builder: Builder = Builder.BUILDKIT,
    dockerfile: str = "Dockerfile",
    target: str | None = None,
    build_args: Mapping[str, str] | None = None,
    no_cache: bool = False,
    network: str | None = None,
    labels: Mapping[str, str] | None = None,
    platform: str | None = None,
    settings: RunSettings = DEFAULT_SETTINGS,
) -> ReferenceBuild:
    """Build a folder, or a tar archive of one. An ignore file is not applied: that is the docker command's part."""
    body = context if isinstance(context, bytes) else _packed(context)
    parameters: dict[str, str | list[str]] = {
        "version": builder.value,
        "t": tag,
        "dockerfile": dockerfile,
        "rm": "1",
        "forcerm": "1",
    }
    parameters |= {"target": target} if target else {}
    parameters |= {"networkmode": network} if network else {}
    parameters |= {"labels": json.dumps(dict(labels))} if labels else {}
    parameters |= {"platform": platform} if platform else {}
    parameters |= _run_parameters(settings)
    parameters |= {"nocache": "1"} if no_cache else {}
    parameters |= {"buildargs": json.dumps(dict(build_args))} if build_args else {}
    answer = client.api.post(
        f"{client.api.base_url}/build",
        params=parameters,
        data=body,
        headers={"Content-Type": "application/x-tar"},
        stream=True,
    )
    trace: list[bytes] = []
    with answer:
        if answer.status_code != 200:
            return ReferenceBuild(None, answer.json()["message"])
        for line in answer.iter_lines():
            message = json.loads(line) if line else {}
            if message.get("id") == "moby.buildkit.trace":
                trace.append(base64.b64decode(message["aux"]))
            if "error" in message:
                return ReferenceBuild(None, message["error"], tuple(trace))
    return ReferenceBuild(client.sdk.images.get(tag).id, trace=tuple(trace))


def _run_parameters(settings: RunSettings) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    if settings.network is not None:
        found["networkmode"] = settings.network
    if settings.extra_hosts:
        found["extrahosts"] = [f"{host.name}:{host.address}" for host in settings.extra_hosts]
    if settings.shm_size is not None:
        found["shmsize"] = str(settings.shm_size)
    if settings.ulimits:
        limits = [{"Name": limit.name, "Soft": limit.soft, "Hard": limit.hard} for limit in settings.ulimits]
        found["ulimits"] = json.dumps(limits)
    return found


def _packed(context: Path) -> bytes:
    body = io.BytesIO()
    # BuildKit takes an archive that begins with a PAX header for a Dockerfile.
    with tarfile.open(fileobj=body, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(context, arcname=".")
    return body.getvalue()
