"""The registry of commands is complete, and everything that lists commands is made from it."""

from collections import Counter
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.content import Content

from stepper.debugger.state import Mode, SessionState
from stepper.tui.commands.command import Command, Group, key_name
from stepper.tui.commands.registry import COMMANDS, command, key_table
from stepper.tui.footer import fitting
from stepper.tui.help_screen import help_text
from stepper.tui.main_screen import MainScreen
from stepper.tui.palette import CommandProvider
from stepper.tui.situation import Situation
from tests.tui.harness import WIDE, Bench, settled

LINE_KEYS = {"up", "down", "left", "right", "pageup", "pagedown", "home", "end", "enter", "space", "j", "k"}
"""What moves within a panel."""


def test_no_id_and_no_key_is_given_twice() -> None:
    ids = Counter(each.id for each in COMMANDS)
    keys = Counter(key for each in COMMANDS for key in each.keys)
    assert [name for name, count in (ids + keys).items() if count > 1 and name not in ids] == []
    assert max(ids.values()) == max(keys.values()) == 1
    assert not keys.keys() & LINE_KEYS


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.id)
def test_every_command_says_what_it_is_and_has_a_key(each: Command) -> None:
    assert each.keys
    assert each.title[0].isupper()
    assert not each.title.endswith(".")
    assert each.description.endswith(".")
    assert each.refusal(Situation(SessionState())) is None or each.refusal(Situation(SessionState())) != ""


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.id)
def test_every_command_is_bound_helped_and_in_the_key_table(each: Command) -> None:
    bound = {
        key: binding.action
        for binding in MainScreen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }
    for key in each.keys:
        assert bound[key] == f"{'holding_command' if each.holds_keys else 'command'}('{each.id}')"
        assert f"`{key_name(key)}`" in key_table()
    assert each.title in help_text().plain
    assert each.description in key_table()


def test_the_readme_has_the_table_of_keys() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert key_table() in readme, "put the output of key_table() between the marks in README.md"


async def test_every_command_is_in_the_palette(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        provider = CommandProvider(pilot.app.screen)
        offered = [str(hit.text) async for hit in provider.discover()]
        assert sorted(offered) == sorted(each.title for each in COMMANDS if each.id != "palette")
        found = [str(hit.text) async for hit in provider.search("breakpoint")]
        assert "Toggle breakpoint" in found


def test_letters_come_first_and_function_keys_are_aliases() -> None:
    assert command("step_over").keys == ("n", "f10")
    assert command("continue").keys == ("c", "f5")
    assert command("toggle_breakpoint").keys == ("b", "f9")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_the_footer_shows_what_matters_most_and_fits(width: int) -> None:
    situation = Situation(SessionState(mode=Mode.STOPPED))
    chosen = fitting(situation, width)
    labels = [f" {each.key_names[0]} {each.footer.text} " for each in chosen if each.footer is not None]
    assert sum(map(len, labels)) <= width
    assert {"step_over", "help"} <= {each.id for each in chosen}


def test_the_footer_offers_to_interrupt_first_while_a_step_runs_and_only_then() -> None:
    running = fitting(Situation(SessionState(mode=Mode.RUNNING)), 80)
    stopped = fitting(Situation(SessionState(mode=Mode.STOPPED)), 80)
    assert running[0].id == "interrupt"
    assert "interrupt" not in [each.id for each in stopped]
    assert fitting(Situation(SessionState(mode=Mode.OFFLINE)), 80)[0].id == "connect"


@pytest.mark.parametrize(
    ("key", "name"), [("n", "n"), ("f10", "F10"), ("ctrl+p", "^p"), ("shift+tab", "Shift+Tab"), ("question_mark", "?")]
)
def test_keys_are_named_as_people_read_them(key: str, name: str) -> None:
    assert key_name(key) == name


def test_the_help_has_a_section_for_every_group_that_has_commands() -> None:
    text: Content = help_text()
    for group in Group:
        assert any(each.group is group for each in COMMANDS)
        assert group.value in text.plain
