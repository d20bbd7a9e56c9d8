"""The toolbox: which busybox it takes, and that it is made again when it is not complete."""

import struct
import sys
from pathlib import Path

import docker.errors
import pytest

from stepper.engine.client import EngineClient
from stepper.engine.docker_engine import DockerEngine
from stepper.engine.leftovers import SessionNames
from stepper.engine.toolbox import Toolbox, find_toolbox, is_static
from stepper.errors import EngineError
from tests.engine.conftest import BUSYBOX, base, execute, succeed


def elf(*kinds: int, bits: int = 64) -> bytes:
    """An executable that consists of headers for segments of these kinds."""
    if bits == 64:
        rest = struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, len(kinds), 0, 0, 0)
        size, letter = 56, b"\x02"
    else:
        rest = struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, 0, 52, 0, 0, 52, 32, len(kinds), 0, 0, 0)
        size, letter = 32, b"\x01"
    segments = b"".join(struct.pack("<I", kind).ljust(size, b"\0") for kind in kinds)
    return (b"\x7fELF" + letter + b"\x01\x01").ljust(16, b"\0") + rest + segments


@pytest.mark.parametrize("bits", [32, 64])
def test_an_executable_with_an_interpreter_is_not_static(bits: int) -> None:
    assert is_static(elf(1, 2, bits=bits))
    assert not is_static(elf(1, 3, bits=bits))


def test_what_is_no_executable_is_not_static() -> None:
    assert not is_static(b"#!/bin/sh\n")
    assert not is_static(b"")


@pytest.mark.skipif(sys.platform != "linux", reason="Python is an ELF executable on Linux alone")
def test_python_itself_is_not_static() -> None:
    assert not is_static(Path(sys.executable).resolve().read_bytes())


@pytest.mark.engine
def test_it_is_filled_again_when_another_stepper_is_in_the_way(
    client: EngineClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, attempts = client.api.put_archive, []

    def disturbed(container: str, path: str, data: bytes) -> bool:
        attempts.append(path)
        if len(attempts) == 1:
            raise docker.errors.APIError("failed to Lchown /toolbox/bin/xxd: no such file or directory")
        return bool(put(container, path, data))

    monkeypatch.setattr(client.api, "put_archive", disturbed)
    assert find_toolbox(client, SessionNames(tmp_path).new, image=BUSYBOX, rebuild=True).volume is not None
    assert len(attempts) == 2


@pytest.mark.engine
def test_it_is_found_again(client: EngineClient, tmp_path: Path) -> None:
    names = SessionNames(tmp_path)
    first = find_toolbox(client, names.new, image=BUSYBOX)
    assert first.volume is not None
    assert find_toolbox(client, names.new, image=BUSYBOX) == first
    assert client.api.containers(all=True, filters={"name": f"stepper-{names.owner}"}) == []


@pytest.mark.engine
def test_without_an_image_there_is_none(client: EngineClient, tmp_path: Path) -> None:
    asked: list[str] = []

    def pull(image: str) -> None:
        asked.append(image)
        raise EngineError("no network")

    toolbox = find_toolbox(client, SessionNames(tmp_path).new, image="stepper-test/none:1", pull=pull)
    assert toolbox == Toolbox(None)
    assert toolbox.shell == ("/bin/sh",)
    assert asked == ["stepper-test/none:1"]


@pytest.mark.engine
def test_one_that_is_empty_is_made_again(client: EngineClient, tmp_path: Path) -> None:
    # A name of its own for the image, so that the volume is not one that somebody else uses at the moment.
    client.api.tag(BUSYBOX, "stepper-test-toolbox", "1")
    image = "stepper-test-toolbox:1"
    stepper = DockerEngine(client, cache=tmp_path, toolbox_image=image)
    try:
        volume = find_toolbox(client, stepper._names.new, image=image).volume
        assert volume is not None
        client.api.remove_volume(volume)
        client.api.create_volume(volume)
        succeed(execute(stepper, base(stepper), "true"))
    finally:
        stepper.close()
        client.api.remove_image(image)
        client.api.remove_volume(volume or "")
