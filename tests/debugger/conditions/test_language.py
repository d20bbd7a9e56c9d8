"""The expressions of conditions: what they mean, and what is said of those that mean nothing."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.debugger.conditions import ConditionError, When, parse_condition, parse_expression
from stepper.debugger.conditions.kinds import Value
from stepper.debugger.conditions.parser import parse
from stepper.debugger.conditions.tree import (
    Call,
    Comparison,
    In,
    Items,
    Logical,
    Lookup,
    Name,
    Node,
    Not,
    Quantity,
    Table,
    Text,
    Truth,
)
from stepper.debugger.conditions.vocabulary import FUNCTIONS, NAMES, TABLES, VOCABULARY, About, vocabulary_table
from stepper.errors import StepperError


class Known:
    """Facts that are written down; what was asked is noted."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.names: dict[str, Value] = {
            "layer.size": 60_000_000,
            "layer.files": 12,
            "seconds": 42.5,
            "cached": False,
            "stage": "build",
            "instruction": "COPY",
            "line": 7,
            "user": "",
            "image.size": 2**30,
        }

    def value(self, name: str) -> Value:
        self.asked.append(name)
        if name not in self.names:
            raise StepperError(f"{name} is not known")
        return self.names[name]

    def table(self, table: str) -> Mapping[str, str]:
        self.asked.append(table)
        return {"NODE_ENV": "test", "N": "4", "a.b": "dots"}

    def call(self, function: str, argument: str) -> Value:
        self.asked.append(f"{function} {argument}")
        answers: dict[str, Value] = {"exists": argument == "/here", "size": 5000, "file": "one\ntwo\n"}
        return answers.get(function, False)


@pytest.mark.parametrize(
    "text",
    [
        "layer.size > 50MB",
        "layer.size == 60000000",
        "layer.size < 58MiB and layer.size > 57MiB",
        "image.size == 1GiB",
        "image.size >= 1024MiB and image.size <= 1073741824B",
        'stage == "build" and instruction == "COPY"',
        "stage == 'build' && !cached",
        'env.NODE_ENV != "production"',
        "seconds > 30",
        "seconds > 30s and seconds < 1m and seconds > 42400ms and seconds < 1h",
        "not cached",
        "not not true",
        "not cached and line == 7",
        "cached or line in [3, 7]",
        'instruction not in ["RUN", "ADD"]',
        '"NODE_ENV" in env and "X" not in env',
        'env["NODE_ENV"] == env.NODE_ENV',
        "label.a.b == 'dots'",
        'label["a.b"] == "dots"',
        'env.MISSING == ""',
        'number(env.N) >= 4',
        '"two" in file("/etc/x")',
        'exists("/here") and not exists("/there")',
        'size("/x") == 5kB',
        'matches(stage, "b*d") and matches("a/b", "?*[ab]") and not matches("x", "[!x]")',
        "false or (true and (line == 7 or cached))",
        "true or true and false",
        'user == ""',
        '"\\"" in "a\\"b"',
    ],
)  # fmt: skip
def test_what_holds(text: str) -> None:
    assert parse_condition(text).holds(Known())
    assert not parse_condition(f"not ({text})").holds(Known())


@pytest.mark.parametrize(
    ("text", "wrong", "message", "hint"),
    [
        ("layer.sise > 3", "layer.sise", "nothing is called layer.sise (did you mean layer.size?)", None),
        ("Cached", "Cached", "nothing is called Cached (did you mean cached?)", None),
        ("exist('/x')", "exist", "nothing is called exist (did you mean exists?)", None),
        ("layer.weight > 3", "layer.weight", "nothing is called layer.weight", "There is layer.size, layer.files"),
        ("stage == build", "build", "nothing is called build", "A text goes in quotes."),
        ("foo", "foo", "nothing is called foo", "A text goes in quotes."),
        ("ture", "ture", "nothing is called ture (did you mean true?)", None),
        ("cached and NOT cached", "NOT", "nothing is called NOT (did you mean not?)", None),
        ("NODE_ENV == 'x'", "NODE_ENV", "nothing is called NODE_ENV", "env.NODE_ENV or arg.NODE_ENV"),
        ("layer.size > 50M", "M", "M is no unit (did you mean MB?)", "Sizes are in"),
        ("layer.size > 50mb", "mb", "mb is no unit (did you mean MB?)", "Sizes are in"),
        ("seconds > 3 0", "0", "an and or an or is missing before this", None),
        ("stage = 'x'", "=", "'=' means nothing here", "compared with =="),
        ("stage == 'x", "'x", "this text has no closing '", None),
        ("stage == \"x' or cached", "\"x' or cached", 'this text has no closing "', None),
        ("layer.size > 'x'", "layer.size > 'x'", "they cannot be compared", None),
        ("layer.size > 30s", "layer.size > 30s", "layer.size is a size, and 30s is a duration", None),
        ("env.N > 3", "env.N > 3", "env.N is a text, and 3 is a number", "Write number(env.N)."),
        ("layer.size", "layer.size", "this is a size, and a condition is true or false", "Compare it"),
        ("layer.size and cached", "layer.size", "is a size, not true or false", "Compare it, as layer.size > 50MB."),
        ("cached == true and cached > true", "cached > true", "there is no > for true or false", None),
        ("1 < line < 3", "<", "only two things can be compared", "Join comparisons with and."),
        ("cached and", "", "something to ask for is missing here", None),
        ("(cached", "", "a ) is missing here", None),
        ("", "", "there is no expression", None),
        ("changed(/etc)", "/", "'/' means nothing here", "in quotes"),
        ("changed()", "changed()", "it is used as changed(GLOB)", None),
        ("changed", "changed", "it is used as changed(GLOB)", None),
        ("cached()", "cached", "is not called with parentheses", None),
        ("changed(3)", "3", "changed takes a text, and this is a number", None),
        ("changed('/etc/[')", "'/etc/['", "/etc/[ has a [ without its ]", None),
        ("file('etc') == ''", "'etc'", "a path begins with a slash", None),
        ("env == 'x'", "env", "env is a table", 'Ask for env.NAME, or "NAME" in env.'),
        ("instruction == 'copy'", "'copy'", 'there is no instruction "copy" (did you mean COPY?)', None),
        ("instruction in ['RUN', 'CPOY']", "'CPOY'", 'there is no instruction "CPOY" (did you mean COPY?)', None),
        ("stage == 'Build'", "'Build'", 'stage names are in lower case here: "build"', None),
        ("stage == 0", "stage == 0", "stage is a text, and 0 is a number", 'A stage\'s number is a text: "0".'),
        ("line in 3", "line", "only a text can be in 3", None),
        ("3 in [cached]", "cached", "3 is a number, and cached is true or false", None),
        ("label.a-b == 'x'", "-", "'-' means nothing here", None),
        ("cached and ; x", ";", "';' means nothing here", None),
        ("(" * 60 + "cached" + ")" * 60, "cached", "nested too deep", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, wrong: str, message: str, hint: str | None) -> None:
    with pytest.raises(ConditionError) as raised:
        parse_condition(text)
    error = raised.value
    assert message in error.message
    if "deep" not in message:
        assert text[error.start : error.end] == wrong
    if hint is not None:
        assert hint in (error.hint or "")


def test_a_caret_stands_below_what_is_wrong() -> None:
    with pytest.raises(ConditionError) as raised:
        parse_condition("line > 3 and sise > 3")
    assert raised.value.pointed() == ("line > 3 and sise > 3", "             ^^^^")


def test_nothing_is_asked_that_does_not_count() -> None:
    known = Known()
    assert parse_condition('line == 7 or exists("/x")').holds(known)
    assert not parse_condition('cached and exists("/x")').holds(known)
    assert known.asked == ["line", "cached"]


def test_a_fact_that_cannot_be_had_is_an_error_at_its_place() -> None:
    with pytest.raises(ConditionError, match="exit_code is not known") as raised:
        parse_condition("line == 7 and exit_code == 0").holds(Known())
    assert (raised.value.start, raised.value.end) == (14, 23)
    with pytest.raises(ConditionError, match="'test' is no number"):
        parse_condition("number(env.NODE_ENV) == 0").holds(Known())


@pytest.mark.parametrize(
    ("text", "when", "about"),
    [
        ("line == 3 and arg.X == 'y'", When.BEFORE, About.STEP),
        ("exists('/x') and env.A == 'b'", When.BEFORE, About.IMAGE),
        ("line == 3 and changed('/x')", When.AFTER, About.STEP),
        ("'x' in env", When.BEFORE, About.IMAGE),
        ("image.size < 100MB", When.BEFORE, About.IMAGE),
        ("seconds < 3", When.AFTER, About.STEP),
        ("true", When.BEFORE, About.IMAGE),
    ],
)
def test_when_it_is_known_and_what_it_is_about(text: str, when: When, about: About) -> None:
    expression = parse_condition(text)
    assert (expression.when, expression.about) == (when, about)


def test_an_explanation_gives_what_was_asked_and_found() -> None:
    text = 'layer.size > 50MB and seconds < 9 and exists("/here") and exit_code == 0 and env.N == "x"'
    assert parse_condition(text).explain(Known()) == (
        "layer.size is 60.0 MB",
        "seconds is 42.5s",
        'exists("/here") is true',
        'env.N is "4"',
    )


def test_every_word_is_explained_and_can_be_written_as_shown() -> None:
    arguments = {"GLOB": '"/x"', "PATH": '"/x"', "TEXT": "stage", "PATTERN": '"*"'}
    for word in VOCABULARY:
        assert word.help
        written = word.written
        for parameter, argument in arguments.items():
            written = written.replace(parameter, argument) if word.parameters else written
        assert parse_expression(written).kind is word.kind


def test_the_readme_has_the_table_of_all_that_can_be_asked() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    assert vocabulary_table() in readme, "put the output of vocabulary_table() between the marks in README.md"


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    *(
                        "and",
                        "or",
                        "not",
                        "in",
                        "(",
                        ")",
                        "[",
                        "]",
                        "==",
                        "<",
                        ",",
                        ".",
                        "cached",
                        "layer",
                        "size",
                        "env",
                    ),
                    *(
                        "'x'",
                        '"',
                        "3",
                        "50MB",
                        "9" * 400,
                        "changed",
                        "matches",
                        "(",
                        "(",
                        "true",
                        "\\",
                        "!",
                        "&&",
                        "[*",
                    ),
                ]
            ),
            max_size=60,
        ).map(" ".join),
    )
)
def test_no_text_raises_anything_but_the_errors_of_the_language(text: str) -> None:
    with suppress(ConditionError):
        assert parse_expression(text).value(Known()) is not None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("a('\"[ ]).\n3é"), max_size=20))
def test_the_place_of_an_error_is_in_the_text(text: str) -> None:
    with pytest.raises(ConditionError) as raised:
        parse_condition(text)
    error = raised.value
    assert 0 <= error.start <= error.end <= len(text)
    written, carets = error.pointed()
    assert len(carets) <= len(written) + 1


_TEXTS = st.text(alphabet=st.sampled_from("ab\"'\\\n\t é{}"), max_size=5).map(Text)
_LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.booleans().map(Truth),
    _TEXTS,
    st.builds(Quantity, st.sampled_from(["0", "3", "1.5"]), st.sampled_from(["", "MB", "ms"])),
    st.sampled_from(sorted(NAMES)).map(Name),
    st.builds(Lookup, st.sampled_from(sorted(TABLES)), st.sampled_from(["A", "a-b", 'q"', "_1"])),
)


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    containers = st.one_of(
        inner, st.lists(inner, max_size=3).map(tuple).map(Items), st.sampled_from(sorted(TABLES)).map(Table)
    )
    return st.one_of(
        st.builds(Not, inner),
        st.builds(Logical, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(In, inner, containers, st.booleans()),
        st.builds(
            lambda function, given: Call(function, tuple(given[: len(FUNCTIONS[function].parameters or ())])),
            st.sampled_from(sorted(FUNCTIONS)),
            st.lists(inner, min_size=2, max_size=2),
        ),
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(_LEAVES, _larger, max_leaves=8))
def test_what_is_printed_is_read_as_the_same(node: Node) -> None:
    assert parse(str(node)) == node
