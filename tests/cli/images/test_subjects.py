"""Lines and stages of a build where an image may be named."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from stepper.cli.arguments import parse_arguments
from stepper.cli.main import main
from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine

DOCKERFILE = """\
FROM busybox AS build
RUN echo one > /one
FROM busybox
COPY --from=build /one /two
RUN false
"""


@pytest.fixture
def _dockerfile(project: Path) -> None:
    (project / "Dockerfile").write_text(DOCKERFILE)


@pytest.mark.usefixtures("_dockerfile")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["9"], "there is no instruction on line 9"),
        (["nope", "."], "Dockerfile has no stage nope"),
        (["nope", "-f", "Dockerfile"], "Dockerfile has no stage nope"),
        (["2", "-f", "none"], "there is no none"),
    ],
)
def test_what_is_not_in_the_dockerfile_is_an_error_and_not_an_image(
    arguments: list[str], message: str, stepper: Command
) -> None:
    result = stepper("save", *arguments, "-o", "x.tar")
    assert result.code == 2
    assert message in result.err


def test_the_context_may_stand_behind_the_options() -> None:
    parsed = parse_arguments(["save", "build", "-o", "x.tar", "there"])
    assert (parsed.subject, parsed.output, parsed.context) == ("build", "x.tar", "there")
    assert parse_arguments(["save", "build", "-o", "x.tar"]).context is None
    assert parse_arguments(["save", "-o", "x.tar", "--", "-odd", "there"]).subject == "-odd"


@pytest.mark.usefixtures("_dockerfile")
def test_a_failing_build_gives_no_snapshot_and_no_file(stepper: Command, project: Path) -> None:
    (project / "Dockerfile").write_text("FROM nowhere\nRUN x\n")
    result = stepper("save", "2", "-o", "x.tar")
    assert result.code == 1
    assert "there is no snapshot: the build stopped at Dockerfile:1" in result.err
    assert not (project / "x.tar").exists()


@pytest.mark.usefixtures("_dockerfile")
@pytest.mark.parametrize(("other", "message"), [("99", "no instruction on line 99"), ("./x.tar", "no file ./x.tar")])
def test_what_is_not_there_is_told_before_anything_is_built(
    other: str, message: str, stepper: Command, engine: ScriptedEngine
) -> None:
    result = stepper("compare", "2", other)
    assert (result.code, message in result.err) == (2, True)
    assert "RUN echo one" not in result.err
    assert not engine.executed


@pytest.mark.usefixtures("_dockerfile")
def test_a_name_is_for_a_snapshot_only(stepper: Command) -> None:
    result = stepper("save", "docker-image://app", "-t", "x", "-o", "x.tar")
    assert (result.code, "-t names a snapshot" in result.err) == (2, True)


@pytest.mark.engine
def test_snapshots_of_a_build_are_saved_and_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text(DOCKERFILE)
    assert main(["save", "build", "-o", "build.tar"]) == 0
    assert main(["save", "4", ".", "-o", "four.tar", "--compress", "zstd"]) == 0
    captured = capfd.readouterr()
    assert "build is the stage build of Dockerfile; the image of that name is docker-image://build" in captured.err
    assert "4 is line 4 of Dockerfile" in captured.err
    with tarfile.open("build.tar") as archive:
        assert "manifest.json" in archive.getnames()
    assert main(["compare", "build", "4", "four.tar", "docker-image://busybox", "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert {each["path"]: each["change"] for each in document["differences"]} == {"/one": "deleted", "/two": "added"}
    sizes = [image["bytes"] for image in document["images"]]
    assert sizes[0] == sizes[1] == sizes[2] == sizes[3] + 4
    assert main(["save", "5", "-o", "failed.tar"]) == 1
    assert "there is no snapshot: the build stopped at Dockerfile:5" in capfd.readouterr().err
    assert not Path("failed.tar").exists()


@pytest.mark.engine
def test_the_end_of_the_target_is_saved_as_the_build_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text("FROM busybox AS base\nLABEL a=file\nFROM base\nCMD x\n")
    options = [".", "--label", "b=given"]
    assert main(["run", *options, "--iidfile", "built"]) == 0
    assert main(["save", "4", *options, "-o", "4.tar"]) == 0
    assert "--label is for" not in capfd.readouterr().err
    assert main(["save", "base", *options, "-o", "base.tar"]) == 0
    assert "--label is for the image of the target, and the stage base is not its end" in capfd.readouterr().err
    assert _config("4.tar")[0] == Path("built").read_text().removeprefix("sha256:")
    assert _config("4.tar")[1]["config"]["Labels"] == {"a": "file", "b": "given"}
    assert _config("base.tar")[1]["config"]["Labels"] == {"a": "file"}


def _config(archive: str) -> tuple[str, dict[str, Any]]:
    """The digest and the configuration of a saved image."""
    with tarfile.open(archive) as opened:
        manifest = opened.extractfile("manifest.json")
        assert manifest is not None
        name = json.load(manifest)[0]["Config"]
        file = opened.extractfile(name)
        assert file is not None
        return name.rpartition("/")[2].removesuffix(".json"), json.load(file)


@pytest.mark.engine
def test_a_page_of_a_server_is_not_imported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "root.tar.gz"
    page.write_bytes(b"<!DOCTYPE html><html><title>404 Not Found</title></html>")
    assert main(["import", str(page), "stepper-test-page:1"]) == 1
    assert f"{page} is a web page and no archive" in capfd.readouterr().err
