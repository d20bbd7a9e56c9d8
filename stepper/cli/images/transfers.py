"""`stepper save`, `stepper load` and `stepper import`: images out of the engine and into it."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from stepper.cli.build_options import tag_names
from stepper.cli.console import Console
from stepper.cli.exit_codes import ExitCode
from stepper.cli.images.input_file import chunks_of, input_name, open_input
from stepper.cli.images.output_file import STANDARD_OUTPUT, check_output, write_output
from stepper.cli.images.shown_transfer import shown_transfer
from stepper.cli.images.subjects import Subjects, image_name
from stepper.dockerfile.references import reference_problem
from stepper.engine.image_store import open_image_store
from stepper.engine.remote.download import is_url, streamed
from stepper.engine.remote.secrecy import without_credentials
from stepper.engine.transfers.root_archive import root_archive
from stepper.errors import StepperError, UsageError
from stepper.image.compression import Compression, CompressionError, compressed, decompressed
from stepper.text import human_size, printable

_PIPE_HINT = "Name a file, or send one: `... | stepper load`."


def save(parsed: argparse.Namespace) -> int:
    """Write the archive of an image, or of a snapshot of a build, to a file or to standard output.

    Raises `StepperError`.
    """
    check_output(parsed.output, force=parsed.force)
    kind = Compression(parsed.compress)
    written: str = parsed.subject
    with Subjects(parsed, strict=True) as subjects:
        snapshot = subjects.find(written)
        built = subjects.image(snapshot, tags=tag_names(parsed.tag)) if snapshot is not None else None
    if built is None:
        _check_no_build(parsed)
        name = image_name(written)
    else:
        name = built.tags[0] if built.tags else built.id
    told = printable(image_name(written))
    with closing(open_image_store(parsed.host)) as store, shown_transfer(f"saving {told}") as transfer:
        write_output(parsed.output, compressed(transfer.through(store.save(name)), kind))
    if parsed.output not in (None, STANDARD_OUTPUT):
        _tell(f"Saved {told} to {printable(parsed.output)}, {human_size(transfer.done)} uncompressed.")
    return ExitCode.BUILT


def _check_no_build(parsed: argparse.Namespace) -> None:
    if parsed.tag:
        raise UsageError(
            "-t names a snapshot that is saved, and an image has its name already",
            hint="Give a line or a stage, or leave -t out.",
        )


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
    message = parsed.message if parsed.message is not None else f"Imported from {without_credentials(source)}"
    with _root_filesystem(source) as chunks, closing(open_image_store(parsed.host)) as store:
        image = store.import_filesystem(chunks, name=name, changes=parsed.change, message=message)
    print(image)
    return ExitCode.BUILT


@contextmanager
def _root_filesystem(source: str) -> Iterator[Iterator[bytes]]:
    """The archive of a root filesystem, uncompressed, while its progress is shown."""
    told = printable(without_credentials(source)) if is_url(source) else input_name(source)
    with shown_transfer(f"importing {told}") as transfer:
        if is_url(source):
            with streamed(source) as (chunks, transfer.total):
                yield root_archive(transfer.through(chunks), told)
        else:
            with open_input(source, _PIPE_HINT) as (file, transfer.total):
                yield root_archive(transfer.through(chunks_of(file)), told)


@contextmanager
def _archive(written: str, doing: str) -> Iterator[Iterator[bytes]]:
    """An archive's bytes, uncompressed, while their progress is shown."""
    told = input_name(written)
    try:
        with open_input(written, _PIPE_HINT) as (file, size), shown_transfer(f"{doing} {told}", size) as transfer:
            yield decompressed(transfer.through(chunks_of(file)))
    except CompressionError as error:
        raise StepperError(f"{told} cannot be read: {error}") from error


def _tell(text: str) -> None:
    console = Console.of(sys.stderr)
    console.line(text)
    console.flush()
