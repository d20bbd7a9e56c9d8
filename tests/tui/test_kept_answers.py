"""What takes a while is asked for once, and the newest question counts."""

from collections.abc import Callable
from typing import Any

from stepper.tui.controller import Job
from stepper.tui.kept_answers import KeptAnswers, NotNowError

SESSION: Any = None


def test_what_is_asked_while_an_answer_is_worked_out_is_answered_too() -> None:
    jobs: list[Job] = []
    answers: KeptAnswers[str] = KeptAnswers(jobs.append, lambda: None, most=5)

    def first(_: object) -> str:
        answers.ask("second", lambda _: "2")
        return "1"

    answers.ask("first", first)
    for job in jobs:
        job(SESSION)
    assert [answers.of("first"), answers.of("second")] == ["1", "2"]


def test_of_questions_that_have_not_begun_the_newest_is_answered() -> None:
    jobs: list[Job] = []
    answers: KeptAnswers[str] = KeptAnswers(jobs.append, lambda: None, most=5)
    for key in ("first", "second"):
        answers.ask(key, answer(key))
    for job in jobs:
        job(SESSION)
    assert [answers.of("first"), answers.of("second")] == [None, "second"]


def test_what_was_given_up_can_be_asked_again() -> None:
    jobs: list[Job] = []
    answers: KeptAnswers[str] = KeptAnswers(jobs.append, lambda: None, most=5)

    def give_up(_: object) -> str:
        raise NotNowError

    for work in (give_up, answer("now")):
        answers.ask("key", work)
        jobs.pop()(SESSION)
    assert answers.of("key") == "now"


def answer(text: str) -> Callable[[object], str]:
    return lambda _: text
