"""Finished images of an engine, taken apart. What was found in layers is kept, so that it is not asked for again."""

import json
from collections.abc import Iterator
from typing import Any

from stepper.engine.image_store import DescribedImage, ImageStore, open_image_store
from stepper.engine.interruption import Stopping
from stepper.engine.layer_cache import LayerCache
from stepper.folders import cache_folder
from stepper.image.analysis import ImageAnalysis
from stepper.image.config_json import from_oci
from stepper.image.saved_image import SavedImage


class FinishedImages:
    """The images of one engine. Has to be closed."""

    def __init__(self, store: ImageStore, cache: LayerCache) -> None:
        self._store = store
        self._cache = cache

    def describe(self, reference: str) -> DescribedImage:
        """What the engine says of an image by name or id, at once. Raises `EngineError` where there is none."""
        return self._store.describe(reference)

    def known(self, image: DescribedImage) -> ImageAnalysis | None:
        """The image, where all of its layers are known already; else it has to be saved."""
        contents = self._cache.find(image.diff_ids)
        if contents is None:
            return None
        document = self._cache.document(image.id)
        config = from_oci(json.loads(document)) if document is not None else image.config
        return ImageAnalysis(image.names, image.platform, config, contents)

    def save(self, image: DescribedImage) -> Iterator[bytes]:
        """Its archive, as `docker save` writes it. Raises `EngineError`, but not where it is cut off."""
        return self._store.save(image.reference, framed=False)

    def save_again(self, image_id: str, stopping: Stopping) -> Iterator[bytes]:
        """The archive of an image by its id; cut off when it is stopped. Raises `EngineError`."""
        return self._store.save(image_id, framed=False, stopping=stopping)

    def keep(self, image: DescribedImage, saved: SavedImage) -> None:
        """Remember what was found in its archive. The engine vouches for the digests."""
        if _diff_ids(saved.document) == image.diff_ids and len(image.diff_ids) == len(saved.layers):
            self._cache.store(dict(zip(image.diff_ids, saved.layers, strict=True)))
            self._cache.store_document(image.id, json.dumps(dict(saved.document)))

    def close(self) -> None:
        """Let go of the engine and of the cache."""
        self._cache.close()
        self._store.close()


def open_finished_images(host: str | None = None) -> FinishedImages:
    """The finished images of the engine that `open_engine` would open. Raises `EngineUnavailable`."""
    return FinishedImages(open_image_store(host), LayerCache(cache_folder()))


def _diff_ids(document: Any) -> tuple[str, ...]:
    layers = document.get("rootfs")
    return tuple(layers.get("diff_ids") or ()) if isinstance(layers, dict) else ()
