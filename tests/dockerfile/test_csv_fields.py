"""One line of comma-separated values, as Go reads it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.csv_fields import CsvError, csv_fields

TEXT = st.text(alphabet=st.sampled_from('ab=,"/ $ß\t'), max_size=8)


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a", ("a",)),
        ("type=bind,target=/a", ("type=bind", "target=/a")),
        ("a,", ("a", "")),
        (",", ("", "")),
        ('""', ("",)),
        ('"a,b",c', ("a,b", "c")),
        ('a,"say ""hi"""', ("a", 'say "hi"')),
        (" a, b ", (" a", " b ")),
        ("a\n", ("a",)),
    ],
)
def test_a_line_is_split_at_commas_that_are_not_quoted(line: str, fields: tuple[str, ...]) -> None:
    assert csv_fields(line) == fields


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "EOF"),
        ('a,b"c', 'column 4: bare " in non-quoted-field'),
        ('a,"b', 'column 4: extraneous or missing " in quoted-field'),
        ('a,"b"c', 'column 5: extraneous or missing " in quoted-field'),
    ],
)
def test_a_misplaced_quote_is_an_error_that_says_where(line: str, message: str) -> None:
    with pytest.raises(CsvError, match=message):
        csv_fields(line)


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_what_a_writer_quotes_comes_back(fields: list[str]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="").writerow(fields)
    assert csv_fields(written.getvalue()) == tuple(fields)


@given(TEXT)
def test_any_text_is_read_or_is_an_error(line: str) -> None:
    try:
        fields = csv_fields(line)
    except CsvError:
        return
    assert fields
    assert '"' in line or ",".join(fields) == line
