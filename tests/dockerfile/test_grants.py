"""What a RUN asks for has to be given, as far as that is known before it runs."""

import pytest

from stepper.dockerfile.excerpts import excerpt
from stepper.dockerfile.grants import Grants
from stepper.dockerfile.parser import parse
from stepper.dockerfile.validate import check

ALL = Grants(frozenset({"token"}), frozenset({"default"}), insecure=True, host_network=True)
ASKING = [
    ("RUN --mount=type=secret,id=token,required x", "secret token: not found", "token"),
    ("RUN --mount=type=ssh,required x", 'no SSH key "default" forwarded from the client', "type=ssh"),
    ("RUN --network=host x", "network.host is not allowed", "--network=host"),
    ("RUN --security=insecure x", "security.insecure is not allowed", "--security=insecure"),
]


def problems(text: str, grants: Grants | None) -> list[str]:
    return [str(error) for error in check(parse(text), {}, grants=grants)]


@pytest.mark.parametrize(("run", "message", "word"), ASKING)
def test_what_is_not_given_is_an_error_at_its_word(run: str, message: str, word: str) -> None:
    text = f"FROM busybox\n{run}\n"
    (error,) = check(parse(text), {}, grants=Grants())
    assert (error.line, error.message) == (2, message)
    found = excerpt(text, 2, error.message, error.word)
    assert found is not None
    assert found.text[found.start : found.end] == word
    assert problems(text, ALL) == []


@pytest.mark.parametrize(("run", "message", "word"), ASKING)
def test_nobody_asks_where_it_is_not_known_what_is_given(run: str, message: str, word: str) -> None:
    assert problems(f"FROM busybox\n{run}\n", None) == []


def test_what_is_not_required_may_be_missing() -> None:
    assert problems("FROM busybox\nRUN --mount=type=secret,id=a --mount=type=ssh --network=none x\n", Grants()) == []


def test_only_the_stages_that_are_needed_and_the_triggers_in_them_count() -> None:
    text = "FROM busybox AS a\nONBUILD RUN --network=host x\nFROM busybox AS b\nRUN --network=host x\nFROM a\n"
    assert problems(text, Grants()) == ["Dockerfile:5: network.host is not allowed"]


def test_a_name_that_only_the_base_image_tells_is_left_to_the_step() -> None:
    text = "FROM busybox\nRUN --mount=type=secret,id=$NAME,required x\n"
    assert problems(text, Grants()) == []
    assert problems(text.replace("busybox", "scratch").replace("$NAME", "${NAME:-a}"), Grants()) != []
