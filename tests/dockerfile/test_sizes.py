"""Sizes as docker reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.sizes import size_in_bytes


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0", 0),
        ("10", 10),
        ("10b", 10),
        ("64m", 64 << 20),
        ("64MB", 64 << 20),
        ("64MiB", 64 << 20),
        ("1.5k", 1536),
        (".5k", 512),
        ("2.k", 2048),
        ("1 G", 1 << 30),
        ("1e3", 1000),
        ("1p", 1 << 50),
    ],
)
def test_units_are_powers_of_1024(written: str, size: int) -> None:
    assert size_in_bytes(written) == size


@pytest.mark.parametrize("written", ["", "k", "-1", "10x", "10bb", "10kk", "0x10", ".k", " 1", "1  k", "1e999"])
def test_what_is_no_size_is_an_error(written: str) -> None:
    with pytest.raises(ValueError, match="invalid size"):
        size_in_bytes(written)


@given(st.text(alphabet="0123456789.kmgib e+-", max_size=8))
def test_any_text_is_a_size_or_an_error(written: str) -> None:
    try:
        size = size_in_bytes(written)
    except ValueError:
        return
    assert 0 <= size < 2**63
