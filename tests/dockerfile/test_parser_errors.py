"""What is wrong with a Dockerfile is said with its line, in BuildKit's words where they are good."""

import pytest

from stepper.dockerfile.parser import parse
from stepper.errors import DockerfileError


def error(text: str) -> DockerfileError:
    with pytest.raises(DockerfileError) as caught:
        parse(text, "sub/Dockerfile.dev")
    return caught.value


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n", "# escape=`"])
def test_a_file_with_no_instructions(text: str) -> None:
    assert str(error(text)) == "sub/Dockerfile.dev: file with no instructions"
    assert error(text).hint == "A Dockerfile starts with FROM and the image to build on."


def test_a_file_without_a_stage() -> None:
    assert str(error("ARG a\n")) == "sub/Dockerfile.dev: dockerfile contains no stages to build"


def test_an_instruction_before_the_first_from() -> None:
    problem = error("ARG a\n\nRUN x\nFROM a\n")
    assert str(problem) == "sub/Dockerfile.dev:3: no build stage in current context: RUN before the first FROM"
    assert problem.hint == "Only ARG can stand before the first FROM."


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("FRMO", " (did you mean FROM?)"),
        ("frmo", " (did you mean from?)"),
        ("RNU", " (did you mean RUN?)"),
        ("Copi", " (did you mean COPY?)"),
        ("ENTRYPONT", " (did you mean ENTRYPOINT?)"),
        ("INCLUDE", ""),
        ("apt-get", ""),
    ],
)
def test_an_unknown_instruction_and_what_was_meant(written: str, suggestion: str) -> None:
    problem = error(f"FROM a\nRUN x \\\n y\n{written} b\n")
    assert str(problem) == f"sub/Dockerfile.dev:4: unknown instruction: {written}{suggestion}"


def test_a_forgotten_continuation_is_named_where_it_hurts() -> None:
    problem = error("FROM a\nRUN b &&\n    c d\n")
    assert str(problem) == "sub/Dockerfile.dev:3: unknown instruction: c"
    assert problem.hint == "Does the line belong to the one above it? Then that one has no continuation character."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("COPY --form=b c d", "unknown flag: --form (did you mean --from?)"),
        ("RUN --mont=type=bind x", "unknown flag: --mont (did you mean --mount?)"),
        ("ADD --from=b c d", "unknown flag: --from"),
        ("CMD --x y", "unknown flag: --x"),
        ("COPY --from b c d", "missing a value on flag: --from"),
        ("COPY --link= b c", "missing a value on flag: --link"),
        ("COPY --link=maybe b c", "expecting boolean value for flag --link, not: maybe"),
        ("COPY --from=a --from=b c d", "duplicate flag specified: --from"),
        ("RUN --network=bridge x", "invalid value 'bridge' for flag --network"),
        ("RUN --security=none x", "invalid value 'none' for flag --security"),
        ("ONBUILD --x RUN y", "unknown flag: --x"),
    ],
)
def test_a_wrong_flag(text: str, message: str) -> None:
    assert str(error(f"FROM a\n\n{text}\n")) == f"sub/Dockerfile.dev:3: {message}"


def test_the_hint_for_an_unknown_flag_says_which_there_are() -> None:
    assert error("FROM --plat=x a\n").hint == "FROM knows --platform."
    assert error("FROM a\nUSER --x b\n").hint == "USER has no flags."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ADD", "ADD requires at least two arguments"),
        ("COPY b", "COPY requires at least two arguments, but only one was provided"),
        ("COPY <<A <<B\nA\nB", "COPY cannot accept a heredoc as a destination"),
        ("ARG", "ARG requires at least one argument"),
        ("ARG =b", "ARG names can not be blank"),
        ("ENV", "ENV requires at least one argument"),
        ("ENV b", "ENV must have two arguments"),
        ("ENV b=c d", 'Syntax error - can\'t find = in "d". Must be of the form: name=value'),
        ("ENV =b", "ENV names can not be blank"),
        ("LABEL b", "LABEL must have two arguments"),
        ("EXPOSE", "EXPOSE requires at least one argument"),
        ("VOLUME []", "VOLUME requires at least one argument"),
        ('VOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("USER", "USER requires exactly one argument"),
        ("WORKDIR", "WORKDIR requires exactly one argument"),
        ("STOPSIGNAL", "STOPSIGNAL requires exactly one argument"),
        ("MAINTAINER", "MAINTAINER requires exactly one argument"),
        ("SHELL sh -c", "SHELL requires the arguments to be in JSON form"),
        ("SHELL []", "SHELL requires at least one argument"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("HEALTHCHECK NONE b", "HEALTHCHECK NONE takes no arguments"),
        ("HEALTHCHECK curl b", 'Unknown type "CURL" in HEALTHCHECK (try CMD)'),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("ONBUILD ONBUILD RUN b", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        ("ONBUILD FROM b", "FROM isn't allowed as an ONBUILD trigger"),
        ("ONBUILD maintainer b", "MAINTAINER isn't allowed as an ONBUILD trigger"),
        ("FROM", "FROM requires either one or three arguments"),
        ("FROM b c", "FROM requires either one or three arguments"),
        ("FROM b is c", "FROM requires either one or three arguments"),
        ("FROM b AS 1c", 'invalid name for build stage: "1c", name can\'t start with a number or contain symbols'),
        ("FROM b AS c/d", 'invalid name for build stage: "c/d", name can\'t start with a number or contain symbols'),
        ('RUN ["b", 1]', "when using JSON array syntax, arrays must be comprised of strings only"),
        ("RUN b <<EOF\nc\n", "unterminated heredoc"),
    ],
)
def test_a_wrong_instruction(text: str, message: str) -> None:
    problem = error(f"FROM a\n# comment\n{text}\n")
    assert (problem.file, problem.line) == ("sub/Dockerfile.dev", 3)
    assert problem.message.startswith(message)


def test_the_line_of_an_instruction_is_its_first() -> None:
    assert error("FROM a\nENV \\\n  # c\n  b \n").line == 2


def test_a_line_that_is_too_long() -> None:
    problem = error("FROM a\nRUN x <<E\n" + "y" * 65536 + "\nE\n")
    assert str(problem) == "sub/Dockerfile.dev:3: dockerfile line greater than max allowed size of 65535"
