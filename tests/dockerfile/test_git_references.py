"""How Git repositories are written."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.git_references import GitReference, parse_git_reference
from stepper.dockerfile.malformed import MalformedError

URL = "https://example.com/a/b.git"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (URL, GitReference(URL)),
        (f"{URL}#v1:sub/x", GitReference(URL, "v1", "sub/x")),
        (f"{URL}#:sub", GitReference(URL, "", "sub")),
        (f"{URL}#a%2fb", GitReference(URL, "a/b")),
        (f"{URL}?ref=v1&subdir=s", GitReference(URL, "v1", "s")),
        (f"{URL}?branch=main", GitReference(URL, "refs/heads/main")),
        (f"{URL}?branch=refs/heads/main#refs/heads/main", GitReference(URL, "refs/heads/main")),
        (f"{URL}?tag=v1", GitReference(URL, "refs/tags/v1")),
        (f"{URL}?checksum=abc#v1", GitReference(URL, "v1", checksum="abc")),
        (f"{URL}?commit=abc", GitReference(URL, checksum="abc")),
        (f"{URL}?keep-git-dir", GitReference(URL, keep_git_dir=True)),
        (f"{URL}?keep-git-dir=0&submodules=F", GitReference(URL, keep_git_dir=False, submodules=False)),
        (f"{URL}#v1?branch=main", GitReference(URL, "v1?branch=main")),
        ("HTTP://h/x.git", GitReference("http://h/x.git")),
        ("https://u:p@h:8/x.git", GitReference("https://u:p@h:8/x.git")),
        ("git@example.com:a/b#main:d", GitReference("git@example.com:a/b", "main", "d")),
        ("git@example.com:a/b?subdir=d", GitReference("git@example.com:a/b", "", "d")),
        ("git://example.com/b", GitReference("git://example.com/b")),
        ("ssh://git@example.com/b", GitReference("ssh://git@example.com/b")),
        ("https://example.com/a/b", None),
        ("https://example.com/a#b.git", None),
        ("https://example.com/a?b.git", None),
        ("https://[::1/x.git", None),
        ("ftp://example.com/b.git", None),
        ("./git@example.com:a", None),
        ("github.com/a/b.git", None),
        ("folder/b.git", None),
    ],
)
def test_a_repository_is_told_by_its_form(written: str, expected: GitReference | None) -> None:
    assert parse_git_reference(written) == expected


def test_for_a_context_a_bare_github_is_a_repository() -> None:
    assert parse_git_reference("github.com/a/b#v1", bare_github=True) == GitReference("https://github.com/a/b", "v1")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("foo=1", 'unexpected query "foo"'),
        ("ref=", 'query "ref" has no value'),
        ("ref=a&ref=b", 'query "ref" has multiple values'),
        ("branch=a&tag=b", "branch conflicts with tag"),
        ("keep-git-dir=x", 'invalid keep-git-dir value: "x"'),
        ("ref=a#b", 'ref conflicts: "b" vs "a"'),
        ("tag=a#a", 'ref conflicts: "a" vs "refs/tags/a"'),
        ("subdir=a#:b", 'subdir conflicts: "b" vs "a"'),
    ],
)
def test_a_query_that_cannot_be_meant_is_an_error_in_buildkits_words(query: str, message: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_git_reference(f"{URL}?{query}")
    assert caught.value.message == message


@given(st.text(max_size=40))
def test_any_text_is_a_repository_or_none_or_an_error_of_the_file(text: str) -> None:
    with contextlib.suppress(MalformedError):
        parse_git_reference(text)
    with contextlib.suppress(MalformedError):
        parse_git_reference(f"https://h/x.git{text}", bare_github=True)
