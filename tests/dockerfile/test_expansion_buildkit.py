"""Generated words in every instruction that expands them, against a current BuildKit: some thousand in few builds.

A word that Stepper cannot expand is no part of the builds; a few of those are then tried in BuildKit one by one.
"""

import io
import tarfile
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from stepper.dockerfile.operations import CopyOperation, FromOperation
from stepper.dockerfile.parser import parse
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import Scope
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from tests.dockerfile.generated_words import PORTS, VARIABLES, Words
from tests.reference_build import ReferenceBuild, reference_build

pytestmark = pytest.mark.engine

ESCAPES = pytest.mark.parametrize("escape", ["\\", "`"])
ARGUMENTS = {**VARIABLES, **PORTS}
HEAD = "FROM scratch\n" + "".join(f"ARG {name}\n" for name in ARGUMENTS)


class Build:
    """Builds Dockerfiles in BuildKit and has them resolved by Stepper; all variables are build arguments."""

    def __init__(self, engine: Connection, folder: Path, escape: str) -> None:
        self._engine = engine.client
        self._client = engine.client.sdk
        self._folder = folder
        # Every warning of a build check would carry the whole file.
        self._directives = "# check=skip=all\n" + ("# escape=`\n" if escape == "`" else "")

    def resolved(self, text: str) -> list[Any] | None:
        """What the instructions ask for, or None where one of them is an error."""
        try:
            dockerfile = parse(self._directives + HEAD + text)
            scope = Scope.start(dockerfile, ARGUMENTS)
            operations: list[Any] = []
            for instruction in dockerfile.stages[0].instructions[1:]:
                operations.append(resolve(instruction, scope, dockerfile=dockerfile, stage=0))
                scope = scope.after(operations[-1])
        except DockerfileError:
            return None
        return operations[len(ARGUMENTS) :]

    def reference(self, text: str, head: str = HEAD) -> ReferenceBuild:
        """BuildKit's build."""
        (self._folder / "Dockerfile").write_text(self._directives + head + text, newline="")
        tag = f"stepper-test-expansion:{uuid4().hex}"
        return reference_build(self._engine, self._folder, tag=tag, build_args=ARGUMENTS)

    def configuration(self, text: str) -> dict[str, Any]:
        """The configuration of the image that BuildKit builds."""
        image = self._image(text)
        try:
            return dict(self._client.images.get(image).attrs["Config"])
        finally:
            self._client.images.remove(image, force=True)

    def file(self, text: str, path: str) -> str:
        """A file of the image that BuildKit builds."""
        image = self._image(text)
        container = self._client.api.create_container(image, command=["none"])["Id"]
        try:
            chunks, _ = self._client.api.get_archive(container, path)
            with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
                file = archive.extractfile(archive.getmembers()[0])
                assert file is not None
                return file.read().decode()
        finally:
            self._client.api.remove_container(container, v=True)
            self._client.images.remove(image, force=True)

    def leads_to(self, text: str, stage: int) -> bool:
        """Whether Stepper takes the last FROM of a whole Dockerfile to stand on that stage."""
        try:
            dockerfile = parse(self._directives + text)
            last = dockerfile.stages[-1]
            scope = Scope.start(dockerfile, {})
            operation = resolve(last.instructions[0], scope, dockerfile=dockerfile, stage=last.index)
        except DockerfileError:
            return False
        return isinstance(operation, FromOperation) and operation.stage == stage

    def _image(self, text: str) -> str:
        built = self.reference(text)
        assert built.image is not None, built.error
        return built.image


@pytest.fixture
def build(engine: Connection, tmp_path: Path, escape: str) -> Build:
    """Builds with the test's escape character."""
    return Build(engine, tmp_path, escape)


def expandable(build: Build, words: Words, instruction: Callable[[str], str], wanted: int) -> list[str]:
    """Generated words of an instruction that Stepper resolves; all of them are different."""
    found: dict[str, None] = {}
    for word in islice(iter(words.word, None), 20 * wanted):
        if word not in found and build.resolved(instruction(word)) is not None:
            found[word] = None
        if len(found) == wanted:
            return list(found)
    raise AssertionError("too few of the words can be expanded")


def pairs(operations: list[Any] | None) -> dict[str, str]:
    """What LABEL, ENV and ARG set."""
    assert operations is not None
    return {name: value for operation in operations for name, value in getattr(operation, "pairs", ())}


@ESCAPES
@pytest.mark.parametrize("seed", range(3))
def test_values_of_labels_and_variables_are_buildkits(build: Build, escape: str, seed: int) -> None:
    words = Words(seed, escape=escape)

    def of_all(keyword: str, wanted: int) -> str:
        """One instruction: that is quicker in BuildKit than many."""
        values = expandable(build, words, lambda word: f"{keyword} x={word}\n", wanted)
        pairs = (f"{keyword[0]}{number}={word}" for number, word in enumerate(values))
        return f"{keyword} " + f" {escape}\n ".join(pairs) + "\n"

    text = of_all("LABEL", 300) + of_all("ENV", 150) + of_all("ARG", 150)
    text += "LABEL " + " ".join(f'A{number}="$A{number}"' for number in range(150)) + "\n"
    expected = pairs(build.resolved(text))
    found = build.configuration(text)
    environment = dict(pair.split("=", 1) for pair in found["Env"])
    for name, value in expected.items():
        assert (environment if name.startswith("E") else found["Labels"])[name] == value, name


@ESCAPES
def test_words_split_as_in_buildkit(build: Build, escape: str) -> None:
    volumes = expandable(build, Words(20, escape=escape), lambda word: f"VOLUME /{word}\n", 300)
    ports = expandable(build, Words(21, escape=escape, ports=True), lambda word: f"EXPOSE {word}\n", 100)
    text = "VOLUME " + f" {escape}\n ".join(f"/{number}/{word}" for number, word in enumerate(volumes)) + "\n"
    text += "EXPOSE " + f" {escape}\n ".join(ports) + "\n"

    operations = build.resolved(text)
    assert operations is not None
    found = build.configuration(text)
    assert found["Volumes"].keys() == set(operations[0].paths)
    assert found["ExposedPorts"].keys() == set(operations[1].ports)


@ESCAPES
def test_strings_of_several_words_are_buildkits(build: Build, escape: str) -> None:
    words = Words(22, escape=escape, blanks=True)
    users = expandable(build, words, lambda word: f"USER {word}\n", 12)
    folders = expandable(build, words, lambda word: f"WORKDIR {word}\n", 12)
    signals = expandable(build, words, lambda word: f"STOPSIGNAL ${{u:-9}}${{e:+{word}}}\n", 12)
    for user, folder, signal in zip(users, folders, signals, strict=True):
        text = f"WORKDIR {folder}\nUSER {user}\nSTOPSIGNAL ${{u:-9}}${{e:+{signal}}}\n"
        operations = build.resolved(text)
        assert operations is not None
        found = build.configuration(text)
        assert found["WorkingDir"] == operations[0].path
        assert found["User"] == operations[1].user
        assert found["StopSignal"] == operations[2].signal


@ESCAPES
def test_files_out_of_heredocs_are_buildkits(build: Build, escape: str) -> None:
    words = Words(5, escape=escape, blanks=True)

    def heredoc(lines: list[str]) -> str:
        return "COPY <<EOF /file\n" + "".join(lines) + "EOF\n"

    lines: list[str] = []
    for word in islice(iter(words.word, None), 700):
        line = f"{len(lines)}: {word}\n"
        if build.resolved(heredoc([line])) is not None:
            lines.append(line)
    assert len(lines) > 400
    operations = build.resolved(heredoc(lines))
    assert operations is not None
    (operation,) = operations
    assert isinstance(operation, CopyOperation)
    found = build.file(heredoc(lines), "/file")
    assert found.split("\n") == operation.inline_files[0].content.split("\n")


WAYS = (
    "${b}",
    "$b",
    "${u:-base}",
    "${x#x-}",
    "${l##*/}",
    '"$b"',
    "${b:+base}",
    "ba${u}se",
    "'base'",
    "${b/s/s}",
    "${y%.tar}",
)


@ESCAPES
def test_words_of_from_lead_to_the_stage_that_buildkit_takes(build: Build, escape: str) -> None:
    """Behind each way to write a stage's name stands a word that adds nothing, but has to be expanded."""
    names = "ARG b=base x=x-base l=a/base y=base.tar e= v=1.2.3\n"
    words = Words(6, escape=escape)
    lines = [f"FROM {WAYS[number % len(WAYS)]}${{e:+{words.word()}}} AS s{number}\n" for number in range(60)]

    def text(lines: list[str]) -> str:
        return f"{names}FROM scratch AS base.tar\nFROM scratch AS base\nCOPY <<EOF /base\nEOF\n{''.join(lines)}"

    kept = [line for line in lines if build.leads_to(text([line]), 1)]
    assert len(kept) > 30
    copies = "".join(f"COPY --from={line.split()[-1]} /base /{number}\n" for number, line in enumerate(kept))
    assert build.reference(f"{text(kept)}FROM scratch\n{copies}", head="").error is None


@ESCAPES
@pytest.mark.parametrize("seed", range(2))
def test_what_cannot_be_expanded_is_an_error_in_buildkit_too(build: Build, escape: str, seed: int) -> None:
    words = Words(100 + seed, escape=escape)
    lines = (f"LABEL l={words.word()}\n" for _ in count())
    for line in islice((line for line in lines if build.resolved(line) is None), 10):
        assert build.reference(line).error is not None, line
