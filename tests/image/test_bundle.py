"""Archives of an image without its layers' contents."""

import hashlib
import io
import json
import tarfile
from typing import Any

import pytest

from stepper.image.bundle import Bundle, docker_archive, oci_layout, saved_layers
from stepper.image.config import ImageConfig
from stepper.image.config_json import from_oci, to_oci

CONFIG = ImageConfig(cmd=("sh",), architecture="arm64", variant="v8")
DIFF_IDS = ["sha256:" + letter * 64 for letter in "abab"]
DOCUMENT = to_oci(CONFIG, diff_ids=DIFF_IDS, created="2024-01-01T00:00:00Z")
LAYERS = [{"mediaType": "application/x", "digest": "sha256:" + letter * 64, "size": 7} for letter in "cdcd"]


def files(bundle: Bundle) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(bundle.archive)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            found[member.name] = file.read()
    return found


def parsed(content: bytes) -> Any:
    return json.loads(content)


def test_a_docker_archive_names_every_layer_and_holds_none() -> None:
    bundle = docker_archive(DOCUMENT)
    found = files(bundle)
    (manifest,) = parsed(found["manifest.json"])
    assert [name.removesuffix(".tar") for name in manifest["Layers"]] == [d.removeprefix("sha256:") for d in DIFF_IDS]
    assert all(found[name] == b"" for name in manifest["Layers"])
    config = found[manifest["Config"]]
    assert bundle.image == "sha256:" + hashlib.sha256(config).hexdigest()
    assert from_oci(parsed(config)) == CONFIG


def test_an_oci_layout_leads_from_the_index_to_the_configuration() -> None:
    bundle = oci_layout(DOCUMENT, LAYERS)
    found = files(bundle)
    (described,) = parsed(found["index.json"])["manifests"]
    assert described["digest"] == bundle.image
    assert described["platform"] == {"architecture": "arm64", "os": "linux", "variant": "v8"}
    content = found["blobs/sha256/" + bundle.image.removeprefix("sha256:")]
    assert described["size"] == len(content)
    manifest = parsed(content)
    assert manifest["layers"] == LAYERS
    config = found["blobs/sha256/" + manifest["config"]["digest"].removeprefix("sha256:")]
    assert manifest["config"]["size"] == len(config)
    assert from_oci(parsed(config)) == CONFIG


def test_the_layers_are_found_in_a_saved_image() -> None:
    archive = oci_layout(DOCUMENT, LAYERS).archive
    chunks = [archive[index : index + 1000] for index in range(0, len(archive), 1000)]
    assert saved_layers(chunks, DIFF_IDS) == LAYERS


def test_a_saved_image_with_other_layers_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not have these layers"):
        saved_layers([oci_layout(DOCUMENT, LAYERS).archive], DIFF_IDS[:1])


def test_the_same_image_is_the_same_bundle() -> None:
    assert docker_archive(DOCUMENT) == docker_archive(DOCUMENT)
    assert oci_layout(DOCUMENT, LAYERS).image != oci_layout(DOCUMENT, LAYERS[:3]).image
