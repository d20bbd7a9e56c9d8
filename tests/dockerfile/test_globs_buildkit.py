"""Generated patterns against a current BuildKit: COPY's wildcards, and the rules of ignore files by `COPY --exclude`.

Many patterns share one COPY, each with a folder of its own. A build whose request carries the context gets no ignore
file applied, for that is the docker command's part, but `--exclude` is matched by the same code. In these Dockerfiles a
backslash is an ordinary character: the backtick escapes.
"""

import io
import tarfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from stepper.dockerfile.globs import has_wildcards, match
from stepper.dockerfile.ignore import IgnoreFile
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from tests.dockerfile.generated_patterns import NAMES, part, paths, rules
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine

HEAD = "# check=skip=all\n# escape=`\nFROM scratch\nCOPY <<EOF /made\nEOF\n"


def build(engine: Connection, folder: Path, files: Iterable[str], instructions: str) -> set[str] | str:
    """The paths in the folder `/out` of the image, directories with a final slash; or BuildKit's error."""
    tag = f"stepper-test-patterns:{uuid4().hex}"
    built = reference_build(engine.client, packed(files, HEAD + instructions), tag=tag)
    if built.image is None:
        return str(built.error)
    client = engine.client.sdk
    container = client.api.create_container(built.image, command=["none"])["Id"]
    try:
        exported = io.BytesIO(b"".join(client.api.export(container)))
        with tarfile.open(fileobj=exported) as archive:
            names = {member.name + "/" * member.isdir() for member in archive}
    finally:
        client.api.remove_container(container, v=True)
        client.images.remove(built.image, force=True)
    return {name.removeprefix("out/") for name in names if name.startswith("out/") and name != "out/"}


def packed(files: Iterable[str], dockerfile: str) -> bytes:
    """The body of a request: empty files in the folder `context`, and the Dockerfile."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in (("Dockerfile", dockerfile), *((f"context/{file}", "") for file in files)):
            member = tarfile.TarInfo(name)
            data = content.encode("utf-8", "surrogateescape")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return body.getvalue()


def excluding(rules: Iterable[str]) -> str:
    """The flags with these rules, which expand no variables."""
    return " `\n ".join(f"--exclude='{rule}'" for rule in rules)


def well_formed_parts(random: Random) -> Iterator[str]:
    """Patterns that can be read whatever the name; without a wildcard there would have to be such a folder."""
    while True:
        pattern = part(random)
        if not has_wildcards(pattern):
            continue
        try:
            for name in NAMES:
                match(pattern, name)
        except ValueError:
            continue
        yield pattern


@pytest.mark.parametrize("seed", range(2))
def test_wildcards_match_what_they_match_in_buildkit(engine: Connection, tmp_path: Path, seed: int) -> None:
    """Each pattern chooses among folders; the one file in each of them says which."""
    patterns = list(islice(well_formed_parts(Random(seed)), 100))
    files = [f"{at}/{name}/{at}-{number}" for at in range(len(patterns)) for number, name in enumerate(NAMES)]
    sources = " `\n ".join(f'"context/{at}/{json_word(pattern)}/{at}-*",' for at, pattern in enumerate(patterns))
    found = build(engine, tmp_path, files, f'COPY [{sources} "/out/"]\n')

    expected = {
        f"{at}-{number}"
        for at, pattern in enumerate(patterns)
        for number, name in enumerate(NAMES)
        if match(pattern, name)
    }
    assert isinstance(found, set), found
    assert told(found ^ expected, patterns) == []


def json_word(word: str) -> str:
    return word.replace("\\", "\\\\")


def told(files: set[str], patterns: list[str]) -> list[tuple[str, str]]:
    """The pattern and the name that each file stands for."""
    pairs = [file.split("-") for file in sorted(files)]
    return [(patterns[int(at)], NAMES[int(number)]) for at, number in pairs]


def readable_rules(random: Random, folder: str) -> list[str]:
    """Rules of an ignore file that can be read. A flag would tear what is not ASCII into its bytes."""
    while True:
        kept = []
        for rule in filter(str.isascii, rules(random, folder)):
            try:
                IgnoreFile.parse(rule)
            except DockerfileError:
                continue
            kept.append(rule)
        if kept:
            return kept


def left(ignore: list[str], files: list[str]) -> set[str]:
    """What a COPY brings with these rules: files, and the directories that are not ignored or not empty."""
    file = IgnoreFile.parse("\n".join(ignore))
    found = set()
    for path in files:
        parts = path.split("/")
        above = ["/".join(parts[:count]) for count in range(1, len(parts))]
        if not file.ignores(path):
            found |= {path, *(f"{folder}/" for folder in above)}
        found |= {f"{folder}/" for folder in above if not file.ignores(folder)}
    return found


@pytest.mark.parametrize("seed", range(2))
def test_ignore_rules_leave_out_what_they_leave_out_in_buildkit(engine: Connection, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    expected: set[str] = set()
    files: list[str] = []
    everything: list[str] = []
    told: dict[str, list[str]] = {}
    for number in range(80):
        ignore, names = readable_rules(random, f"t{number}"), paths(random, 16)
        # These could reach what is in another folder.
        ignore = [rule for rule in ignore if ".." not in rule.split("/") and "|" not in rule]
        told[f"t{number}"] = ignore
        files += [f"t{number}/{name}" for name in names]
        everything += ignore
        expected |= left(ignore, [f"t{number}/{name}" for name in names])
    found = build(engine, tmp_path, files, f"COPY {excluding(everything)} context /out/\n")

    assert isinstance(found, set), found
    assert [(path, told[path.split("/")[0]]) for path in sorted(found ^ expected)] == []


@pytest.mark.parametrize("seed", range(2))
def test_ignore_rules_at_the_top_are_buildkits(engine: Connection, tmp_path: Path, seed: int) -> None:
    random = Random(100 + seed)
    files = paths(random, 40)
    ignores = [readable_rules(random, "") for _ in range(30)]
    instructions = [f"COPY {excluding(ignore)} context /out/{number}/\n" for number, ignore in enumerate(ignores)]
    found = build(engine, tmp_path, files, "".join(instructions))

    assert isinstance(found, set), found
    for number, ignore in enumerate(ignores):
        here = {path.removeprefix(f"{number}/") for path in found if path.startswith(f"{number}/")} - {""}
        assert here == left(ignore, files), ignore


def test_rules_that_cannot_be_read_are_errors_in_buildkit_too(engine: Connection, tmp_path: Path) -> None:
    """BuildKit only looks at a rule that it tries: not at one that could take nothing back in."""
    random = Random(7)
    unreadable: list[str] = []
    while len(unreadable) < 12:
        (rule,) = rules(random)[:1]
        if rule.startswith("!"):
            continue
        try:
            IgnoreFile.parse(rule)
        except DockerfileError:
            unreadable.append(rule)
    for rule in unreadable:
        assert isinstance(build(engine, tmp_path, ["a"], f"COPY {excluding([rule])} context /out/\n"), str), rule
