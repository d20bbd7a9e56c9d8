"""CopyIgnoredFile: sources that the ignore file keeps out of the build context."""

import pytest

from stepper.dockerfile.build_checks import check
from stepper.dockerfile.ignore import IgnoreFile
from stepper.dockerfile.parser import parse


def messages(instruction: str, ignore: str) -> list[str]:
    dockerfile = parse(f"FROM scratch AS other\nFROM scratch\nENV NAME=secret\n{instruction}\n")
    return [w.message for w in check(dockerfile, ignore_file=IgnoreFile.parse(ignore)) if w.rule == "CopyIgnoredFile"]


@pytest.mark.parametrize(
    ("instruction", "ignore", "path"),
    [
        ("COPY secret /", "secret", "secret"),
        ("COPY ./secret /", "secret", "secret"),
        ("COPY $NAME /", "secret", "secret"),
        ("COPY a/b/../c /", "a/c", "a/c"),
        ("COPY folder/file /", "folder", "folder/file"),
        ("COPY folder/ /", "folder", "folder"),
        ("COPY *.log /", "*.log", "*.log"),
        ("COPY a/x.log /", "**/*.log", "a/x.log"),
        ("COPY . /", "*", "."),
        ("COPY . /", "**", "."),
        ("COPY fine secret /to/", "# all\n\nsecret", "secret"),
        ('COPY ["secret", "/"]', "/secret", "secret"),
    ],
)
def test_a_source_that_is_left_out_is_told(instruction: str, ignore: str, path: str) -> None:
    assert messages(instruction, ignore) == [f'Attempting to Copy file "{path}" that is excluded by .dockerignore']


def test_add_is_told_as_well() -> None:
    assert messages("ADD secret /", "secret") == ['Attempting to Add file "secret" that is excluded by .dockerignore']


@pytest.mark.parametrize(
    ("instruction", "ignore"),
    [
        ("COPY fine /", "secret"),
        ("COPY . /", "secret"),
        ("COPY . /", "**/secret"),
        ("COPY secret /", ""),
        ("COPY secret /", "*\n!fine"),
        ("COPY --from=other secret /", "secret"),
        ("COPY <<secret /a\nsecret", "secret"),
        ("COPY /secret /", "secret"),
        ("ADD https://example.com/secret /", "**/secret"),
        ("ADD https://example.com/secret.git /", "**"),
        ("COPY file /secret", "secret"),
    ],
)
def test_anything_else_is_not(instruction: str, ignore: str) -> None:
    assert messages(instruction, ignore) == []


def test_without_an_ignore_file_nothing_is_told() -> None:
    assert check(parse("FROM scratch\nCOPY secret /\n")) == ()
