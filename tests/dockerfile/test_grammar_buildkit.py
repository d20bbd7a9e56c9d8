"""Generated instructions of the whole grammar against a current BuildKit, many in one build.

What changes the configuration alone is told apart by the image's history, which has an entry for each instruction. RUN,
COPY and ADD stand in a stage that the target does not need: BuildKit reads and checks it and runs nothing of it. They
are read in full within ONBUILD, where the configuration keeps their text.
"""

import re
from collections.abc import Iterator
from itertools import islice
from uuid import uuid4

import pytest

from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.parser import parse
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import Scope
from stepper.engine.configuration import apply, scratch_config
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from stepper.image.config import ImageConfig
from tests.dockerfile.generated_instructions import FILES, SETTINGS, Instructions
from tests.dockerfile.test_globs_buildkit import packed
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

WRITINGS = pytest.mark.parametrize(
    ("escape", "end"), [("\\", "\n"), ("`", "\n"), ("\\", "\r\n")], ids=["backslash", "backtick", "carriage-returns"]
)


def head(escape: str, end: str) -> str:
    """The directives and a first stage. The build checks would send the whole file along with each warning."""
    directives = ["# check=skip=all", *(["# escape=`"] if escape == "`" else [])]
    return "".join(line + end for line in (*directives, "FROM scratch AS first"))


def error(engine: Connection, text: str) -> str | None:
    """BuildKit's error about a Dockerfile."""
    tag = f"stepper-test-grammar:{uuid4().hex}"
    built = reference_build(engine.client, packed((), text), tag=tag)
    if built.image is not None:
        engine.client.sdk.images.remove(built.image, force=True)
    return built.error


def reads(text: str) -> Dockerfile | None:
    """The Dockerfile, None where Stepper rejects it."""
    try:
        return parse(text.encode("utf-8", "surrogateescape"))
    except DockerfileError:
        return None


def configured(text: str) -> ImageConfig | None:
    """The configuration that the last stage, on `scratch`, gives an image; None where an instruction is an error."""
    dockerfile = reads(text)
    if dockerfile is None:
        return None
    config = scratch_config("linux/amd64")
    scope = Scope.start(dockerfile, {}).enter_stage(config.environment)
    stage = dockerfile.stages[-1]
    try:
        for instruction in stage.instructions[1:]:
            place = BareConfig(environment=config.environment)
            operation = resolve(instruction, scope, dockerfile=dockerfile, stage=stage.index, config=place)
            config = apply(operation, config)
            scope = scope.after(operation)
    except DockerfileError:
        return None
    return config


def chosen(words: Instructions, keywords: tuple[str, ...], beginning: str, *, good: bool) -> Iterator[str]:
    """Generated instructions that Stepper takes, or rejects, behind a beginning."""
    while True:
        instruction = words.instruction(*keywords)
        if ((configured if good else reads)(beginning + instruction) is not None) is good:
            yield instruction


@WRITINGS
@pytest.mark.parametrize("seed", range(2))
def test_settings_are_read_as_in_buildkit(engine: Connection, escape: str, end: str, seed: int) -> None:
    beginning = head(escape, end)
    words = Instructions(seed, escape=escape, end=end)
    instructions = list(islice(chosen(words, SETTINGS, beginning, good=True), 100))
    text = beginning + "".join(instructions)
    config = configured(text)
    assert config is not None

    tag = f"stepper-test-grammar:{uuid4().hex}"
    built = reference_build(engine.client, packed((), text), tag=tag)
    assert built.image is not None, built.error
    try:
        history = [entry["CreatedBy"] for entry in reversed(engine.client.sdk.images.get(built.image).history())]
        found = engine.client.sdk.images.get(built.image).attrs["Config"]
    finally:
        engine.client.sdk.images.remove(built.image, force=True)
    # Where it quotes words, BuildKit tells the bytes that are no UTF-8, which Stepper no longer knows.
    told = [re.sub(r"\\x[89a-f][0-9a-f]", "\ufffd", entry) for entry in history]
    assert [entry.created_by for entry in config.history] == told
    assert [f"{name}={value}" for name, value in config.env] == found["Env"]
    assert dict(config.labels) == (found["Labels"] or {})
    assert list(config.on_build) == (found["OnBuild"] or [])


@WRITINGS
def test_what_stepper_reads_buildkit_reads_too(engine: Connection, escape: str, end: str) -> None:
    beginning = head(escape, end)
    words = Instructions(10, escape=escape, end=end)
    target = f"FROM scratch{end}LABEL a=b{end}"
    readable = []
    for text in islice(iter(lambda: words.instruction(*FILES), ""), 400):
        dockerfile = reads(beginning + text + target)
        # The last line may go on, and take in the FROM.
        if dockerfile is not None and len(dockerfile.stages) == 2:
            readable.append(text)
    assert len(readable) > 100
    assert error(engine, beginning + "".join(readable) + target) is None


@WRITINGS
def test_what_stepper_rejects_buildkit_rejects_too(engine: Connection, escape: str, end: str) -> None:
    beginning = head(escape, end)
    words = Instructions(20, escape=escape, end=end)
    for instruction in islice(chosen(words, (*SETTINGS, *FILES), beginning, good=False), 20):
        assert error(engine, f"{beginning}{instruction}FROM scratch{end}LABEL a=b{end}") is not None, instruction
