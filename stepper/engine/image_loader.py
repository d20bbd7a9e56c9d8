"""Images with a configuration exactly as wanted, made of layers that the engine already has.

What a commit does to a configuration (it merges the container's into it) does not happen here: the engine loads an
archive of the configuration alone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import LoadError, find_image, inspect_image, load_image
from stepper.engine.client import EngineClient
from stepper.engine.configuration import now
from stepper.engine.engine_info import CONTAINERD
from stepper.engine.step_cache import StepCache
from stepper.errors import EngineError
from stepper.image.bundle import Bundle, Descriptor, docker_archive, oci_layout, saved_layers
from stepper.image.config import HistoryEntry, ImageConfig
from stepper.image.config_json import to_oci
from stepper.image.history import aligned


class ImageLoader:
    """Makes images in one engine by loading configurations.

    `storage` is the engine's image store (see `EngineInfo`); `mark` is the comment by which `prune` knows those that
    are Stepper's own; `cache` notes what is made, and keeps what the containerd store has to be asked for at length;
    `check` is called while that goes on, and may raise to stop it.
    """

    def __init__(
        self, client: EngineClient, *, storage: str, mark: str, cache: StepCache, check: Callable[[], None]
    ) -> None:
        self._client = client
        self._storage = storage
        self._mark = mark
        self._cache = cache
        self._check = check

    def with_config(self, image: str | None, config: ImageConfig, *, created: str | None = None) -> str:
        """An image with the layers of `image` (None: no layers at all) and exactly this configuration; its id.

        `created` is the image's time (RFC 3339), None for that of the last history entry. The same arguments give the
        same id. Raises `EngineError` where the engine does not take such archives.
        """
        layers = self._diff_ids(image)
        exact = replace(config, history=aligned(config.history, len(layers)))
        times = (entry.created for entry in reversed(config.history) if entry.created)
        document = to_oci(exact, diff_ids=layers, created=created or next(times, now()))
        return self._load(self._bundle(image, document, layers))

    def snapshot(self, image: str | None, config: ImageConfig, *, created: str) -> str:
        """As `with_config`, for an image that nobody but Stepper uses: it gets the mark by which `prune` knows it."""
        mark = HistoryEntry(created, "", empty_layer=True, comment=self._mark)
        return self.with_config(image, replace(config, history=(*config.history, mark)), created=created)

    def _diff_ids(self, image: str | None) -> list[str]:
        if image is None:
            return []
        with engine_errors("look at a snapshot"):
            return list(inspect_image(self._client, image)["RootFS"].get("Layers") or ())

    def _bundle(self, image: str | None, document: dict[str, Any], diff_ids: Sequence[str]) -> Bundle:
        if self._storage != CONTAINERD:
            return docker_archive(document)
        return oci_layout(document, self._blobs(image, diff_ids) if image is not None else [])

    def _blobs(self, image: str, diff_ids: Sequence[str]) -> list[Descriptor]:
        """The blobs of an image's layers. Only `save` tells them, which sends the whole image."""
        known = self._cache.layers(image)
        if known is not None:
            return list(json.loads(known))
        with engine_errors("look at a snapshot's layers"):
            try:
                layers = saved_layers(self._checked(self._client.api.get_image(image)), diff_ids)
            except ValueError as error:
                raise EngineError(f"could not make the image: {error}") from error
        self._cache.store_layers(image, json.dumps(layers))
        return layers

    def _checked(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._check()
            yield chunk

    def _load(self, bundle: Bundle) -> str:
        with engine_errors("make the image"):
            try:
                if find_image(self._client, bundle.image) is None:
                    load_image(self._client, bundle.archive)
            except LoadError as error:
                raise EngineError(f"could not make the image: {error.message}") from error
        self._cache.add_image(bundle.image)
        return bundle.image
