"""Files are written with holes where they have nothing but zeros, and read as what was written."""

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.debugger.sparse_archive import SparseTarFile, write_sparse
from tests.image.layers import file, tar

BLOCK = 4096
runs = st.tuples(st.sampled_from([b"\0", b"x"]), st.sampled_from([1, 511, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]))
contents = st.lists(runs, max_size=8).map(lambda found: b"".join(byte * size for byte, size in found))


@given(contents, st.sampled_from([1000, BLOCK, BLOCK + 100, 4 * BLOCK]))
def test_whatever_is_written_reads_the_same(content: bytes, piece: int) -> None:
    written = io.BytesIO()
    write_sparse((content[at : at + piece] for at in range(0, len(content), piece)), written)
    # In memory a file does not grow by being cut off behind its end, as one on disk does.
    assert written.getvalue().ljust(len(content), b"\0") == content


@pytest.mark.parametrize("content", [b"", b"\0", bytes(BLOCK), bytes(5 * BLOCK + 7), b"a" + bytes(3 << 20)])
def test_a_file_that_ends_in_zeros_is_as_long_as_it_was(tmp_path: Path, content: bytes) -> None:
    with (tmp_path / "file").open("wb") as opened:
        write_sparse([content], opened)
    assert (tmp_path / "file").read_bytes() == content


def test_a_file_that_is_cut_off_in_its_archive_is_an_error(tmp_path: Path) -> None:
    cut = io.BytesIO(tar(file("a", bytes(100_000)))[:50_000])
    with SparseTarFile.open(fileobj=cut, mode="r|") as opened, pytest.raises(tarfile.ReadError):
        opened.extractall(tmp_path, filter="data")


def test_what_an_archive_tells_as_holes_stays_holes(tmp_path: Path) -> None:
    member = tarfile.TarInfo("disk")
    member.size = BLOCK
    member.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.size": str(1 << 30),
        "GNU.sparse.map": f"{(1 << 30) - BLOCK},{BLOCK}",
    }
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as written:
        written.addfile(member, io.BytesIO(b"e" * BLOCK))
    archive.seek(0)
    with SparseTarFile.open(fileobj=archive, mode="r|") as opened:
        opened.extractall(tmp_path, filter="data")
    saved = (tmp_path / "disk").stat()
    assert saved.st_size == 1 << 30
    assert saved.st_blocks * 512 < 1 << 20
