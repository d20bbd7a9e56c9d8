"""The `stepper` command: reads the command line and hands over to one module for each command."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepper.cli.arguments import parse_arguments

if TYPE_CHECKING:
    from stepper.debugger.options import BuildOptions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments ask for; the exit code."""
    parsed = parse_arguments(sys.argv[1:] if arguments is None else arguments)

    from stepper.cli.console import tolerate_any_text
    from stepper.cli.exit_codes import ExitCode
    from stepper.cli.messages import exit_code_of, show_error
    from stepper.errors import StepperError

    tolerate_any_text()
    try:
        code = _dispatch(parsed)
        sys.stdout.flush()
        return code
    except StepperError as error:
        show_error(error)
        return exit_code_of(error)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return ExitCode.BROKEN_PIPE
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or error.filename is not None:
            raise
        _forget_standard_output()
        show_error(StepperError(f"the output cannot be written: {error.strerror}"))
        return ExitCode.FAILED


def _dispatch(parsed: argparse.Namespace) -> int:
    if parsed.command == "engine":
        from stepper.cli.engine import show_engine

        return show_engine(parsed.host)
    if parsed.command in ("layers", "compare", "history"):
        return _look_at_images(parsed)
    if parsed.command in ("save", "load", "import"):
        from stepper.cli.images import transfers

        move = {"save": transfers.save, "load": transfers.load, "import": transfers.import_image}[parsed.command]
        return move(parsed)
    if parsed.command == "prune":
        from stepper.cli.prune import prune

        return prune(parsed.host, force=parsed.force)
    if parsed.command == "run":
        return _run(parsed)

    from stepper.cli.build_options import build_options
    from stepper.engine.remote.workspace import Workspace

    with Workspace() as workspace:
        return _build(parsed, build_options(parsed, os.environ, workspace))


def _look_at_images(parsed: argparse.Namespace) -> int:
    from stepper.cli.connecting import connect_to, histories_from, images_from

    images = images_from(parsed.host)
    if parsed.command == "layers":
        from stepper.cli.images.layers import show_layers

        return show_layers(parsed, images, connect_to(parsed.host))
    if parsed.command == "compare":
        from stepper.cli.images.compare import compare

        return compare(parsed, images, connect_to(parsed.host))
    from stepper.cli.images.history import show_history

    return show_history(parsed, histories_from(parsed.host), images)


def _run(parsed: argparse.Namespace) -> int:
    from stepper.cli.build_options import build_options
    from stepper.cli.connecting import connect_to
    from stepper.cli.judging import judging
    from stepper.cli.run import run
    from stepper.engine.remote.workspace import Workspace

    # Before the build's files: nothing is fetched for a command line that is wrong.
    judged = judging(parsed)
    with Workspace() as workspace:
        options = build_options(parsed, os.environ, workspace)
        return run(options, connect_to(parsed.host), as_json=parsed.json, judging=judged)


def _build(parsed: argparse.Namespace, options: "BuildOptions") -> int:
    if parsed.command == "check":
        from stepper.cli.check import run_check

        return run_check(options, fails_on_warnings=parsed.error, as_json=parsed.json)

    if parsed.command == "context":
        from stepper.cli.context import show_context

        return show_context(options, by_size=parsed.largest, as_json=parsed.json)

    from stepper.cli.connecting import connect_to
    from stepper.cli.debug import debug

    if "-" in (parsed.context, parsed.file):
        from stepper.cli.sources.standard_input import put_terminal_back

        put_terminal_back()
    return debug(options, connect_to(parsed.host))


def _forget_standard_output() -> None:
    """Nobody reads: let the interpreter flush into nothing when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
