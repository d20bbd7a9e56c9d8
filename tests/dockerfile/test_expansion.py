"""How the words of an instruction expand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.dockerfile.expansion import Expansion, ExpansionError, expand, expand_word, expand_words

VARIABLES = {
    "version": "1.2.3",
    "path": "/srv/app/main.tar.gz",
    "empty": "",
    "spaced": " one  two ",
    "stars": "a*b?c",
}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain", "plain"),
        ("$version", "1.2.3"),
        ("v${version}-x", "v1.2.3-x"),
        ("$versions", ""),
        ("$missing", ""),
        ("${missing}", ""),
        ("a$", "a$"),
        ("$.", "$."),
        ("${missing:-w}", "w"),
        ("${empty:-w}", "w"),
        ("${empty-w}", ""),
        ("${missing-w}", "w"),
        ("${version:-w}", "1.2.3"),
        ("${version:+w}", "w"),
        ("${empty:+w}", ""),
        ("${empty+w}", "w"),
        ("${missing+w}", ""),
        ("${version:?e}", "1.2.3"),
        ("${empty?e}", ""),
        ("${missing:-${version:-x}}", "1.2.3"),
        ("${missing:-${other:-deep}}", "deep"),
        ("${missing:-a b}", "a b"),
        ("${missing:-'a }'}", "a }"),
        ("${missing:-}}", "}"),
    ],
)
def test_variables_and_their_modifiers(word: str, expected: str) -> None:
    assert expand_word(word, VARIABLES) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("${path#*/}", "srv/app/main.tar.gz"),
        ("${path##*/}", "main.tar.gz"),
        ("${path%.*}", "/srv/app/main.tar"),
        ("${path%%.*}", "/srv/app/main"),
        ("${path#nothing}", "/srv/app/main.tar.gz"),
        ("${path%}", "/srv/app/main.tar.gz"),
        ("${version#?.}", "2.3"),
        ("${version%%.[0-9]}", "1.2.3"),
        (r"${stars#a\*}", "b?c"),
        (r"${stars%\?c}", "a*b"),
        ("${missing#x}", ""),
        ("${version#${version%.*}}", ".3"),
    ],
)
def test_prefixes_and_suffixes_are_taken_off(word: str, expected: str) -> None:
    assert expand_word(word, VARIABLES) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("${version/./-}", "1-2.3"),
        ("${version//./-}", "1-2-3"),
        ("${version//?/x}", "xxxxx"),
        ("${version/*/all}", "all"),
        ("${version//*/all}", "all"),
        ("${version///-}", "-1-.-2-.-3-"),
        ("${version/.}/gone}", "1.2.3"),
        (r"${path//\//:}", ":srv:app:main.tar.gz"),
        ("${version/1/$path}", "/srv/app/main.tar.gz.2.3"),
        (r"${version//[.]/-}", "1.2.3"),
        ("${version//./'$0'}", "1.2.3"),
        ("${version//1/'$1$$'}", "$.2.3"),
        ("${missing/a/b}", ""),
    ],
)
def test_patterns_are_replaced(word: str, expected: str) -> None:
    assert expand_word(word, VARIABLES) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("'$version'", "$version"),
        (r"'a\b'", r"a\b"),
        ('"$version"', "1.2.3"),
        ('"it\'s"', "it's"),
        (r'"a\"b"', 'a"b'),
        (r'"a\$version"', "a$version"),
        (r'"a\nb"', r"a\nb"),
        (r'"a\\b"', r"a\b"),
        (r"\$version", "$version"),
        (r"a\ b", "a b"),
        (r"a\nb", "anb"),
        ("end\\", "end"),
        ('"end\\a"', "end\\a"),
        ("''", ""),
        ("a'b'\"c\"", "abc"),
    ],
)
def test_quotes_and_escapes(word: str, expected: str) -> None:
    assert expand_word(word, VARIABLES) == expected


def test_the_escape_character_is_the_files() -> None:
    assert expand_word(r"C:\path`$version", VARIABLES, escape="`") == r"C:\path$version"


@pytest.mark.parametrize("name", ["1", "42", "@", "*", "#", "?", "-", "$", "!", "0"])
def test_a_shells_special_parameters_are_never_set(name: str) -> None:
    assert expand_word(f"a${name}b", VARIABLES) == "ab"
    assert expand_word(f"${{{name}:-w}}", VARIABLES) == "w"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("${version", "'${version' is not closed"),
        ("${version:-x", "'${version' is not closed"),
        ("${version/a}", "'${version' is not closed: missing '/'"),
        ("${version/a/b", "'${version' is not closed"),
        ("${", "not closed"),
        ("${}", "bad substitution"),
        ("${{version}}", "bad substitution"),
        ("${:-x}", "bad substitution"),
        ("${version:=x}", "unsupported modifier ':='"),
        ("${version:x}", "unsupported modifier ':x'"),
        ("${version=x}", "unsupported modifier '='"),
        ("${version:#x}", "unsupported modifier ':#'"),
        ("${missing:?set it}", "missing: set it"),
        ("${missing:?}", "missing: is not allowed to be unset"),
        ("${empty:?}", "empty: is not allowed to be empty"),
        ("${missing?}", "missing: is not allowed to be unset"),
        ("'open", "single quote is not closed"),
        ('"open', "double quote is not closed"),
        (r"${version#\a}", r"invalid escape '\a' in the pattern of '${version'"),
    ],
)
def test_a_word_that_cannot_be_expanded_says_why(word: str, message: str) -> None:
    with pytest.raises(ExpansionError) as caught:
        expand_word(word, VARIABLES)
    assert message in caught.value.message
    assert repr(word) in caught.value.message


def test_a_long_word_is_quoted_in_part() -> None:
    with pytest.raises(ExpansionError) as caught:
        expand_word("x" * 1000 + "'", {})
    assert len(caught.value.message) < 200


def test_an_error_tells_whose_value_is_the_reason() -> None:
    with pytest.raises(ExpansionError) as caught:
        expand("$other${missing:?}", VARIABLES)
    assert caught.value.name == "missing"
    assert caught.value.unset == {"other", "missing"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a$spaced", ("a", "one", "two")),
        ('a"$spaced"b', ("a one  two b",)),
        (r"a\ b c", ("a b", "c")),
        ("$missing", ()),
        ("''", ()),
        ("80 ${missing:-81}", ("80", "81")),
    ],
)
def test_words_split_at_blanks_that_are_not_quoted(word: str, expected: tuple[str, ...]) -> None:
    assert expand_words(word, VARIABLES) == expected


def test_the_word_of_a_modifier_starts_the_word_anew_when_splitting() -> None:
    # BuildKit does so: EXPOSE 80${X:-81} exposes 81.
    assert expand("80${missing:-81}", {}) == Expansion("8081", ("81",), unset=frozenset({"missing"}))


def test_no_depth_of_nesting_is_more_than_an_error() -> None:
    assert expand_word("${a:-" * 90 + "x" + "}" * 90, {}) == "x"
    with pytest.raises(ExpansionError, match="within each other"):
        expand_word("${a:-" * 5000 + "x" + "}" * 5000, {})


def test_the_names_that_were_looked_up_are_told() -> None:
    expansion = expand("$version ${missing:-$path} $empty", VARIABLES)
    assert expansion.used == {"version", "path", "empty"}
    assert expansion.unset == {"missing"}


def test_a_heredocs_body_keeps_its_quotes() -> None:
    body = "it's \"$version\"\n'${missing:-x}'\n\\$version\n"
    assert expand(body, VARIABLES, quotes=False).text == "it's \"1.2.3\"\n'x'\n$version\n"


def test_an_instruction_can_be_shown_with_what_is_known() -> None:
    shown = expand("RUN echo \"$version\" '$no' $HOME ${HOME:-x}", VARIABLES, keep_quotes=True, keep_unset=True)
    assert shown.text == "RUN echo \"1.2.3\" '$no' $HOME ${HOME:-x}"


WORDS = st.text(alphabet=st.sampled_from("ab1_ ${}:-+?#%/*\\'\"<é.`="), max_size=30)


@given(WORDS, st.sampled_from("\\`"))
@settings(max_examples=400)
def test_any_word_expands_or_is_an_error(word: str, escape: str) -> None:
    try:
        expansion = expand(word, {"a": "x y", "b": "", "ab": "a*b"}, escape=escape)
    except ExpansionError:
        return
    assert "".join(expansion.words).replace(" ", "") in expansion.text.replace(" ", "") or "${" in word


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="'")))
def test_single_quotes_protect_any_text(text: str) -> None:
    assert expand_word(f"'{text}'", {}) == text


@given(st.text(), st.sampled_from("\\`"))
def test_escaped_characters_come_out_as_they_are(text: str, escape: str) -> None:
    word = "a" + "".join(escape + character for character in text)
    assert expand_word(word, {}, escape=escape) == "a" + text


@given(st.text())
def test_a_value_is_not_expanded_again(value: str) -> None:
    assert expand_word('"$name"', {"name": value}) == value
    assert expand_word("${name}", {"name": value}) == value


@given(st.text(alphabet="ab.*?/", max_size=12), st.text(alphabet="ab.", max_size=8))
def test_what_a_trim_leaves_is_an_end_of_the_value(value: str, pattern: str) -> None:
    assert value.endswith(expand_word(f"${{name#{pattern}}}", {"name": value}))
    assert value.startswith(expand_word(f"${{name%{pattern}}}", {"name": value}))
