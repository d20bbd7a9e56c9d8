"""`stepper compare`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.image.layers import docker_save, file, folder, link, tar

FULL = [
    tar(folder("bin"), file("bin/sh", b"s" * 1000), link("bin/ls", "bin/sh")),
    tar(folder("src"), file("src/a.go", b"g" * 500), file("app", b"1" * 2000)),
]
SLIM = [tar(file("app", b"2" * 2000))]


@pytest.fixture
def _archives(project: Path) -> None:
    (project / "full.tar").write_bytes(docker_save(FULL))
    (project / "slim.tar").write_bytes(docker_save(SLIM))


@pytest.mark.usefixtures("_archives")
def test_people_read_the_figures_side_by_side_and_where_files_differ(stepper: Command) -> None:
    result = stepper("compare", "full.tar", "slim.tar")
    assert result.code == 0
    assert result.out.splitlines() == [
        "              full.tar                slim.tar",
        "size          3.5 kB                  2.0 kB (-1.5 kB)",
        "layers        2                       1 (-1)",
        "files         4                       1 (-3)",
        "unreachable   0 B                     0 B",
        "largest layer 2.5 kB                  2.0 kB (-500 B)",
        "efficiency    100.00%                 100.00%",
        "",
        "layers of full.tar",
        "      1.0 kB  layer 0",
        "      2.5 kB  layer 1",
        "",
        "layers of slim.tar",
        "      2.0 kB  layer 0",
        "",
        "files, full.tar to slim.tar: 0 added, 1 modified, 5 deleted",
        "     -1.0 kB  /bin/                                     -3",
        "      -500 B  /src/                                     -2",
        "         0 B  /                                         ~1",
    ]


@pytest.mark.usefixtures("_archives")
def test_programs_read_every_path(stepper: Command) -> None:
    document = json.loads(stepper("compare", "full.tar", "slim.tar", "full.tar", "--json").out)
    assert [image["bytes"] for image in document["images"]] == [3500, 2000, 3500]
    assert {each["path"]: each["change"] for each in document["differences"]} == {
        "/app": "modified",
        "/bin": "deleted",
        "/bin/ls": "deleted",
        "/bin/sh": "deleted",
        "/src": "deleted",
        "/src/a.go": "deleted",
    }


def test_programs_read_in_which_extended_attributes_a_file_differs(stepper: Command, project: Path) -> None:
    for name, value in (("old.tar", b"\xfe"), ("new.tar", b"\xff")):
        (project / name).write_bytes(docker_save([tar(file("a", b"1", xattrs={"user.x": value}))]))
    differences = json.loads(stepper("compare", "old.tar", "new.tar", "--json").out)["differences"]
    assert [(each["path"], each["differs"], each["xattrs"]) for each in differences] == [
        ("/a", ["xattrs"], {"user.x": "/w=="})
    ]


@pytest.mark.usefixtures("_archives")
def test_one_image_alone_is_an_error(stepper: Command) -> None:
    result = stepper("compare", "full.tar")
    assert result.code == 2
    assert result.err == "stepper: one image cannot be compared\n  Name two or more.\n"


def test_files_that_differ_in_their_time_only_are_told_apart(stepper: Command, project: Path) -> None:
    for name, time, content in (("old.tar", 1, b"1"), ("new.tar", 2, b"2")):
        layer = tar(
            file("same", b"x", mtime=time), file("other", content, mtime=time), file("m", b"x", mode=0o600 + time)
        )
        (project / name).write_bytes(docker_save([layer]))

    text = stepper("compare", "old.tar", "new.tar").out
    document = json.loads(stepper("compare", "old.tar", "new.tar", "--json").out)

    assert "files, old.tar to new.tar: 0 added, 2 modified, 0 deleted, 1 time only\n" in text
    assert text.splitlines()[-1].split() == ["0", "B", "/", "~2"]
    assert {each["path"]: each["differs"] for each in document["differences"]} == {
        "/same": ["time"],
        "/other": ["content"],
        "/m": ["mode"],
    }
