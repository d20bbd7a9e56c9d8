"""`stepper check`: BuildKit's build checks alone, for people and for programs. Needs no engine."""

import json
import sys
from collections.abc import Sequence
from itertools import groupby

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.cli.json_report import warning_fields
from stepper.cli.messages import exit_code_of, show_error, show_note
from stepper.debugger.options import BuildOptions
from stepper.debugger.source import read_source
from stepper.dockerfile.build_checks import CheckWarning, check, check_options
from stepper.dockerfile.frontends import frontend_of, handed_over
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.parse_errors import parse_errors
from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check as errors_of
from stepper.errors import DockerfileError, StepperError
from stepper.text import printable, strip_control

_RULES_PAGE = "https://docs.docker.com/reference/build-checks/"
_PLATFORM = "linux/amd64"
"""What is taken to be built for where nobody says: there is no engine to ask."""
_MOST_LINES = 6
"""So many source lines of one instruction are shown."""


def run_check(options: BuildOptions, *, fails_on_warnings: bool, as_json: bool) -> int:
    """Print the warnings about a Dockerfile on standard output, and its errors on standard error; the exit code.

    Without a target all stages are looked at. Raises `StepperError` where the files cannot be read.
    """
    source = read_source(options)
    frontend = frontend_of(source.text, options.build_args)
    if frontend is not None and not frontend.reads_dockerfiles:
        if as_json:
            _write_json(handed_over(source.data, source.name, frontend), ())
        show_note(f"{source.name} is for the frontend {frontend.reference}: there are no checks for its language")
        return ExitCode.BUILT
    try:
        dockerfile = parse(source.data, source.name)
    except DockerfileError:
        for wrong in parse_errors(source.data, source.name):
            show_error(source.with_excerpt(wrong))
        return ExitCode.WRONG
    try:
        ignore_file = IgnoreFile.parse(source.ignore, source.ignore_name)
        configuration = check_options(dockerfile, options.build_args)
    except StepperError as problem:
        raise source.with_excerpt(problem) from problem.__cause__
    contexts = {name: context.image for name, context in options.build_contexts.items()}
    platform = options.platform or _PLATFORM
    errors: Sequence[StepperError] = errors_of(
        dockerfile, options.build_args, options.target, platform=platform, contexts=contexts
    )
    try:
        warnings = check(
            dockerfile,
            build_args=options.build_args,
            target=options.target,
            platform=platform,
            contexts=contexts,
            ignore_file=ignore_file,
        )
    except StepperError as problem:
        warnings = ()
        errors = errors or (problem,)
    if as_json:
        _write_json(dockerfile, warnings)
    else:
        _write_text(Console.of(sys.stdout), dockerfile, warnings, has_errors=bool(errors))
    for error in errors:
        show_error(source.with_excerpt(error))
    if errors:
        return exit_code_of(errors[0])
    return ExitCode.FAILED if warnings and (fails_on_warnings or configuration.returns_error) else ExitCode.BUILT


def _write_json(dockerfile: Dockerfile, warnings: Sequence[CheckWarning]) -> None:
    """One JSON object a line, ASCII only."""
    for warning in warnings:
        print(json.dumps({"event": "check.warning", **warning_fields(warning, dockerfile.name)}))
    print(json.dumps({"event": "check.finished", "file": dockerfile.name, "warnings": len(warnings)}))


def _write_text(
    console: Console, dockerfile: Dockerfile, warnings: Sequence[CheckWarning], *, has_errors: bool
) -> None:
    """The warnings of one place together, with its source lines below them."""
    for (line, end_line), found in groupby(warnings, key=lambda warning: (warning.line, warning.end_line)):
        place = console.style(printable(f"{dockerfile.name}:{line}:"), "bold")
        for warning in found:
            console.line(f"{place} {console.style(warning.rule, 'yellow')}: {printable(warning.message)}")
        _write_source(console, dockerfile, line, end_line)
        console.line()
    if warnings:
        count = f"{len(warnings)} warning{'' if len(warnings) == 1 else 's'}"
        console.line(f"{console.style(count, 'bold')}, explained at {_RULES_PAGE}")
    elif not has_errors:
        console.line("No warnings.")
    console.flush()


def _write_source(console: Console, dockerfile: Dockerfile, line: int, end_line: int) -> None:
    lines = dockerfile.lines[line - 1 : end_line]
    width = len(str(min(end_line, line + _MOST_LINES - 1)))
    bar = "│" if console.unicode else "|"
    for number, text in enumerate(lines[:_MOST_LINES], start=line):
        # A tab has its own width on each terminal; every other control character is taken out.
        shown = strip_control(text).expandtabs(4)
        console.line(f"{console.style(f'  {number:>{width}} {bar}', 'dim')} {shown}".rstrip())
    if len(lines) > _MOST_LINES:
        left = len(lines) - _MOST_LINES
        console.line(console.style(f"  {'':>{width}} {bar} and {left} more line{'' if left == 1 else 's'}", "dim"))
