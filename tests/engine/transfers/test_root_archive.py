"""What is to be imported has to be an archive."""

import pytest

from stepper.engine.transfers.root_archive import root_archive
from stepper.errors import StepperError
from stepper.image.compression import Compression, compressed
from tests.image.layers import file, tar

ROOT = tar(file("hello", b"hi"))


@pytest.mark.parametrize("kind", Compression)
def test_an_archive_goes_through_uncompressed(kind: Compression) -> None:
    assert b"".join(root_archive(compressed([ROOT[:100], ROOT[100:]], kind), "x")) == ROOT


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>404", b"\n <html><body>" + b"x" * 9000, b"<?xml version='1.0'?>"])
def test_a_servers_page_is_told_as_one(page: bytes) -> None:
    with pytest.raises(StepperError, match="x is a web page and no archive"):
        root_archive([page], "x")


@pytest.mark.parametrize("data", [b"", b"no archive", b"y" * 2000, b"\0" * 100])
def test_anything_else_is_no_archive(data: bytes) -> None:
    with pytest.raises(StepperError, match="x is no tar archive"):
        root_archive([data], "x")


def test_what_is_damaged_later_on_is_told_when_it_comes() -> None:
    packed = b"".join(compressed([tar(file("a", bytes(range(256)) * 9000))], Compression.GZIP))
    chunks = root_archive([packed[:-20]], "x")
    with pytest.raises(StepperError, match="x cannot be read: the gzip stream is cut off"):
        list(chunks)
