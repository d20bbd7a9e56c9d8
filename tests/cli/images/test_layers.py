"""`stepper layers`: where the image comes from, what is told of it, and the exit codes."""

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.image.layers import Member, docker_save, file, folder, link, oci_layout, plain, tar

LAYERS = [
    tar(folder("app"), file("app/big", b"b" * 5000), file("app/kept", b"k" * 3000)),
    tar(folder("app"), file("app/big", b"b" * 5000, uid=7)),
    tar(folder("app"), file("app/.wh.big"), file("app/note", b"hi")),
]


class Piped:
    """Standard input that is no terminal."""

    closed = False

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        return False


@pytest.fixture
def archive(project: Path) -> Path:
    path = project / "image.tar"
    path.write_bytes(docker_save(LAYERS))
    return path


def told(stepper: Command, *arguments: str) -> dict[str, Any]:
    result = stepper("layers", "--json", *arguments)
    assert result.code == 0, result.err
    document: dict[str, Any] = json.loads(result.out)
    return document


def test_people_read_layers_unreachable_bytes_and_rewrites(stepper: Command, archive: Path) -> None:
    result = stepper("layers", str(archive))
    assert result.code == 0
    assert result.out.splitlines() == [
        "made:latest  linux/amd64  13.0 kB in 3 layers",
        "    0    8.0 kB  ████████████  +3 ~0 -0                layer 0",
        "    1    5.0 kB  ████████····  +0 ~1 -0                layer 1",
        "    2       2 B  █···········  +1 ~0 -1                layer 2",
        "",
        "unreachable: 10.0 kB (76.9% of the image)",
        "    5.0 kB  written by layer 0, hidden by layer 1: /app/big",
        "    5.0 kB  written by layer 1, hidden by layer 2: /app/big",
        "rewritten for their attributes alone: 5.0 kB",
        "    5.0 kB  layer 1: the owner of 1 file  layer 1",
        "by dive: efficiency 23.0888%, 10.0 kB wasted, 199.92% of what stands above the base",
    ]


def test_programs_read_all_of_it(stepper: Command, archive: Path) -> None:
    document = told(stepper, str(archive))
    assert (document["bytes"], document["unreachable_bytes"]) == (13002, 10000)
    assert [layer["bytes"] for layer in document["layers"]] == [8000, 5000, 2]
    assert document["layers"][1]["changes"] == [
        {
            "path": "/app/big",
            "change": "modified",
            "kind": "file",
            "bytes": 5000,
            "mode": "0644",
            "uid": 7,
            "gid": 0,
            "differs": ["owner"],
        }
    ]
    assert document["hidden"][0] == {
        "written": 0, "hidden": 1, "bytes": 5000, "files": [{"path": "/app/big", "bytes": 5000}]
    }  # fmt: skip
    assert document["rewrites"] == [{"layer": 1, "files": 1, "bytes": 5000, "attributes": ["owner"]}]
    assert document["dive"]["wasteful"] == [{"path": "/app/big", "layers": 3, "size": 10000}]
    assert "rules" not in document


def test_programs_read_the_configuration(stepper: Command, project: Path) -> None:
    config = {"Env": ["A=1"], "Cmd": ["sh"], "WorkingDir": "/app"}
    (project / "image.tar").write_bytes(docker_save(LAYERS, config=config))
    assert told(stepper, "image.tar")["config"] == config


def test_programs_read_which_names_are_one_file_and_which_device_it_is(stepper: Command, project: Path) -> None:
    null = Member("null", type=tarfile.CHRTYPE, device=(1, 3))
    layers = [tar(file("a", b"1")), tar(file("b", b"2"), link("c", "b"), null)]
    (project / "linked.tar").write_bytes(docker_save(layers))
    a, b, c, device = (change for layer in told(stepper, "linked.tar")["layers"] for change in layer["changes"])
    assert (b["links"], b["inode"]) == (c["links"], c["inode"])
    assert "inode" not in a
    assert (device["kind"], device["device"]) == ("character device", "1:3")


def test_programs_read_extended_attributes_whatever_bytes_they_are(stepper: Command, project: Path) -> None:
    capped = {"security.capability": b"\x01\x00\xff", "user.note": b""}
    layers = [tar(file("ping", b"elf"), file("plain")), tar(file("ping", b"elf", xattrs=capped))]
    (project / "capped.tar").write_bytes(docker_save(layers))
    document = told(stepper, "capped.tar")
    assert all("xattrs" not in change for change in document["layers"][0]["changes"])
    change = document["layers"][1]["changes"][0]
    assert change["xattrs"] == {"security.capability": "AQD/", "user.note": ""}
    assert change["differs"] == ["xattrs"]
    assert document["rewrites"][0]["attributes"] == ["extended attributes"]


def test_an_archive_an_unpacked_one_and_standard_input_tell_the_same(
    stepper: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "oci.tar").write_bytes(oci_layout(LAYERS, name="x"))
    with tarfile.open(project / "oci.tar") as opened:
        opened.extractall(project / "unpacked", filter="data")
    monkeypatch.setattr(sys, "stdin", Piped((project / "oci.tar").read_bytes()))
    assert told(stepper, "oci.tar") == told(stepper, "unpacked") == told(stepper, "-")


def test_of_several_images_one_has_to_be_named(stepper: Command, project: Path) -> None:
    config = b'{"os": "linux", "architecture": "amd64"}'
    manifest = [{"Config": "c", "RepoTags": [name], "Layers": ["l"]} for name in ("a:1", "b:2")]
    files = {"c": config, "l": LAYERS[0], "manifest.json": json.dumps(manifest).encode()}
    (project / "two.tar").write_bytes(plain(files))
    result = stepper("layers", "two.tar")
    assert result.code == 2
    assert result.err == "stepper: two.tar holds 2 images\n  It holds a:1, b:2. Name one with --image.\n"
    assert told(stepper, "two.tar", "--image", "b:2")["names"] == ["b:2"]
    assert stepper("layers", "two.tar", "--image", "c").code == 2


def test_a_broken_rule_makes_the_exit_code_1(stepper: Command, archive: Path) -> None:
    result = stepper("layers", str(archive), "--ci")
    assert result.code == 1
    assert result.out.splitlines()[-4:] == [
        "rules",
        "  ✖ lowestEfficiency 0.9: the efficiency is 0.2309",
        "  · highestWastedBytes disabled",
        "  ✖ highestUserWastedPercent 0.1: the wasted bytes are 1.9992 of those above the base",
    ]
    kept = ("--lowest-efficiency=0.2", "--highest-wasted-bytes=10kB", "--highest-wasted-ratio=off")
    assert stepper("layers", str(archive), *kept).code == 0
    assert json.loads(stepper("layers", "--json", "--ci", str(archive)).out)["rules"][0]["status"] == "fail"


def test_what_is_no_image_is_an_error_that_says_why(stepper: Command, project: Path) -> None:
    (project / "text").write_bytes(b"no archive\n" * 100)
    result = stepper("layers", "text")
    assert result.code == 1
    assert result.err.startswith("stepper: text cannot be read: ")
    assert "docker save" in result.err
    assert stepper("layers", "./none.tar").err == "stepper: there is no file ./none.tar\n"


@pytest.mark.engine
def test_an_image_of_the_engine_is_told_like_its_archive(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from stepper.cli.main import main
    from stepper.engine.image_store import open_image_store

    store = open_image_store()
    (project / "saved.tar").write_bytes(b"".join(store.save("busybox")))
    store.close()
    assert main(["layers", "--json", "busybox"]) == 0
    from_engine = json.loads(capfd.readouterr().out)
    assert main(["layers", "--json", str(project / "saved.tar")]) == 0
    assert json.loads(capfd.readouterr().out) == from_engine
    assert from_engine["layers"]


@pytest.mark.engine
def test_an_image_that_the_engine_does_not_have_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    from stepper.cli.main import main

    assert main(["layers", "no-such-image:1"]) == 1
    told = "there is no file or folder no-such-image:1, and the engine has no image no-such-image:1"
    assert capfd.readouterr().err.startswith(f"stepper: {told}\n  Give the path of an archive")
    assert main(["history", "No Name"]) == 1
    assert "no file or folder No Name, and the engine has no image No Name: invalid" in capfd.readouterr().err


def test_without_an_engine_it_is_said_that_there_is_no_such_file_either(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from stepper.cli.main import main

    monkeypatch.setenv("DOCKER_HOST", f"unix://{project}/none.sock")
    assert main(["layers", "app.tar", "--text"]) == 3
    assert "there is no file or folder app.tar, and no engine to ask for an image app.tar: no engine" in (
        capfd.readouterr().err
    )
