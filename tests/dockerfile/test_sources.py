"""What the sources of ADD are, and what its flags say about them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.sources import GitSource, SourceKind, UrlSource, parse_sources, source_kind

DIGEST = "sha256:" + "0" * 64
GIT = "https://h/r.git"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://h/a", "a"),
        ("https://h/d/a.tar.gz?x=1#y", "a.tar.gz"),
        ("http://h/d/", "d"),
        ("http://h/d//", "d"),
        ("http://h", "__unnamed__"),
        ("http://h/", "__unnamed__"),
        ("http://h/?x=/y", "__unnamed__"),
        ("http://h/a%20b", "a b"),
        ("http://h/a%2fb", "b"),
        ("http://h/a%zz", "__unnamed__"),
    ],
)
def test_a_url_gives_its_last_part_as_the_name(url: str, name: str) -> None:
    assert parse_sources([url]) == (UrlSource(url, name),)


def test_sources_of_all_kinds_stay_in_order() -> None:
    assert parse_sources(["a", "http://h/b", f"{GIT}#v:d", "*"]) == (
        "a",
        UrlSource("http://h/b", "b"),
        GitSource(GIT, "v", "d"),
        "*",
    )


def test_the_flags_go_to_what_they_are_for() -> None:
    assert parse_sources(["http://h/b"], checksum=DIGEST, keep_git_dir=True) == (UrlSource("http://h/b", "b", DIGEST),)
    assert parse_sources([GIT], checksum="ABC", keep_git_dir=True) == (GitSource(GIT, "", "", "ABC", True),)
    assert parse_sources([f"{GIT}?keep-git-dir=1&submodules=0"]) == (
        GitSource(GIT, keep_git_dir=True, submodules=False),
    )
    assert parse_sources([f"{GIT}?commit=abc"], checksum="abc") == (GitSource(GIT, checksum="abc"),)


def test_what_one_repository_says_counts_for_those_after_it() -> None:
    other = "https://h/s.git"
    assert parse_sources([f"{GIT}?keep-git-dir=1", other]) == (
        GitSource(GIT, keep_git_dir=True),
        GitSource(other, keep_git_dir=True),
    )


@pytest.mark.parametrize(
    ("sources", "checksum", "keep", "message"),
    [
        (["a", "b"], DIGEST, None, "checksum can't be specified for multiple sources"),
        ([], DIGEST, None, "checksum can't be specified for multiple sources"),
        (["a"], DIGEST, None, "checksum requires HTTP(S) or Git sources"),
        (["http://h/a"], "abc", None, "invalid checksum digest format: abc"),
        (["http://h/a"], "sha256:", None, "invalid checksum digest format: sha256:"),
        (["http://h/a"], "sha256:abc", None, "invalid checksum digest length: sha256:abc"),
        (["http://h/a"], "sha256:" + "A" * 64, None, "invalid checksum digest format: sha256:" + "A" * 64),
        (["http://h/a"], "md5:" + "0" * 32, None, "unsupported digest algorithm: md5"),
        (["http://h/a"], "MD5:00", None, "invalid checksum digest format: MD5:00"),
        ([GIT], "xyz", None, "invalid checksum xyz for Git URL, expected hex commit hash"),
        ([f"{GIT}?commit=abc"], "abd", None, 'checksum mismatch "abd" != "abc"'),
        ([f"{GIT}?keep-git-dir=1"], None, False, "inconsistent keep-git-dir configuration"),
        (["http://[::1/a"], None, None, "http://[::1/a is no valid URL: Invalid IPv6 URL"),
    ],
)
def test_what_cannot_be_meant_is_an_error(
    sources: list[str], checksum: str | None, keep: bool | None, message: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_sources(sources, checksum=checksum, keep_git_dir=keep)
    assert caught.value.message == message


@given(st.lists(st.text(max_size=20) | st.text(max_size=20).map("http://h/".__add__), max_size=3))
def test_every_source_is_of_the_kind_that_it_is_told_to_be(written: list[str]) -> None:
    kinds = {str: SourceKind.PATH, UrlSource: SourceKind.URL, GitSource: SourceKind.GIT}
    with contextlib.suppress(MalformedError):
        assert [kinds[type(source)] for source in parse_sources(written)] == [source_kind(text) for text in written]
