"""Expansion, scope and validation against a current BuildKit. Nothing is run: all is `FROM scratch`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from stepper.dockerfile.expansion import ExpansionError, expand_word
from stepper.dockerfile.operations import (
    EnvOperation,
    ExposeOperation,
    FromOperation,
    LabelOperation,
    StopSignalOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.parser import parse
from stepper.dockerfile.place import BareConfig
from stepper.dockerfile.resolve import resolve
from stepper.dockerfile.scope import Scope
from stepper.dockerfile.validate import check
from stepper.engine.connect import Connection
from stepper.errors import DockerfileError
from tests.reference_build import reference_build

pytestmark = pytest.mark.engine


@contextmanager
def built(
    engine: Connection, folder: Path, text: str, build_args: Mapping[str, str] | None = None, target: str | None = None
) -> Iterator[str]:
    """The id of the image that BuildKit builds; `AssertionError` with its error."""
    (folder / "Dockerfile").write_text(text, newline="")
    tag = f"stepper-test-semantics:{uuid4().hex}"
    result = reference_build(engine.client, folder, tag=tag, build_args=build_args, target=target)
    assert result.image is not None, result.error
    try:
        yield result.image
    finally:
        engine.client.sdk.images.remove(result.image, force=True)


def config_of(engine: Connection, image: str) -> dict[str, Any]:
    return dict(engine.client.sdk.images.get(image).attrs["Config"])


VARIABLES = {
    "v": "1.2.3",
    "p": "/srv/app/main.tar.gz",
    "e": "",
    "s": "  x  y ",
    "q": 'it\'s "q"',
    "g": "a*b?c\\d",
    "d": "$v$$0",
}
NAMES = ("v", "p", "e", "s", "q", "g", "d", "u")
PLAIN = ("$N", "${N}", "a${N}b", '"$N"', "'$N'", r"\$N", r"\\$N", '"\\$N"', '"\\\\$N"', "$N$N", "<<$N", "$N{x}")
MODIFIED = (
    *(
        "${N:-w}",
        "${N-w}",
        "${N:+w}",
        "${N+w}",
        "${N-}",
        "${N:-$v}",
        "${N:-${u:-${e:-w}}}",
        "${N:-'a b'}",
        '${N:-"$q"}',
    ),
    *("${N:+${N}:}x", r"${N:-\}}", "${N-a:-b}", "${N:-{}", "${N:-<<a}"),
    *("${N#*.}", "${N##*.}", "${N%.*}", "${N%%.*}", "${N#?}", "${N%?}", "${N##*}", "${N%%*}", "${N#}", "${N%}"),
    *(r"${N#a\*}", r"${N%\\d}", r"${N%\\?}", "${N#$v}", "${N%${N#*.}}", "${N##*/}", "${N%/*}", "${N#'a'}", '${N#"a"*}'),
    *(
        "${N/./-}",
        "${N//./-}",
        "${N/*/-}",
        "${N//?/-}",
        "${N///-}",
        "${N/x/y}",
        r"${N//\//:}",
        "${N//./}",
        "${N/$v/$p}",
    ),
    *(r"${N//./\\}", "${N//./'$0'}", "${N//1/'${0}$$x$1'}", "${N/.*/}", r"${N//\*/+}", "${N//[.]/-}", "${N/./}}"),
    *("${N//^/-}", "${N//+/-}", "${N/(/-}", "${N/|/-}"),
)
SPECIAL = (
    "$1",
    "$@x",
    "$*",
    "$#",
    "$?",
    "$-",
    "$!",
    "$0",
    "$$",
    "${1:-w}",
    "${@:-w}",
    "${#:+w}",
    "$",
    "$.",
    "$é",
    "é$v한",
)
WORDS = (*(form.replace("N", name) for form in (*PLAIN, *MODIFIED) for name in NAMES), *SPECIAL)


def expansions(words: tuple[str, ...], escape: str) -> dict[str, str]:
    """What each word expands to, without those that cannot be expanded."""
    found = {}
    for word in words:
        try:
            found[word] = expand_word(word, VARIABLES, escape=escape)
        except ExpansionError:
            continue
    return found


@pytest.mark.parametrize("escape", ["\\", "`"])
def test_words_expand_as_in_buildkit(engine: Connection, tmp_path: Path, escape: str) -> None:
    expected = expansions(WORDS, escape)
    assert len(expected) > 400
    head = "# escape=`\n" if escape == "`" else ""
    arguments = "".join(f"ARG {name}\n" for name in VARIABLES)
    labels = "".join(f"LABEL l{number}={word}\n" for number, word in enumerate(expected))
    with built(engine, tmp_path, f"{head}FROM scratch\n{arguments}{labels}", VARIABLES) as image:
        found = config_of(engine, image)["Labels"]
    assert [found[f"l{number}"] for number in range(len(expected))] == list(expected.values())


INSTRUCTIONS = """\
ARG G=global
ARG H=${G}-2 I
FROM scratch AS parent
ARG A=parent G H I
ENV E=parent X=$A
ARG X=arg E=arg
LABEL a=$A g=$G h=$H i=${I-none} x=$X e=$E t=${TARGETARCH:-none}
ENV F=$X X=env
LABEL x2=$X f=$F
ONBUILD LABEL trigger="$A $E $X"
FROM parent
LABEL a3=$A e3=$E x3=$X
ARG P="80 81/UDP" A=child TARGETSTAGE TARGETPLATFORM G=${G}+ Q=${G}!
LABEL a4=$A s4=$TARGETSTAGE p4=$TARGETPLATFORM g4=$G q4=$Q c4=${C:-none}
EXPOSE $P 90-92 8080:82 80${none:-83} 84${v-85}
WORKDIR a
WORKDIR ../$A/./b/
VOLUME $A /x/${E} [json
USER ${A}:${E}
STOPSIGNAL ${SIG:-SIGUSR1}
ENV one=1 two=$one ${A}3=3
ENV legacy  a  $A  "b c" \\$A
"""


@pytest.mark.parametrize("build_args", [{}, {"A": "line", "G": "line", "C": "line", "TARGETSTAGE": "x"}, {"I": ""}])
def test_a_whole_file_resolves_as_in_buildkit(
    engine: Connection, tmp_path: Path, build_args: Mapping[str, str]
) -> None:
    ours = configuration(INSTRUCTIONS, build_args)
    with built(engine, tmp_path, INSTRUCTIONS, build_args) as image:
        theirs = config_of(engine, image)
    assert ours["Env"] == dict(pair.split("=", 1) for pair in theirs["Env"])
    assert ours["Labels"] == theirs["Labels"]
    assert ours["ExposedPorts"] == set(theirs["ExposedPorts"])
    assert ours["Volumes"] == set(theirs["Volumes"])
    assert (ours["User"], ours["WorkingDir"], ours["StopSignal"]) == (
        theirs["User"],
        theirs["WorkingDir"],
        theirs["StopSignal"],
    )


def configuration(text: str, build_args: Mapping[str, str]) -> dict[str, Any]:
    """The configuration of a file in which every stage but the first builds on the one before."""
    dockerfile = parse(text)
    scope = Scope.start(dockerfile, build_args)
    config = BareConfig()
    found: dict[str, Any] = {"Labels": {}, "ExposedPorts": set(), "Volumes": set()}
    for stage in dockerfile.stages:
        before = dockerfile.stages[stage.index - 1].instructions if stage.index else ()
        triggers = [instruction.trigger for instruction in before if instruction.trigger is not None]
        for instruction in (stage.instructions[0], *triggers, *stage.instructions[1:]):
            operation = resolve(instruction, scope, dockerfile=dockerfile, stage=stage.index, config=config)
            match operation:
                case FromOperation():
                    scope = scope.enter_stage(config.environment)
                case EnvOperation():
                    config = replace(config, environment={**config.environment, **dict(operation.pairs)})
                case WorkdirOperation():
                    config = replace(config, working_dir=operation.path)
                case LabelOperation():
                    found["Labels"].update(operation.pairs)
                case ExposeOperation():
                    found["ExposedPorts"].update(operation.ports)
                case VolumeOperation():
                    found["Volumes"].update(operation.paths)
                case UserOperation():
                    found["User"] = operation.user
                case StopSignalOperation():
                    found["StopSignal"] = operation.signal
            scope = scope.after(operation)
    return {**found, "Env": dict(config.environment), "WorkingDir": config.working_dir}


WRONG = (
    *("LABEL a=${x", "LABEL a=${x:=1}", "LABEL a=${x:?no}", "LABEL a=${}", "LABEL a=${x/a}", r"LABEL a=${x#\a}"),
    *("LABEL a=${x:#b}", 'LABEL a=${x:-"b}', "LABEL a=${x^}"),
    *("EXPOSE 99999", "EXPOSE 80/foo", "EXPOSE /tcp", "EXPOSE 3-1", "EXPOSE a", "EXPOSE 1-2:1-3", "EXPOSE x.y:1:2"),
    *("STOPSIGNAL foo", "STOPSIGNAL 0", "STOPSIGNAL $x", "STOPSIGNAL SIGSIGTERM", "VOLUME $x", 'VOLUME ["$x"]'),
    *("COPY --chmod=999 a b", "COPY --chmod=foo a b", "COPY --chmod=u a b", "COPY --chmod=10000 a b"),
    *("COPY http://example.com/a b", "COPY git@example.com:a b", "COPY --from=9 a b", "COPY --from=0 a b"),
    *("COPY --from=$x a b", "COPY --from=Foo a b", "RUN []"),
    *("HEALTHCHECK --interval=1 CMD a", "HEALTHCHECK --interval=1us CMD a", "HEALTHCHECK --retries=x CMD a"),
    *("HEALTHCHECK --retries=-1 CMD a", "HEALTHCHECK --timeout=1d CMD a", "HEALTHCHECK --timeout=-1s CMD a"),
)
RIGHT = (
    *("LABEL a=${x:-} b=$", "EXPOSE $x", "EXPOSE +80 0", "EXPOSE 1.2.3.4::80", "EXPOSE [::1]:1:2", "STOPSIGNAL -4"),
    *("STOPSIGNAL rtmax-14", "COPY --chmod=u+x,go-w a b", "COPY --chmod=0755 a b", "COPY --chmod=$x a b"),
    *("COPY --chmod=+ a b", "COPY a a /b", "ADD --unpack=false a b", "WORKDIR $x", "USER $x", "ENV $x=1"),
    *("HEALTHCHECK --interval=0 CMD a", "HEALTHCHECK --interval=1h1.5m CMD a", "HEALTHCHECK --retries=0 CMD a"),
    *("COPY --link=false a b", "CMD []", "ENTRYPOINT", "MAINTAINER $x ${"),
)


@pytest.mark.parametrize("instruction", WRONG)
def test_what_buildkit_does_not_build_is_an_error_before_it_runs(
    engine: Connection, tmp_path: Path, instruction: str
) -> None:
    text = f"FROM scratch\n{instruction}\n"
    (tmp_path / "a").write_text("a")
    (tmp_path / "Dockerfile").write_text(text)
    assert reference_build(engine.client, tmp_path, tag=f"stepper-test-semantics:{uuid4().hex}").error
    assert [error.line for error in errors_of(text)] == [2]


def test_what_buildkit_builds_is_no_error(engine: Connection, tmp_path: Path) -> None:
    text = "".join(f"FROM scratch AS s{number}\n{instruction}\n" for number, instruction in enumerate(RIGHT))
    everything = "FROM scratch\n" + "".join(f"COPY --from=s{number} . /\n" for number in range(len(RIGHT)))
    (tmp_path / "a").write_text("a")
    assert errors_of(text + everything) == ()
    with built(engine, tmp_path, text + everything):
        pass


def errors_of(text: str) -> tuple[DockerfileError, ...]:
    try:
        return check(parse(text), {})
    except DockerfileError as error:
        return (error,)
