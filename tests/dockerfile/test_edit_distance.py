"""Which of the known words was probably meant."""

import pytest

from stepper.dockerfile.edit_distance import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("builder", None),
        ("bulder", "builder"),
        ("buildder", "builder"),
        ("bilder", "builder"),
        ("biulder", "builder"),
        ("buildres", "builder"),
        ("tset", "test"),
        ("build", "builder"),
        ("bu", None),
        ("t", None),
        ("x", None),
        ("", None),
        ("production", None),
    ],
)
def test_the_nearest_word_is_at_most_two_edits_away(word: str, meant: str | None) -> None:
    assert nearest(word, ["test", "builder"]) == meant


def test_the_fewest_edits_win_and_then_the_first() -> None:
    assert nearest("cart", ["dart", "card", "cat"]) == "dart"
    assert nearest("carts", ["dart", "part", "cart"]) == "cart"
    assert nearest("x", []) is None


def test_a_suggestion_is_the_end_of_a_message() -> None:
    assert did_you_mean("FROM") == " (did you mean FROM?)"
    assert did_you_mean(None) == ""
