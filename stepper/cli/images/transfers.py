"""`stepper save`, `stepper load` and `stepper import`: images out of the engine and into it."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.input_file import chunks_of, input_name, open_input
from stepper.cli.images.output_file import STANDARD_OUTPUT, check_output, write_output
from stepper.cli.images.transfer import Transfer
from stepper.dockerfile.references import reference_problem
from stepper.engine.image_store import open_image_store
from stepper.errors import StepperError, UsageError
from stepper.image.compression import Compression, CompressionError, compressed, decompressed
from stepper.text import human_size, printable

_PIPE_HINT = "Name a file, or send one: `... | stepper load`."


def save(parsed: argparse.Namespace) -> int:
    """Write an image's archive to a file or to standard output. Raises `StepperError`."""
    check_output(parsed.output, force=parsed.force)
    kind = Compression(parsed.compress)
    name: str = parsed.image_name
    with closing(open_image_store(parsed.host)) as store, _transfer(f"saving {printable(name)}") as transfer:
        write_output(parsed.output, compressed(transfer.through(store.save(name)), kind))
    if parsed.output not in (None, STANDARD_OUTPUT):
        _tell(f"Saved {printable(name)} to {printable(parsed.output)}, {human_size(transfer.done)} uncompressed.")
    return ExitCode.BUILT


def load(parsed: argparse.Namespace) -> int:
    """Take the images of an archive into the engine. Raises `StepperError`."""
    with _archive(parsed.file, "loading") as chunks, closing(open_image_store(parsed.host)) as store:
        names = store.load(chunks)
    for name in names:
        _tell(f"Loaded {printable(name)}.")
    return ExitCode.BUILT


def import_image(parsed: argparse.Namespace) -> int:
    """Make an image of a root filesystem's archive. Raises `StepperError`."""
    source, name = parsed.file, parsed.name
    problem = reference_problem(name) if name is not None else None
    if problem is not None:
        raise UsageError(printable(problem), hint="A name is NAME or NAME:TAG, as base:1.0.")
    message = parsed.message if parsed.message is not None else f"Imported from {source}"
    if source.startswith(("http://", "https://")):
        with closing(open_image_store(parsed.host)) as store:
            image = store.import_filesystem(source, name=name, changes=parsed.change, message=message)
    else:
        with _archive(source, "importing") as chunks, closing(open_image_store(parsed.host)) as store:
            image = store.import_filesystem(chunks, name=name, changes=parsed.change, message=message)
    print(image)
    return ExitCode.BUILT


@contextmanager
def _archive(written: str, doing: str) -> Iterator[Iterator[bytes]]:
    """An archive's bytes, uncompressed, while their progress is shown."""
    told = input_name(written)
    try:
        with open_input(written, _PIPE_HINT) as (file, size), _transfer(f"{doing} {told}", size) as transfer:
            yield decompressed(transfer.through(chunks_of(file)))
    except CompressionError as error:
        raise StepperError(f"{told} cannot be read: {error}") from error


@contextmanager
def _transfer(what: str, total: int | None = None) -> Iterator[Transfer]:
    """Progress goes to standard error: standard output may be the archive itself."""
    transfer = Transfer(Console.of(sys.stderr), what, total)
    try:
        yield transfer
    finally:
        transfer.clear()


def _tell(text: str) -> None:
    console = Console.of(sys.stderr)
    console.line(text)
    console.flush()
