"""The ignore file."""

import posixpath
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stepper.dockerfile.ignore import IgnoreFile
from stepper.errors import DockerfileError


def ignores(text: str, path: str) -> bool:
    return IgnoreFile.parse(text).ignores(path)


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("build", "build", True),
        ("build", "build/deep/file", True),
        ("build", "src/build", False),
        ("build", "builder", False),
        ("/build", "build", True),
        ("build/", "build", True),
        ("./build", "build/x", True),
        ("a/../build", "build", True),
        ("  build  ", "build", True),
        ("*.log", "x.log", True),
        ("*.log", "logs/x.log", False),
        ("*/*.log", "logs/x.log", True),
        ("**/*.log", "x.log", True),
        ("**/*.log", "a/b/x.log", True),
        ("**/node_modules", "a/node_modules/left/pad.js", True),
        ("**/node_modules", "node_modules", True),
        ("**/node_modules", "a/my_node_modules", False),
        ("src/**", "src/a/b", True),
        ("src/**", "src", False),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "a/bz", False),
        ("**", "anything/at/all", True),
        ("*", "anything/at/all", True),
        ("?.py", "a.py", True),
        ("?.py", "ab.py", False),
        ("[ab].py", "b.py", True),
        ("[^ab].py", "c.py", True),
        (r"\*.py", "*.py", True),
        (r"\*.py", "a.py", False),
        (r"\!keep", "!keep", True),
        ("**\n/!keep", "keep", False),
        (".git", ".gitignore", False),
        ("a.c", "abc", False),
        ("a+b", "a+b", True),
        ("a|b", "a|b", True),
        ("a|b", "a", False),
        ("a|b?", "az", True),
        ("?|b", "xb", True),
        ("x?|b", "yz", False),
        ("?{2}", "ab", True),
        ("?{,2}", "a{,2}", True),
        ("# comment", "# comment", False),
        (" # no comment", "# no comment", True),
        ("é*", "éa", True),
    ],
)
def test_a_pattern_ignores_what_it_matches_and_all_below(pattern: str, path: str, expected: bool) -> None:
    assert ignores(pattern, path) is expected


def test_the_last_rule_that_matches_decides() -> None:
    text = "*\n!src\nsrc/*.log\n!src/keep.log\n"
    assert ignores(text, "README.md")
    assert not ignores(text, "src/main.py")
    assert ignores(text, "src/x.log")
    assert not ignores(text, "src/keep.log")


def test_an_exception_in_an_ignored_directory_takes_back_in() -> None:
    text = "docs\n!docs/README.md\n"
    assert ignores(text, "docs")
    assert ignores(text, "docs/other.md")
    assert not ignores(text, "docs/README.md")


def test_an_exception_for_a_directory_that_is_not_ignored_takes_nothing_back_in() -> None:
    assert ignores("**/*.md\n!docs\n", "docs/a.md")
    assert not ignores("**/*.md\n!docs/*.md\n", "docs/a.md")
    assert not ignores("docs\n!docs\n", "docs/a.md")


def test_a_rule_after_the_exception_ignores_again() -> None:
    assert ignores("docs\n!docs/a\ndocs/a/b\n", "docs/a/b/c")
    assert ignores("!docs/a\ndocs\n", "docs/a")


def test_the_deciding_rule_is_told_with_its_line() -> None:
    file = IgnoreFile.parse("# what we build\n\n/dist/\n! dist/keep\r\n")
    rule = file.decide("dist/x/y")
    assert rule is not None
    assert (rule.text, rule.line, rule.reincludes) == ("/dist/", 3, False)
    exception = file.decide("dist/keep")
    assert exception is not None
    assert (exception.text, exception.line, exception.reincludes) == ("! dist/keep", 4, True)
    assert file.decide("src") is None


@pytest.mark.parametrize(
    ("text", "directory", "expected"),
    [
        ("build\n", "build", False),
        ("build\n!build/keep\n", "build", True),
        ("build\n!build/deep/keep\n", "build/deep", True),
        ("build\n!build/deep/keep\n", "build/other", False),
        ("build\n!src\n", "build", False),
        ("build\n!**/keep\n", "build/x", True),
        ("build\n!build/*/keep\n", "build/x", True),
        ("!build/keep\nbuild\n", "build", False),
        ("*\n!a/b\n", "a", True),
        ("*\n!a/b\n", "c", False),
    ],
)
def test_directories_that_nobody_needs_to_look_into(text: str, directory: str, expected: bool) -> None:
    assert IgnoreFile.parse(text).may_reinclude_below(directory) is expected


def test_a_byte_order_mark_and_line_ends_are_no_part_of_a_pattern() -> None:
    assert ignores("\ufeffbuild\r\nother\r\n", "build")
    assert IgnoreFile.parse(b"\xef\xbb\xbfbuild\r\n").ignores("build")


@pytest.mark.parametrize("pattern", ["[", "a[", "[]", "[z-a]", "a\\", "!", "!/", r"\q*"])
def test_a_pattern_that_cannot_be_read_is_an_error_with_its_line(pattern: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        IgnoreFile.parse(f"# first\n{pattern}\n", "web.dockerignore")
    assert str(caught.value).startswith("web.dockerignore:2: ")


def test_an_empty_file_ignores_nothing() -> None:
    assert IgnoreFile.parse("") == IgnoreFile()
    assert not IgnoreFile().ignores("a")


NAMES = st.lists(st.text(alphabet="ab.", min_size=1, max_size=3), min_size=1, max_size=4)
PATHS = NAMES.map("/".join).filter(lambda path: posixpath.normpath(path) == path and not path.startswith(".."))
RULES = st.lists(
    st.tuples(
        st.sampled_from(["", "!"]),
        st.text(alphabet="ab.*?/", min_size=1, max_size=7).filter(lambda text: text.strip("/.")),
    ),
    min_size=1,
    max_size=5,
)


def _expression(pattern: str) -> str:
    """A pattern as one regular expression."""
    cleaned = re.sub("^/+(?=.)", "", posixpath.normpath(pattern)) or "/"
    if cleaned.startswith("**") and not re.search(r"[*?]", cleaned[2:]) and not cleaned.startswith("**/"):
        return ".*" + re.escape(cleaned[2:])
    pieces = {"*": "[^/]*", "?": "[^/]"}
    expression = ""
    for piece in re.findall(r"\*\*/?|.", cleaned):
        expression += "<any>" if piece.startswith("**") else pieces.get(piece, re.escape(piece))
    return re.sub("<any>$", ".*", expression).replace("<any>", "(.*/)?")


def _decided_by_brute_force(rules: list[tuple[str, str]], path: str) -> bool:
    """Every rule tried on every directory from the top down."""
    parts = path.split("/")
    held = [False] * len(rules)
    ignored = False
    for count in range(1, len(parts) + 1):
        ignored = False
        above, held = held, []
        for number, (sign, pattern) in enumerate(rules):
            would_change = ignored if sign else not ignored
            here = re.fullmatch(_expression(pattern), "/".join(parts[:count])) is not None
            held.append(above[number] or (would_change and here))
            if held[-1]:
                ignored = not sign
    return ignored


@given(RULES, PATHS)
@settings(max_examples=600)
@example([("", "**/a"), ("!", "b/*")], "b/a")
def test_it_agrees_with_trying_every_rule_on_every_directory(rules: list[tuple[str, str]], path: str) -> None:
    text = "\n".join(sign + pattern for sign, pattern in rules)
    assert ignores(text, path) is _decided_by_brute_force(rules, path)


@given(RULES, PATHS)
@settings(max_examples=300)
def test_nothing_is_taken_back_in_where_it_says_so(rules: list[tuple[str, str]], path: str) -> None:
    file = IgnoreFile.parse("\n".join(sign + pattern for sign, pattern in rules))
    parts = path.split("/")
    for count in range(1, len(parts)):
        directory = "/".join(parts[:count])
        if file.ignores(directory) and not file.may_reinclude_below(directory):
            assert file.ignores(path)
