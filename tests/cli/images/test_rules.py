"""The rules of `stepper layers --ci`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepper.cli.images.rules import Status, read_rules
from stepper.errors import UsageError
from stepper.image.dive_figures import DiveFigures

FIGURES = DiveFigures(efficiency=0.95, wasted_bytes=20_000_000, wasted_ratio=0.25, wasteful=())
BARE = DiveFigures(efficiency=1.0, wasted_bytes=0, wasted_ratio=float("nan"), wasteful=())


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def statuses(figures: DiveFigures = FIGURES, **options: str) -> list[str]:
    return [verdict.status.value for verdict in read_rules(options, None).verdicts(figures)]


def test_without_anything_the_rules_are_those_of_dive() -> None:
    assert statuses() == ["pass", "off", "fail"]


def test_the_file_in_the_folder_counts_and_the_command_line_goes_first() -> None:
    Path(".dive-ci").write_text(
        "---\n# rules for CI\nrules:\n  lowestEfficiency: 0.99  # high\n  highestWastedBytes: '10MB'\n"
        '  highestUserWastedPercent: "disabled"\n'
    )
    assert statuses() == ["fail", "fail", "off"]
    assert statuses(lowestEfficiency="0.5", highestWastedBytes="20MB") == ["pass", "pass", "off"]


def test_a_verdict_says_what_was_wanted_and_what_is() -> None:
    (failed,) = [v for v in read_rules({}, None).verdicts(FIGURES) if v.status is Status.FAILED]
    assert failed.rule == "highestUserWastedPercent"
    assert failed.wanted == "0.1"
    assert failed.reason == "the wasted bytes are 0.2500 of those above the base"


def test_an_image_with_nothing_above_its_base_breaks_no_rule() -> None:
    assert statuses(BARE) == ["pass", "off", "pass"]


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ("20MB", "pass"),
        ("19.9 MB", "fail"),
        ("20000000", "pass"),
        ("19MiB", "fail"),
        ("20 mib", "pass"),
        ("1G", "pass"),
    ],
)
def test_sizes_are_written_as_people_write_them(size: str, status: str) -> None:
    assert statuses(highestWastedBytes=size)[1] == status


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lowestEfficiency: 0.9\n", ":1: only `rules:` can stand here"),
        ("rules:\n  lowestEfficency: 0.9\n", ":2: unknown rule: lowestEfficency: 0.9"),
        ("rules:\n  - 3\n", ":2: unknown rule"),
        ("rules:\n  lowestEfficiency: 90\n", "lowestEfficiency is a number from 0 to 1, not '90'"),
        ("rules:\n  highestWastedBytes: much\n", "highestWastedBytes is a size such as 20MB, not 'much'"),
    ],
)
def test_a_wrong_file_is_an_error_that_says_where(text: str, message: str) -> None:
    Path(".dive-ci").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_rules({}, None)
    assert message in str(caught.value)


def test_a_file_that_was_named_has_to_be_there() -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_rules({}, "none.yaml")


@given(st.text(max_size=60))
def test_a_file_of_any_text_is_rules_or_an_error(text: str) -> None:
    Path("rules").write_text(text, encoding="utf-8")
    try:
        read_rules({}, "rules")
    except UsageError:
        return
