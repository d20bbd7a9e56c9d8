"""The parser against a current BuildKit: what it takes and rejects, and what it makes of what the binding reads in an
older way. Every Dockerfile builds on `scratch` and runs nothing.
"""

from pathlib import Path
from uuid import uuid4

import pytest

from stepper.dockerfile.model import Instruction
from stepper.dockerfile.parser import parse
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

REJECTED = {
    "unknown instruction": "FROM scratch\nFRMO a\n",
    "only a continuation character": "FROM scratch\n\\\n",
    "no instructions": "# c\n",
    "no stage": "ARG a\n",
    "no stage yet": "CMD a\nFROM scratch\n",
    "unknown flag": "FROM scratch\nCOPY --form=a b c\n",
    "flag without a value": "FROM scratch\nCOPY --from b c\n",
    "flag twice": "FROM scratch\nCOPY --chmod=1 --chmod=2 a b\n",
    "flag that is no switch": "FROM scratch\nADD --link=maybe a b\n",
    "unknown network": "FROM scratch\nRUN --network=bridge a\n",
    "directive twice": "# check=skip=all\n# check=skip=all\nFROM scratch\n",
    "impossible escape character": "# escape=x\nFROM scratch\n",
    "JSON with a number": 'FROM scratch\nCMD ["a", 1]\n',
    "open heredoc": "FROM scratch\nRUN << A\nx\n",
    "heredoc as a destination": "FROM scratch\nCOPY a <<A\nA\n",
    "ENV without a value": "FROM scratch\nENV a\n",
    "ENV with a blank name": "FROM scratch\nENV =a\n",
    "ARG with a blank name": "FROM scratch\nARG =a\n",
    "SHELL without JSON": "FROM scratch\nSHELL sh\n",
    "empty volume": 'FROM scratch\nVOLUME [""]\n',
    "odd HEALTHCHECK": "FROM scratch\nHEALTHCHECK curl\n",
    "ONBUILD of ONBUILD": "FROM scratch\nONBUILD ONBUILD RUN a\n",
    "ONBUILD of FROM": "FROM scratch\nONBUILD FROM a\n",
    "two words in FROM": "FROM scratch a\n",
    "odd stage name": "FROM scratch AS 1a\n",
    "long line": "FROM scratch\nENV a=" + "x" * 65536 + "\n",
}

ACCEPTED = {
    "check and escape": "# check=skip=all\n# escape=`\nFROM scratch\nENV a=1`\n  b=2\n",
    "JSON with something behind it": 'FROM scratch\nCMD ["a"] b\n',
    "JSON with a number beyond a double": "FROM scratch\nCMD [1e999]\n",
    "white space in a heredoc mark": "FROM scratch\nONBUILD RUN cat << A <<-'B'  \nx\nA\n\ty\n\tB\n",
    "pattern in a line with a heredoc": "FROM scratch\nONBUILD RUN ${a#b} ${c/d/e} <<A\nx\nA\n",
    "a heredoc lost to a default value": "FROM scratch\nONBUILD RUN <<A${x:-y}\n",
    "an ONBUILD with a wrong trigger": "FROM scratch\nONBUILD FOO --x bar\nONBUILD COPY --form=a\n",
    "ignored flags": "ARG --a b=1\nFROM scratch\nSTOPSIGNAL --a 9\nHEALTHCHECK --b NONE\n",
    "stages of one name": "FROM scratch AS a\nENV b=1\nFROM scratch AS A\nENV b=2\n",
    "carriage returns": "FROM scratch\r\nENV a=1 \\\r\n b=2\rc=3\r\n",
    "continuation at the end": "FROM scratch\nENV a=1 \\\n# c",
    "a keyword cut in two": "FR\\\nOM scratch\nE\\\n# c\n\nNV a=1\n",
    "legacy pairs": "FROM scratch\nENV a b  c \\\n  d\nLABEL e f  g\n",
    "no arguments": "FROM scratch\nCMD\nENTRYPOINT []\n",
    "health check": 'FROM scratch\nHEALTHCHECK cmd  ["a", "b"] \n',
    "health check by a shell": "FROM scratch\nHEALTHCHECK --retries=3 CMD  a \\\n  b\n",
    "flags that end": "FROM scratch\nCMD -- --a b\n",
    "several flags": "FROM scratch\nONBUILD RUN --network=none --mount=type=bind a\n",
}


def configuration(engine: Connection, folder: Path, text: str) -> dict[str, object] | str:
    """The configuration that BuildKit gives the image, or its error."""
    (folder / "Dockerfile").write_bytes(text.encode())
    built = reference_build(engine.client, folder, tag=f"stepper-test-parser:{uuid4().hex}")
    if built.error is not None or built.image is None:
        return str(built.error)
    try:
        return dict(engine.client.sdk.images.get(built.image).attrs["Config"])
    finally:
        engine.client.sdk.images.remove(built.image, force=True)


def expected(instruction: Instruction) -> tuple[str, object]:
    """What the instruction sets in the configuration, where its words say so without any expansion."""
    words = list(instruction.words)
    match instruction.keyword:
        case "ENV":
            return "Env", [f"{name}={value}" for name, value in zip(words[::2], words[1::2], strict=True)]
        case "LABEL":
            return "Labels", dict(zip(words[::2], words[1::2], strict=True))
        case "CMD":
            return "Cmd", words if instruction.json_form else ["/bin/sh", "-c", "".join(words)]
        case "ONBUILD":
            return "OnBuild", words
        case "STOPSIGNAL":
            return "StopSignal", words[0]
        case "HEALTHCHECK":
            kind = words[0].upper()
            shell = kind == "CMD" and not instruction.json_form
            return "Healthcheck", {"Test": ["CMD-SHELL" if shell else kind, *words[1:]]}
    raise AssertionError(instruction.keyword)


@pytest.mark.parametrize("text", REJECTED.values(), ids=REJECTED.keys())
def test_what_buildkit_rejects_is_rejected(engine: Connection, tmp_path: Path, text: str) -> None:
    assert isinstance(configuration(engine, tmp_path, text), str)
    with pytest.raises(DockerfileError):
        parse(text)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_words_are_what_buildkit_puts_into_the_image(engine: Connection, tmp_path: Path, text: str) -> None:
    built = configuration(engine, tmp_path, text)
    assert isinstance(built, dict), built
    wanted: dict[str, object] = {}
    for instruction in parse(text).stages[-1].instructions[1:]:
        if instruction.keyword != "ENTRYPOINT":
            name, value = expected(instruction)
            earlier = wanted.get(name)
            wanted[name] = [*earlier, *value] if isinstance(earlier, list) and isinstance(value, list) else value
    for name, value in wanted.items():
        found = built[name]
        if name == "Env":
            assert isinstance(found, list)
            found = [pair for pair in found if not pair.startswith("PATH=")]
        if name == "Healthcheck":
            assert isinstance(found, dict)
            found = {"Test": found["Test"]}
        assert found == value
