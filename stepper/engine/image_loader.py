"""Images with a configuration exactly as wanted, made of layers that the engine already has.

`docker load` takes an archive of the configuration alone when it knows the layers. What a commit does to a
configuration (it merges the container's into it) does not happen here.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import LoadError, inspect_image, load_image
from stepper.engine.configuration import now
from stepper.errors import EngineError
from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import to_oci
from stepper.image.history import aligned

if TYPE_CHECKING:
    import docker


class ImageLoader:
    """Makes images in one engine by loading configurations.

    `mark` is the comment by which `prune` knows those that are Stepper's own.
    """

    def __init__(self, client: "docker.DockerClient", mark: str) -> None:
        self._client = client
        self._mark = mark

    def with_config(self, image: str | None, config: ImageConfig, *, created: str | None = None) -> str:
        """An image with the layers of `image` (None: no layers at all) and exactly this configuration; its id.

        `created` is the image's time (RFC 3339), None for that of the last history entry. The same arguments give the
        same id. Raises `EngineError` where the engine does not take such archives.
        """
        layers = self._layers(image)
        exact = replace(config, history=aligned(config.history, len(layers)))
        times = (entry.created for entry in reversed(config.history) if entry.created)
        return self._load(to_oci(exact, diff_ids=layers, created=created or next(times, now())), len(layers))

    def snapshot(self, image: str | None, config: ImageConfig, *, created: str) -> str:
        """As `with_config`, for an image that nobody but Stepper uses: it gets the mark by which `prune` knows it."""
        mark = HistoryEntry(created, "", empty_layer=True, comment=self._mark)
        return self.with_config(image, replace(config, history=(*config.history, mark)), created=created)

    def _layers(self, image: str | None) -> list[str]:
        if image is None:
            return []
        with engine_errors("look at a snapshot"):
            return list(inspect_image(self._client, image)["RootFS"].get("Layers") or ())

    def _load(self, document: Mapping[str, Any], layers: int) -> str:
        content = json.dumps(document, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        manifest = [{"Config": f"{digest}.json", "RepoTags": None, "Layers": [f"{n}/layer.tar" for n in range(layers)]}]
        archive = _archive({f"{digest}.json": content, "manifest.json": json.dumps(manifest).encode()})
        with engine_errors("make the image"):
            try:
                load_image(self._client, archive)
            except LoadError as error:
                raise EngineError(f"could not make the image: {error.message}") from error
        return f"sha256:{digest}"


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
