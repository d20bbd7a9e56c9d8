"""Dockerfiles with the warnings that BuildKit has for them: every rule, found and not found.

The tests hold Stepper to the expectations, and Stepper to the engine's BuildKit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stepper.dockerfile.build_checks import CheckWarning, check
from stepper.dockerfile.parser import parse
from stepper.dockerfile.scope import DEFAULT_PATH

BASE = "stepper-test-build-checks-base"
"""The image that BASE_DOCKERFILE makes, and that some of the Dockerfiles start from."""

BASE_DOCKERFILE = """\
FROM scratch
ENV FLAVOUR=vanilla
SHELL ["/bin/ash", "-c"]
WORKDIR /srv
ONBUILD ENV TOPPING=$SPRINKLES
ONBUILD WORKDIR toppings
"""


@dataclass(frozen=True)
class Base:
    """What the checks are told of a base image."""

    environment: dict[str, str] = field(default_factory=dict)
    shell: tuple[str, ...] | None = None
    on_build: tuple[str, ...] = ()


_BUSYBOX = Base({"PATH": DEFAULT_PATH})
_BASES = {
    "busybox": _BUSYBOX,
    "busybox:latest": _BUSYBOX,
    BASE: Base(
        {"PATH": DEFAULT_PATH, "FLAVOUR": "vanilla"},
        ("/bin/ash", "-c"),
        ("ENV TOPPING=$SPRINKLES", "WORKDIR toppings"),
    ),
}


def warnings(
    text: str, *, build_args: Mapping[str, str] | None = None, target: str | None = None
) -> tuple[CheckWarning, ...]:
    """Stepper's warnings about a build of the target, the last stage without one."""
    dockerfile = parse(text)
    return check(
        dockerfile,
        build_args=build_args,
        target=target if target is not None else str(len(dockerfile.stages) - 1),
        bases=_BASES.get,
    )


@dataclass(frozen=True)
class Case:
    """`expected` are rules with the lines that they are at."""

    name: str
    text: str
    expected: frozenset[tuple[str, int]]
    build_args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None


def _case(
    name: str,
    text: str,
    *expected: tuple[str, int],
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
) -> Case:
    return Case(name, text, frozenset(expected), build_args or {}, target)


CASES = (
    _case("nothing wrong", 'FROM scratch AS base\nENV A=1\nCMD ["a"]\n'),
    # StageNameCasing
    _case("a stage name with a capital letter", "FROM scratch AS Base\n", ("StageNameCasing", 1)),
    _case("a stage name in small letters", "FROM scratch AS base-1.0_x\n"),
    _case(
        "a stage name with a capital letter, used in small ones",
        "FROM scratch AS Base\nENV A=1\nFROM base\n",
        ("StageNameCasing", 1),
    ),
    # FromAsCasing
    _case("as in small letters", "FROM scratch as base\n", ("FromAsCasing", 1)),
    _case("as in mixed letters", "FROM scratch aS base\n", ("FromAsCasing", 1)),
    _case("from and as in small letters", "from scratch as base\n"),
    _case("from in small, AS in capital letters", "from scratch AS base\n", ("FromAsCasing", 1)),
    _case("From in mixed letters says nothing about as", "From scratch as base\n", ("ConsistentInstructionCasing", 1)),
    # NoEmptyContinuation
    _case("a blank line in an instruction", "FROM scratch\nENV A=1 \\\n\n  B=2\n", ("NoEmptyContinuation", 4)),
    _case("a line of blanks in an instruction", "FROM scratch\nENV A=1 \\\n \t \n  B=2\n", ("NoEmptyContinuation", 4)),
    _case("a comment in an instruction", "FROM scratch\nENV A=1 \\\n# why\n  B=2\n"),
    _case(
        "a blank line and a comment", "FROM scratch\nENV A=1 \\\n# why\n\n  B=2 \\\n  C=3\n", ("NoEmptyContinuation", 6)
    ),
    _case("blank lines at the end of the file", "FROM scratch\nENV A=1 \\\n\n\n", ("NoEmptyContinuation", 4)),
    _case("a blank line in a global argument", "ARG A=1 \\\n\n B=2\nFROM scratch\n", ("NoEmptyContinuation", 3)),
    _case(
        "a blank line before a heredoc",
        "FROM scratch\nCOPY \\\n\n <<EOF /a\nx\n\ny\nEOF\n",
        ("NoEmptyContinuation", 4),
    ),
    _case("a blank line in a heredoc", "FROM scratch\nCOPY <<EOF /a\nx\n\ny\nEOF\n"),
    # ConsistentInstructionCasing
    _case("one keyword in small letters", "FROM scratch\nENV A=1\nenv B=2\n", ("ConsistentInstructionCasing", 3)),
    _case("most keywords in small letters", "from scratch\nenv A=1\nENV B=2\n", ("ConsistentInstructionCasing", 3)),
    _case("as many in small as in capital letters", "FROM scratch\nenv A=1\n", ("ConsistentInstructionCasing", 2)),
    _case("a keyword in mixed letters", "FROM scratch\nENV A=1\nEnv B=2\n", ("ConsistentInstructionCasing", 3)),
    _case(
        "mixed letters do not count for the majority",
        "from scratch\nENV A=1\nEnv B=2\nEnv C=2\n",
        ("ConsistentInstructionCasing", 1),
        ("ConsistentInstructionCasing", 3),
        ("ConsistentInstructionCasing", 4),
    ),
    _case("global arguments have no say", "arg A=1\narg B=1\narg C=1\nFROM scratch\nENV A=1\n"),
    _case("all in small letters", "from scratch\nenv A=1\n"),
    _case(
        "keywords of a stage that is not built",
        "FROM scratch AS a\nenv A=1\nFROM scratch\nENV A=1\n",
        ("ConsistentInstructionCasing", 2),
    ),
    # DuplicateStageName
    _case(
        "two stages with one name",
        "FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS A\n",
        ("StageNameCasing", 3),
        ("DuplicateStageName", 3),
    ),
    _case("two stages with two names", "FROM scratch AS a\nFROM scratch AS b\n"),
    _case("two stages without a name", "FROM scratch\nFROM scratch\n"),
    # ReservedStageName
    _case("a stage called scratch", "FROM scratch AS scratch\n", ("ReservedStageName", 1)),
    _case("a stage called context", "FROM scratch AS Context\n", ("ReservedStageName", 1), ("StageNameCasing", 1)),
    _case("a stage called scratched", "FROM scratch AS scratched\n"),
    # JSONArgsRecommended
    _case("CMD in shell form", "FROM scratch\nCMD run it\n", ("JSONArgsRecommended", 2)),
    _case("ENTRYPOINT in shell form", "FROM scratch\nENTRYPOINT run it\n", ("JSONArgsRecommended", 2)),
    _case("CMD and ENTRYPOINT in JSON form", 'FROM scratch\nCMD ["a"]\nENTRYPOINT ["b"]\n'),
    _case("JSON in single quotes is the shell form", "FROM scratch\nCMD ['a']\n", ("JSONArgsRecommended", 2)),
    _case("a SHELL of one's own", 'FROM scratch\nSHELL ["/bin/bash", "-c"]\nCMD run it\n'),
    _case("a SHELL that comes later", 'FROM scratch\nCMD a\nSHELL ["/bin/sh", "-c"]\n', ("JSONArgsRecommended", 2)),
    _case("the SHELL of an earlier stage", 'FROM scratch AS a\nSHELL ["/bin/bash", "-c"]\nFROM a\nCMD run it\n'),
    _case("HEALTHCHECK in shell form", "FROM scratch\nHEALTHCHECK CMD run it\n"),
    _case("RUN in shell form", "FROM busybox\nRUN true\n"),
    _case(
        "cmd in small letters",
        "from scratch\ncmd run it\n",
        ("JSONArgsRecommended", 2),
    ),
    # MaintainerDeprecated
    _case("MAINTAINER", "FROM scratch\nMAINTAINER me\n", ("MaintainerDeprecated", 2)),
    _case(
        "MAINTAINER of a stage that is not built",
        "FROM scratch\nMAINTAINER me\nFROM scratch\n",
        ("MaintainerDeprecated", 2),
    ),
    _case("a label for the author", "FROM scratch\nLABEL org.opencontainers.image.authors=me\n"),
    # UndefinedArgInFrom
    _case(
        "an undeclared argument in FROM",
        "ARG VARIANT=x\nFROM scratch${VARIENT}\n",
        ("UndefinedArgInFrom", 2),
    ),
    _case("a declared argument in FROM", "ARG TAG=latest\nFROM busybox:${TAG}\n"),
    _case("a declared argument without a value", "ARG VARIANT\nFROM scratch${VARIANT}\n"),
    _case("an undeclared argument with a default", "FROM ${BASE:-scratch}\n", ("UndefinedArgInFrom", 1)),
    _case("a predefined argument", "FROM scratch${TARGETVARIANT}\n"),
    _case(
        "an undeclared argument in --platform",
        "FROM --platform=linux/${ARCHITECTURE:-amd64} scratch\n",
        ("UndefinedArgInFrom", 1),
    ),
    _case(
        "a misspelt predefined argument in --platform",
        "FROM --platform=${BULIDPLATFORM:-linux/amd64} scratch\n",
        ("UndefinedArgInFrom", 1),
    ),
    _case(
        "the argument of a stage is none of FROM's",
        "FROM scratch\nARG BASE=scratch\nFROM ${BASE:-scratch}\n",
        ("UndefinedArgInFrom", 3),
    ),
    _case(
        "an argument given but not declared",
        "FROM ${BASE:-scratch}\n",
        ("UndefinedArgInFrom", 1),
        build_args={"BASE": "busybox"},
    ),
    # WorkdirRelativePath
    _case("a relative WORKDIR", "FROM scratch\nWORKDIR app\n", ("WorkdirRelativePath", 2)),
    _case("an absolute WORKDIR", "FROM scratch\nWORKDIR /app\nWORKDIR src\n"),
    _case("only the first relative WORKDIR", "FROM scratch\nWORKDIR a\nWORKDIR b\n", ("WorkdirRelativePath", 2)),
    _case("a WORKDIR of an earlier stage", "FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n"),
    _case("a WORKDIR out of a variable", 'FROM scratch\nENV D=/x\nWORKDIR "$D/a b"\n'),
    _case("a relative WORKDIR out of a variable", "FROM scratch\nENV D=x\nWORKDIR $D/y\n", ("WorkdirRelativePath", 3)),
    _case(
        "a WORKDIR of the base image does not count",
        f"FROM {BASE}\nENV SPRINKLES=1\n",
        ("WorkdirRelativePath", 1),
        ("UndefinedVar", 1),
    ),
    # UndefinedVar
    _case("an undefined variable", "FROM scratch\nENV A=$NOTHING\n", ("UndefinedVar", 2)),
    _case("a misspelt variable", "FROM scratch\nENV VERSION=1\nENV A=$VERSON\n", ("UndefinedVar", 3)),
    _case("a defined variable", "FROM scratch\nENV VERSION=1\nENV A=${VERSION}\n"),
    _case("PATH is always there", "FROM scratch\nENV PATH=$PATH:/app\n"),
    _case("a misspelt PATH", "FROM scratch\nENV PATH=$PAHT:/app\n", ("UndefinedVar", 2)),
    _case("an ARG without a value", "FROM scratch\nARG A\nENV B=$A\n"),
    _case("an ARG that comes later", "FROM scratch\nENV B=$A\nARG A=1\n", ("UndefinedVar", 2)),
    _case("a global argument without an ARG", "ARG A=1\nFROM scratch\nENV B=$A\n", ("UndefinedVar", 3)),
    _case("a global argument with an ARG", "ARG A=1\nFROM scratch\nARG A\nENV B=$A\n"),
    _case("the argument of an earlier stage", "FROM scratch AS a\nARG A=1\nFROM a\nENV B=$A\n"),
    _case("a pair does not see the one before it", "FROM scratch\nENV A=1 B=$A\n", ("UndefinedVar", 2)),
    _case("an argument sees the one before it", "FROM scratch\nARG A=1 B=$A\n"),
    _case("an argument's default", "FROM scratch\nARG B=$NOTHING\n", ("UndefinedVar", 2)),
    _case("a default that is replaced", "FROM scratch\nARG B=$NOTHING\n", build_args={"B": "1"}),
    _case("a variable with a default", "FROM scratch\nENV A=${NOTHING:-x}\n", ("UndefinedVar", 2)),
    _case("a variable with an alternative", "FROM scratch\nENV A=${NOTHING:+x}\n", ("UndefinedVar", 2)),
    _case("a variable in a default", "FROM scratch\nENV A=1\nENV B=${A:-$NOTHING}\n", ("UndefinedVar", 3)),
    _case("an escaped dollar", "FROM scratch\nENV A=\\$NOTHING B='$NOTHING'\n"),
    _case("an escape of one's own", "# escape=`\nFROM scratch\nENV A=`$NOTHING B=\\$REAL\n", ("UndefinedVar", 3)),
    _case("two in one line", "FROM scratch\nENV A=$ONE B=$TWO C=$ONE\n", ("UndefinedVar", 2)),
    _case(
        "every instruction that expands",
        "FROM scratch\nLABEL a=$NOTHING\nUSER a$NOTHING\nVOLUME /$NOTHING\nSTOPSIGNAL ${NOTHING:-9}\n"
        "WORKDIR /$NOTHING\nEXPOSE 80$NOTHING\n",
        *(("UndefinedVar", line) for line in range(2, 7)),
    ),
    _case(
        "instructions that do not expand",
        'FROM scratch\nCMD ["$NOTHING"]\nENTRYPOINT ["$NOTHING"]\nSHELL ["$NOTHING"]\nHEALTHCHECK CMD $NOTHING\n'
        "ONBUILD ENV A=$NOTHING\n",
    ),
    _case("a RUN's command", "FROM busybox\nRUN true $NOTHING\n"),
    _case(
        "a RUN's mount",
        "FROM busybox\nRUN --mount=type=tmpfs,target=/x$NOTHING true\n",
        ("UndefinedVar", 2),
    ),
    _case(
        "the words of COPY",
        "FROM busybox AS a\nFROM scratch\nCOPY --from=a --chmod=${MODE:-600} /etc/passwd$ONE /$TWO\n",
        ("UndefinedVar", 3),
    ),
    _case("the body of a heredoc", "FROM scratch\nCOPY <<EOF /a\n'$NOTHING'\nEOF\n", ("UndefinedVar", 2)),
    _case("the body of a quoted heredoc", "FROM scratch\nCOPY <<'EOF' /a\n$NOTHING\nEOF\n"),
    _case("a stage that is not built", "FROM scratch\nENV A=$NOTHING\nFROM scratch\n"),
    _case(
        "a stage that is built along",
        "FROM scratch AS a\nENV A=$NOTHING\nFROM scratch\nCOPY --from=a --link / /\n",
        ("UndefinedVar", 2),
    ),
    _case(
        "a target in the middle",
        "FROM scratch AS a\nENV A=$NOTHING\nFROM scratch\nENV A=$ELSE\n",
        ("UndefinedVar", 2),
        target="a",
    ),
    _case(
        "a variable of the base image",
        f"FROM {BASE}\nARG SPRINKLES\nLABEL a=$FLAVOUR b=$TOPPING c=$FLAVOR\n",
        ("UndefinedVar", 1),
        ("UndefinedVar", 3),
        ("WorkdirRelativePath", 1),
    ),
    _case("the SHELL of the base image", f"FROM {BASE}\nCMD x\n", ("UndefinedVar", 1), ("WorkdirRelativePath", 1)),
    _case(
        "the arguments of an SBOM",
        "FROM scratch\nARG BUILDKIT_SBOM_SCAN_STAGE=true\nLABEL a=$BUILDKIT_SBOM_SCAN_STAGE\n",
    ),
    # MultipleInstructionsDisallowed
    _case("two CMD", 'FROM scratch\nCMD ["a"]\nCMD ["b"]\n', ("MultipleInstructionsDisallowed", 2)),
    _case(
        "three ENTRYPOINT",
        'FROM scratch\nENTRYPOINT ["a"]\nENTRYPOINT ["b"]\nENTRYPOINT ["c"]\n',
        ("MultipleInstructionsDisallowed", 2),
        ("MultipleInstructionsDisallowed", 3),
    ),
    _case(
        "two HEALTHCHECK",
        "FROM scratch\nHEALTHCHECK NONE\nHEALTHCHECK CMD a\n",
        ("MultipleInstructionsDisallowed", 2),
    ),
    _case("a CMD in each of two stages", 'FROM scratch AS a\nCMD ["a"]\nFROM a\nCMD ["b"]\n'),
    _case("two SHELL and two USER", 'FROM scratch\nSHELL ["a"]\nSHELL ["b"]\nUSER a\nUSER b\n'),
    _case(
        "a trigger and a CMD",
        'FROM scratch AS a\nONBUILD CMD ["a"]\nFROM a AS b\nCMD ["b"]\n',
        ("MultipleInstructionsDisallowed", 3),
    ),
    # LegacyKeyValueFormat
    _case("ENV with a blank", "FROM scratch\nENV A some words\n", ("LegacyKeyValueFormat", 2)),
    _case("LABEL with a blank", "FROM scratch\nLABEL a b=c\n", ("LegacyKeyValueFormat", 2)),
    _case("ENV and LABEL with equals signs", "FROM scratch\nENV A=b C=d\nLABEL 'a b'=c\n"),
    _case("ENV with a blank in the value", 'FROM scratch\nENV A="some words" B=some\\ words\n'),
    _case("ENV with a blank over two lines", "FROM scratch\nENV A \\\n  b\n", ("LegacyKeyValueFormat", 2)),
    # RedundantTargetPlatform
    _case("the target platform", "FROM --platform=$TARGETPLATFORM scratch\n", ("RedundantTargetPlatform", 1)),
    _case(
        "the target platform in braces", "FROM --platform=${TARGETPLATFORM} scratch\n", ("RedundantTargetPlatform", 1)
    ),
    _case("the build platform", "FROM --platform=$BUILDPLATFORM scratch\n"),
    _case("the parts of the target platform", "FROM --platform=$TARGETOS/$TARGETARCH scratch\n"),
    _case("a platform of one's own", "ARG P=linux/amd64\nFROM --platform=$P scratch\n"),
    # SecretsUsedInArgOrEnv
    _case("a password in ENV", "FROM scratch\nENV DB_PASSWORD=x\n", ("SecretsUsedInArgOrEnv", 2)),
    _case("a token in ARG", "FROM scratch\nARG github_token\n", ("SecretsUsedInArgOrEnv", 2)),
    _case(
        "every word for a secret",
        "FROM scratch\n"
        + "".join(
            f"ARG {name}\n"
            for name in (
                "APIKEY",
                "AUTH",
                "credential",
                "CREDENTIALS",
                "KEY",
                "PASSWORD",
                "pword",
                "Passwd",
                "Secret",
                "MY_TOKEN_X",
            )
        ),
        *(("SecretsUsedInArgOrEnv", line) for line in range(2, 12)),
    ),
    _case("words that only contain one", "FROM scratch\nENV MONKEY=1 KEYS=1 AUTHOR=1 TOKENIZER=1\n"),
    _case("a public key", "FROM scratch\nENV PUBLIC_KEY=1 MY_KEY_PUBLIC=1\n"),
    _case("a global argument is not looked at", "ARG TOKEN=1\nFROM scratch\n"),
    _case("two secrets in one line", "FROM scratch\nARG TOKEN=1 NAME=1 KEY=2\n", ("SecretsUsedInArgOrEnv", 2)),
    _case("a name out of a variable", "FROM scratch\nENV N=TOKEN\nENV $N=1\n", ("SecretsUsedInArgOrEnv", 3)),
    _case("a secret as a label", "FROM scratch\nLABEL token=1\n"),
    # InvalidDefaultArgInFrom
    _case(
        "no image without an argument",
        "ARG TAG\nFROM busybox:${TAG}\n",
        ("InvalidDefaultArgInFrom", 2),
        build_args={"TAG": "latest"},
    ),
    _case(
        "an empty name without an argument",
        "ARG IMAGE\nFROM ${IMAGE}\n",
        ("InvalidDefaultArgInFrom", 2),
        build_args={"IMAGE": "scratch"},
    ),
    _case("a default that is good", "ARG TAG=latest\nFROM busybox:${TAG}\n"),
    _case("a default in the FROM", "ARG TAG\nFROM busybox:${TAG:-latest}\n"),
    _case(
        "no default can be told",
        "ARG A=${B:?give me B}\nFROM ${A}\n",
        build_args={"A": "scratch"},
    ),
    # FromPlatformFlagConstDisallowed
    _case("a constant platform", "FROM --platform=linux/amd64 scratch\n", ("FromPlatformFlagConstDisallowed", 1)),
    _case(
        "a constant platform of a stage with another name",
        "FROM --platform=linux/amd64 scratch AS base\n",
        ("FromPlatformFlagConstDisallowed", 1),
    ),
    _case("a stage named after its architecture", "FROM --platform=linux/amd64 scratch AS build_amd64\n"),
    _case("a stage named after its system", "FROM --platform=linux/amd64 scratch AS linux-build\n"),
    _case(
        "a constant platform of a stage that is not built",
        "FROM --platform=linux/arm64 scratch\nFROM scratch\n",
        ("FromPlatformFlagConstDisallowed", 1),
    ),
    # InvalidDefinitionDescription
    _case(
        "comments that describe nothing",
        "# check=experimental=all\n# the tag\nARG TAG=1\n# a stage\nFROM scratch AS base\n# more\nARG A B\n",
        ("InvalidDefinitionDescription", 3),
        ("InvalidDefinitionDescription", 5),
        ("InvalidDefinitionDescription", 7),
    ),
    _case(
        "comments that describe",
        "# check=experimental=InvalidDefinitionDescription\n# TAG is the tag\nARG TAG=1\n# base is a stage\n"
        "FROM scratch AS base\n# B is the second\nARG A B\n",
    ),
    _case("comments without the experimental rule", "# the tag\nARG TAG=1\n# a stage\nFROM scratch AS base\n"),
    _case(
        "a blank line and an empty comment in between",
        "# check=experimental=all\n# one\n\nFROM scratch AS base\n# two\n#\nARG A\n",
        ("InvalidDefinitionDescription", 4),
    ),
    _case(
        "comments above what has no name",
        "# check=experimental=all\n# one\nFROM scratch\n# two\nENV A=1\n  # A is indented\nARG A\n",
        ("InvalidDefinitionDescription", 7),
    ),
    # ExposeProtoCasing, ExposeInvalidFormat
    _case("a protocol in capital letters", "FROM scratch\nEXPOSE 80/TCP 81/udp\n", ("ExposeProtoCasing", 2)),
    _case("ports as they should be", "FROM scratch\nEXPOSE 80 81/tcp 82-85/udp 86/sctp\n"),
    _case("a protocol out of a variable", "FROM scratch\nENV P=Udp\nEXPOSE 80/$P\n", ("ExposeProtoCasing", 3)),
    _case("a host port", "FROM scratch\nEXPOSE 8080:80\n", ("ExposeInvalidFormat", 2)),
    _case("a host address", "FROM scratch\nEXPOSE 127.0.0.1::80 [::1]:80:80\n", ("ExposeInvalidFormat", 2)),
    _case(
        "both at once",
        "FROM scratch\nEXPOSE 8080:80/UDP\n",
        ("ExposeInvalidFormat", 2),
        ("ExposeProtoCasing", 2),
    ),
    _case("an empty host port", "FROM scratch\nEXPOSE :80\n"),
    # the directive and the build argument
    _case("a skipped rule", "# check=skip=StageNameCasing\nFROM scratch as Base\n", ("FromAsCasing", 2)),
    _case("skipped rules", "# check=skip=StageNameCasing,FromAsCasing\nFROM scratch as Base\n"),
    _case(
        "blanks end the directive",
        "# check=skip=StageNameCasing, FromAsCasing\nFROM scratch as B\n",
        ("FromAsCasing", 2),
    ),
    _case("all rules skipped", "# check=skip=all\nFROM scratch as Base\nMAINTAINER me\n"),
    _case(
        "skip says nothing about experimental rules",
        "# check=skip=all;experimental=all\n# one\nFROM scratch as base\n",
        ("InvalidDefinitionDescription", 3),
    ),
    _case("an unknown rule skipped", "# check=skip=Nonsense\nFROM scratch as base\n", ("FromAsCasing", 2)),
    _case(
        "a directive that is none", "# a comment\n# check=skip=all\nFROM scratch\nCMD x\n", ("JSONArgsRecommended", 4)
    ),
    _case(
        "the build argument replaces the directive",
        "# check=skip=FromAsCasing\nFROM scratch as Base\n",
        ("FromAsCasing", 2),
        build_args={"BUILDKIT_DOCKERFILE_CHECK": "skip=StageNameCasing"},
    ),
    _case("an error that nothing causes", '# check=error=true\nFROM scratch\nCMD ["a"]\n'),
    _case("a directive after syntax-like lines", "# escape=`\n# check=skip=all\nFROM scratch as base\n"),
)
