"""The images that FROM and `COPY --from` name, as snapshots: found in the engine or pulled; and one for scratch."""

import contextlib
import time
from dataclasses import replace
from typing import Any

from stepper.engine.api_errors import engine_errors, explanation
from stepper.engine.api_requests import find_image, image_history, layers_size
from stepper.engine.client import EngineClient
from stepper.engine.image_config import config_of_base
from stepper.engine.image_loader import ImageLoader
from stepper.engine.interruption import Interruption
from stepper.engine.protocol import Report
from stepper.engine.step import Progress, Snapshot
from stepper.errors import EngineError
from stepper.image.config import ImageConfig
from stepper.image.history import from_docker

_REPORT_SECONDS = 0.1
_UNKNOWN_TIME = "1970-01-01T00:00:00Z"
_UNKNOWN_ARCHITECTURES = ("", "unknown")


class BaseImages:
    """Finds and pulls images in one engine of a product (see `EngineInfo`).

    What takes long, such as a pull, ends with `StoppedError` on an `interruption`.
    """

    def __init__(
        self,
        client: EngineClient,
        product: str,
        loader: ImageLoader,
        interruption: Interruption,
    ) -> None:
        self._client = client
        self._product = product
        self._loader = loader
        self._interruption = interruption
        self._snapshots: dict[str, Snapshot] = {}
        self._sizes: dict[str, int] = {}
        self._scratch: str | None = None

    def snapshot(self, reference: str, *, platform: str | None, pull: bool, report: Report) -> Snapshot:
        """The snapshot of an image, pulled where it is missing, has another platform, or `pull` asks for it."""
        found = None if pull else self._inspect(reference)
        if found is None or not has_platform(found, platform):
            try:
                self.pull(reference, platform=platform, report=report)
            except EngineError as error:
                if found is None or platform is None:
                    raise
                raise other_platform_error(reference, platform_of(found), platform, error) from error
            found = self._inspect(reference)
            if found is None:
                raise EngineError(f"the engine pulled {reference}, but does not have it")
        return self._known(found)

    def find(self, reference: str, *, platform: str | None) -> Snapshot | None:
        """The snapshot of an image that is in the engine for this platform, None where there is none."""
        found = self._inspect(reference)
        return self._known(found) if found is not None and has_platform(found, platform) else None

    def image_of(self, snapshot: Snapshot) -> str:
        """The image to make containers of: for scratch one without any layers."""
        if snapshot.image is not None:
            return snapshot.image
        if self._scratch is None:
            empty = ImageConfig(os=snapshot.config.os, architecture=snapshot.config.architecture)
            self._scratch = self._loader.snapshot(None, empty, created=_UNKNOWN_TIME)
        return self._scratch

    def size(self, image: str) -> int:
        """Bytes of all layers of an image."""
        if image not in self._sizes:
            with engine_errors("look at an image"):
                self._sizes[image] = layers_size(image_history(self._client, image))
        return self._sizes[image]

    def exists(self, image: str) -> bool:
        """Whether an image is in the engine."""
        return self._inspect(image) is not None

    def pull(self, reference: str, *, platform: str | None = None, report: Report) -> None:
        """Pull an image with the credentials of the Docker configuration. Raises `EngineError` that says why not."""
        import docker.errors
        from docker.utils import parse_repository_tag

        repository, tag = parse_repository_tag(reference)
        progress = PullProgress(reference, report)
        with engine_errors(f"pull {reference}"):
            try:
                lines = self._client.api.pull(
                    repository, tag=tag or "latest", stream=True, decode=True, platform=platform
                )
                with contextlib.closing(lines):
                    for line in lines:
                        self._interruption.check()
                        if "error" in line:
                            raise pull_error(reference, str(line["error"]))
                        progress.add(line)
            except docker.errors.APIError as error:
                raise pull_error(reference, explanation(error)) from error

    def _inspect(self, reference: str) -> dict[str, Any] | None:
        try:
            with engine_errors(f"look for the image {reference}"):
                return find_image(self._client, reference)
        except EngineError as error:
            if "invalid reference format" in error.message:
                raise EngineError(f"not a valid image name: {reference}") from error
            raise

    def _known(self, found: dict[str, Any]) -> Snapshot:
        image = str(found["Id"])
        if image not in self._snapshots:
            self._snapshots[image] = self._snapshot(image, found)
        return self._snapshots[image]

    def _snapshot(self, image: str, found: dict[str, Any]) -> Snapshot:
        layers = list(found["RootFS"].get("Layers") or ())
        with engine_errors("read the image's history"):
            entries = image_history(self._client, image)
            history = from_docker(entries, len(layers))
            config = config_of_base(self._client, image, self._product, history, self._interruption)
        self._sizes[image] = layers_size(entries)
        if config.volumes:
            twin = self._without_volumes(image, config, str(found.get("Created") or ""))
            self._sizes[twin] = self._sizes[image]
            return Snapshot(twin, config)
        return Snapshot(image, config)

    def _without_volumes(self, image: str, config: ImageConfig, created: str) -> str:
        """A twin of an image that declares no volumes: what a RUN writes below one would miss the layer."""
        return self._loader.snapshot(image, replace(config, volumes=()), created=created or _UNKNOWN_TIME)


class PullProgress:
    """Adds up what the layers of a pull report, and tells it some ten times a second."""

    def __init__(self, reference: str, report: Report) -> None:
        self._text = f"pulling {reference}"
        self._report = report
        self._layers: dict[str, tuple[int, int]] = {}
        self._told = 0.0

    def add(self, line: dict[str, Any]) -> None:
        """Take in one line of the engine's answer."""
        detail = line.get("progressDetail") or {}
        layer = line.get("id")
        if layer and line.get("status") == "Downloading" and detail.get("total"):
            self._layers[layer] = (int(detail.get("current") or 0), int(detail["total"]))
        elif layer in self._layers and line.get("status") in ("Download complete", "Pull complete"):
            total = self._layers[layer][1]
            self._layers[layer] = (total, total)
        now = time.monotonic()
        if now - self._told >= _REPORT_SECONDS:
            self._told = now
            current = sum(current for current, _ in self._layers.values())
            total = sum(total for _, total in self._layers.values())
            self._report(Progress(self._text, current if total else None, total or None))


def has_platform(found: dict[str, Any], platform: str | None) -> bool:
    """Whether an image (its inspect) is for a platform such as `linux/arm64`; None is any."""
    if platform is None:
        return True
    os, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    if found.get("Os") != os or found.get("Architecture") in _UNKNOWN_ARCHITECTURES:
        return False
    if found.get("Architecture") != architecture:
        return False
    return not variant or not found.get("Variant") or found["Variant"] == variant


def platform_of(found: dict[str, Any]) -> str:
    """The platform of an image (its inspect), such as `linux/arm64/v8`; `an unknown platform` where it has none."""
    os, architecture = found.get("Os"), found.get("Architecture")
    if not os or architecture in _UNKNOWN_ARCHITECTURES:
        return "an unknown platform"
    return "/".join(part for part in (os, architecture, found.get("Variant")) if part)


def other_platform_error(reference: str, has: str, platform: str, error: EngineError) -> EngineError:
    """An image is in the engine for one platform, and could not be pulled for the one that is asked for."""
    return EngineError(
        f"the image {reference} is in the engine for {has}, but not for {platform}: {error.message}",
        hint=f"Load the image for {platform} first (`docker load`), or build for the platform that is there.",
    )


def pull_error(reference: str, reason: str) -> EngineError:
    """The engine's reason in the user's words, with what can be done about it."""
    low = reason.lower()
    if "pull access denied" in low or "unauthorized" in low or "authentication required" in low:
        return EngineError(
            f"the image {reference} does not exist, or may not be pulled without logging in",
            hint="Check the name; for a private image, `docker login` first.",
        )
    if "not found" in low or "manifest unknown" in low or "no such image" in low:
        return EngineError(f"there is no image {reference}: {reason}", hint="Check the name and the tag.")
    if "no matching manifest" in low or "does not match the specified platform" in low:
        return EngineError(f"the image {reference} is not there for this platform: {reason}")
    network = ("dial tcp", "no such host", "timeout", "connection refused", "network is unreachable", "proxyconnect")
    if any(word in low for word in network):
        return EngineError(
            f"could not pull {reference}: its registry cannot be reached: {reason}",
            hint="Check the engine's network, or load the image first (`docker load`).",
        )
    return EngineError(f"could not pull {reference}: {reason}")
