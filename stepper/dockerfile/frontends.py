"""Which frontend reads the file: `# syntax=` and the build argument BUILDKIT_SYNTAX.

A frontend is a program in an image that BuildKit runs to read a build file. Stepper is one itself, for the language of
`docker/dockerfile`; what any other one reads, or a newer one may know, is left whole to the engine's own builder.
https://docs.docker.com/build/buildkit/frontend/
"""

import json
import re
from collections.abc import Mapping

from stepper.dockerfile.model import Dockerfile, HandedOver, Instruction, Stage
from stepper.errors import DockerfileError
from stepper.frozen import frozen

BUILD_ARGUMENT = "BUILDKIT_SYNTAX"
"""The build argument that goes before the directive."""

_NAME = "syntax"
_DIRECTIVE = r"{}\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*"
_COMMENTS = {"#": re.compile(_DIRECTIVE.format("#")), "//": re.compile(_DIRECTIVE.format("//"))}
_DIRECTIVES = frozenset({_NAME, "escape", "check"})
_RELEASED = "docker/dockerfile"
_DOCKERFILES = frozenset({_RELEASED, "docker/dockerfile-upstream"})
_REGISTRIES = ("docker.io/", "index.docker.io/")
_KNOWN_RELEASE = (1, 19)
"""The newest release of `docker/dockerfile` whose language Stepper knows: that of engine 28.5."""
_RELEASE = re.compile(r"(\d+)\.(\d+)(?:\.\d+)?(?:-labs)?")
_STABLE = frozenset({"", "1", "latest"})
_UNKNOWN_FLAG, _UNKNOWN_INSTRUCTION = "unknown flag: ", "unknown instruction: "
_MISSPELT = "did you mean"
_BYTE_ORDER_MARK = "\ufeff"


@frozen
class Frontend:
    """A frontend as it is asked for. `command` is its image's reference, and what is said to it after that."""

    command: str
    line: int | None = None
    """Of the directive; None where the build argument names it."""

    @property
    def reference(self) -> str:
        """The name of its image."""
        return self.command.partition(" ")[0]

    @property
    def reads_dockerfiles(self) -> bool:
        """Whether its language is that of Dockerfiles: any release of `docker/dockerfile`, or a build of its source."""
        return self._name in _DOCKERFILES

    def may_know(self, error: DockerfileError) -> bool:
        """Whether this may be a newer Dockerfile frontend, for which what Stepper does not know is no error.

        Something that looks like a misspelling is one. The stable channel gets new flags now and then, but no new
        instructions.
        """
        if not self.reads_dockerfiles or _MISSPELT in error.message:
            return False
        release = _RELEASE.fullmatch(self._tag)
        if release is not None and (int(release[1]), int(release[2])) <= _KNOWN_RELEASE:
            return False
        is_stable = self._name == _RELEASED and self._tag in _STABLE
        return error.message.startswith((_UNKNOWN_FLAG,) if is_stable else (_UNKNOWN_FLAG, _UNKNOWN_INSTRUCTION))

    @property
    def _name(self) -> str:
        name = self._without_registry.partition("@")[0]
        return name.partition(":")[0]

    @property
    def _tag(self) -> str:
        return self._without_registry.partition("@")[0].partition(":")[2]

    @property
    def _without_registry(self) -> str:
        for registry in _REGISTRIES:
            if self.reference.startswith(registry):
                return self.reference.removeprefix(registry)
        return self.reference


def frontend_of(text: str, build_args: Mapping[str, str]) -> Frontend | None:
    """The frontend that is to read this text; None where none is named, then it is a Dockerfile.

    As in BuildKit: after a `#!` line, a directive in comments of `#` or `//`, or the `syntax` of a JSON object.
    """
    given = build_args.get(BUILD_ARGUMENT)
    if given is not None:
        return Frontend(given.strip())
    text = text.removeprefix(_BYTE_ORDER_MARK)
    lines = text.split("\n")
    skipped = 1 if text.startswith("#!") else 0
    for comment in _COMMENTS.values():
        found = _directive(lines[skipped:], comment, skipped + 1)
        if found is not None:
            return found
    return _in_json("\n".join(lines[skipped:]))


def _directive(lines: list[str], comment: re.Pattern[str], first: int) -> Frontend | None:
    for number, line in enumerate(lines, first):
        match = comment.fullmatch(line)
        if match is None or match[1].lower() not in _DIRECTIVES:
            return None
        if match[1].lower() == _NAME:
            return Frontend(match[2], number)
    return None


def _in_json(text: str) -> Frontend | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text).get(_NAME)
    except (ValueError, RecursionError):
        return None
    return Frontend(value, 1) if isinstance(value, str) and value else None


def handed_over(data: bytes, name: str, frontend: Frontend) -> Dockerfile:
    """The file of another language as a Dockerfile with one instruction, at the line that names its frontend."""
    text = data.decode(errors="replace").removeprefix(_BYTE_ORDER_MARK)
    line = frontend.line or 1
    written = f"# syntax={frontend.command}" if frontend.line else f"{BUILD_ARGUMENT}={frontend.command}"
    instruction = Instruction("SYNTAX", line, line, written, (frontend.command,))
    stage = Stage(0, frontend.reference, frontend.reference, None, (instruction,))
    return Dockerfile(name=name, text=text, stages=(stage,), handed_over=HandedOver(frontend.command, data))


def goes_to_builder(instruction: Instruction) -> bool:
    """Whether the engine's own builder does what the instruction says, and not a container that can be stepped into."""
    if instruction.keyword == "RUN":
        return instruction.flag("device") is not None
    return instruction.keyword == "SYNTAX"
