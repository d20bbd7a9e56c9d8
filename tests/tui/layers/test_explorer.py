"""The explorer of a finished image: layers at the left, the chosen one from all sides at the right."""

import struct
import threading
from collections.abc import Iterator, Sequence

import pytest
from textual.binding import Binding

from stepper.debugger.file_contents import Content, ReadFile
from stepper.debugger.waiting import Waiting
from stepper.errors import StepperError
from stepper.image.archive import Header
from stepper.image.entry import EntryKind
from stepper.image.layer import Layer
from stepper.image.layer_listing import LayerListing, listing_after
from stepper.image.outline import ImageOutline, LayerOutline
from stepper.tui.commands.command import key_name
from stepper.tui.layers.commands import LAYERS_COMMANDS, LayersCommand
from stepper.tui.layers.footer import fitting
from stepper.tui.layers.help_screen import LayersHelp, layers_help_text
from stepper.tui.layers.panels import LayersPanel
from stepper.tui.layers.screen import LayersScreen
from stepper.tui.widgets.change_tree import BUILT_AT_ONCE
from tests.image.layers import file, folder, plain, tar
from tests.tui.layers.harness import NARROW, WAIT_SECONDS, WIDE, Gate, exploring, image_of, opening, panels_of

NET_RAW = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0)
"""The file capability that ping has."""
OUTLINE = ImageOutline(
    "app:latest", "linux/amd64", (LayerOutline("ADD base", "", "", 900), LayerOutline("RUN make", "", "", 12_000_000))
)


async def test_each_layer_has_a_bar_a_size_its_counts_and_its_instruction() -> None:
    async with exploring(opening()) as explorer:
        left, _ = panels_of(explorer.lines)
        assert "›0 ██████████   8.0 kB  +5" in left
        assert "1 ██████····   5.0 kB  ~1" in left
        assert "2 █·········      2 B  +1 -1" in left
        assert "  layer 1" in left
        assert "made:latest   linux/amd64  13.0 kB in 3 layers" in explorer.lines[0]


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_going_to_another_layer_shows_its_changes(size: tuple[int, int]) -> None:
    async with exploring(opening(), size=size) as explorer:
        await explorer.press("E")
        await explorer.shows("passwd")
        await explorer.press("n", "n")
        await explorer.shows("layer 2  + 1 added  - 1 deleted", "big", "note")
        assert "passwd" not in explorer.text
        await explorer.press("N")
        await explorer.shows("layer 1  ~ 1 modified", "0:0→7:0")


async def test_list_and_tabs_go_to_another_layer_together() -> None:
    async with exploring(opening()) as explorer:
        changes, rows = explorer.screen.tabs.changes, explorer.screen.tabs.changes.row_count
        explorer.screen.layer_list.layer_index = 1
        assert 0 < changes.row_count < rows


async def test_files_are_those_up_to_the_layer_each_with_the_layer_that_wrote_it() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("3", "E")
        await explorer.shows("passwd", "layer 0")
        assert "layer 1" not in panels_of(explorer.lines)[1]
        await explorer.press("n")
        await explorer.until(lambda: any("big" in line and "layer 1" in line for line in explorer.lines))
        await explorer.press("n")
        await explorer.until(lambda: any("note" in line and "layer 2" in line for line in explorer.lines))
        assert " big" not in explorer.text


async def test_the_history_of_the_path_under_the_cursor_is_told() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("E", "down")
        await explorer.shows("added in layer 0 · modified in 1 · deleted in 2")


async def test_w_goes_down_to_the_layers_that_wrote_a_path_before() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("n", "n", "E", "down")
        assert explorer.screen.tabs.path_tree.highlighted is not None
        assert explorer.screen.tabs.path_tree.highlighted.path == "/app/big"
        for layer in (1, 0):
            await explorer.press("w")
            assert explorer.screen.layer_list.layer_index == layer
            assert explorer.screen.tabs.path_tree.highlighted.path == "/app/big"
        await explorer.press("w")
        await explorer.shows("Layer 0 is where it comes from")


async def test_waste_tells_who_wrote_and_who_hid_and_leads_there() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("5")
        await explorer.shows(
            "Unreachable: 10.0 kB  76.9% of the image",
            "5.0 kB ██████ written in layer 0, hidden in layer 1  1 file",
            "5.0 kB ██████ written in layer 1, hidden in layer 2  1 file",
            "Rewritten for their attributes alone: 5.0 kB",
            "the owner of 1 file",
            "By dive: efficiency 23.1124%, 10.0 kB wasted",
        )
        await explorer.press("down", "down", "enter")
        await explorer.shows("/app/big")
        await explorer.press("down", "enter")
        assert explorer.screen.panel is LayersPanel.CHANGES
        assert explorer.screen.layer_list.layer_index == 1
        assert explorer.screen.tabs.path_tree.highlighted is not None
        assert explorer.screen.tabs.path_tree.highlighted.path == "/app/big"


async def test_an_image_without_waste_says_so() -> None:
    async with exploring(opening(plain({"a": b"1"}), plain({"b": b"22"}))) as explorer:
        await explorer.press("5")
        await explorer.shows("Unreachable: 0 B", "efficiency 100.0000%")


async def test_the_filter_leaves_out_other_paths_and_escape_ends_it() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("E", "slash", *"pass")
        await explorer.shows("passwd", "1 match")
        assert "kept" not in explorer.text
        await explorer.press("enter", "escape")
        await explorer.shows("kept", "passwd")


async def test_what_is_typed_after_the_slash_is_the_filter_wherever_the_focus_was() -> None:
    async with exploring(opening()) as explorer:
        for panel in LayersPanel:
            await explorer.press(panel.key)
            await explorer.pilot.press("slash", "b", "i", "g")
            await explorer.shows("filter big")
            await explorer.press("escape")


async def test_sorting_by_size_puts_the_largest_first() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("f")
        names = [row.name for row in explorer.screen.tabs.changes._rows.nodes]
        await explorer.press("S")
        assert names[0] == "app"
        assert next(row.name for row in explorer.screen.tabs.changes._rows.nodes) == "app/big"


async def test_a_layer_of_many_files_is_shown_at_once_when_one_goes_there() -> None:
    many = BUILT_AT_ONCE + 10
    layers = tar(folder("a"), *(file(f"a/{number}", b"x") for number in range(many)))
    async with exploring(opening(plain({"base": b"b"}), layers)) as explorer:
        await explorer.press("n")
        assert f"+ {many + 1:,} added" in explorer.text
        assert "Sorting" not in explorer.text


# While it comes in


async def test_the_history_is_shown_while_the_layers_are_still_read() -> None:
    gate = Gate(lambda report: report.outline(OUTLINE), lambda report: list(report.through([b"x" * 1000], 4000)))
    async with exploring(gate, wait=False) as explorer:
        gate.go_on()
        await explorer.shows("RUN make", "12.0 MB in 2 layers", "Still reading the layers")
        await explorer.press("n", "2", "3", "4", "5", "E", "S", "w")
        gate.go_on()
        await explorer.shows("reading: 1.0 kB of 4.0 kB")
        gate.go_on()
        await explorer.shows("~ 1 modified")
        await explorer.press("5")
        await explorer.shows("Unreachable: 10.0 kB")
        assert "reading" not in explorer.lines[0]


async def test_how_far_it_has_come_has_room_on_a_narrow_screen() -> None:
    outline = ImageOutline("registry/team/app:2026.11", "linux/amd64", (LayerOutline("RUN make", "", "", 421_000_000),))
    gate = Gate(lambda report: report.outline(outline), lambda report: list(report.through([b"x" * 25_800_000])))
    async with exploring(gate, wait=False, size=NARROW) as explorer:
        gate.go_on()
        await explorer.shows("421 MB in 1 layer")
        gate.go_on()
        await explorer.shows("reading: 25.8 MB")


async def test_a_panel_has_the_focus_before_the_next_key() -> None:
    async with exploring(opening(tar(file("a")))) as explorer:
        explorer.screen.focus_panel(LayersPanel.CHANGES)
        assert explorer.screen.focused is explorer.screen.tabs.changes


async def test_q_leaves_while_it_is_read_and_ends_the_reading() -> None:
    gate = Gate(lambda report: report.outline(OUTLINE), lambda report: list(report.through([b"x"])))
    async with exploring(gate, wait=False) as explorer:
        gate.go_on()
        await explorer.shows("RUN make")
        await explorer.press("q")
        assert not gate.ended.is_set()
    gate.go_on()
    assert gate.ended.wait(5)


async def test_an_image_that_cannot_be_read_ends_the_explorer_with_the_error() -> None:
    gate = Gate(error=StepperError("the engine has no image app"))
    async with exploring(gate, wait=False) as explorer:
        gate.go_on()
        app = explorer.pilot.app
        await explorer.until(lambda: app.return_value is not None)
        assert str(app.return_value) == "the engine has no image app"


async def test_what_is_known_stays_when_the_layers_cannot_be_read() -> None:
    gate = Gate(lambda report: report.outline(OUTLINE), error=StepperError("the connection was lost"))
    async with exploring(gate, wait=False) as explorer:
        gate.go_on()
        gate.go_on()
        await explorer.shows("RUN make", "the connection was lost", "failed")


# Keys


async def test_tab_goes_round_all_panels_and_their_numbers_lead_there() -> None:
    async with exploring(opening()) as explorer:
        seen = []
        for _ in LayersPanel:
            await explorer.press("tab")
            seen.append(explorer.screen.panel)
        assert seen == [*list(LayersPanel)[1:], LayersPanel.LAYERS]
        for panel in LayersPanel:
            await explorer.press(panel.key)
            assert explorer.screen.panel is panel
            assert explorer.pilot.app.focused is explorer.screen.query_one(f"#{panel.id}")


async def test_enter_on_a_layer_goes_to_what_is_shown_of_it() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("4", "1", "enter")
        assert explorer.screen.panel is LayersPanel.CONFIG


async def test_help_lists_every_command_and_closes_again() -> None:
    async with exploring(opening(), size=NARROW) as explorer:
        await explorer.press("question_mark")
        assert isinstance(explorer.pilot.app.screen, LayersHelp)
        await explorer.press("escape")
        assert isinstance(explorer.pilot.app.screen, LayersScreen)


@pytest.mark.parametrize("each", LAYERS_COMMANDS, ids=lambda each: each.id)
def test_every_command_is_bound_and_in_the_help(each: LayersCommand) -> None:
    bound = {
        key: binding.action
        for binding in LayersScreen.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }
    for key in each.keys:
        assert bound[key] == f"command('{each.id}')"
        assert key_name(key) in layers_help_text().plain
    assert each.title in layers_help_text().plain


def test_no_key_is_given_twice() -> None:
    keys = [key for each in LAYERS_COMMANDS for key in each.keys]
    assert len(keys) == len(set(keys))


def test_the_footer_leaves_out_what_does_not_fit_but_never_how_to_leave() -> None:
    assert [each.id for each in fitting(20)] == ["help", "quit"]
    assert "sort" in [each.id for each in fitting(120)]


async def test_all_files_are_there_before_the_layers_are() -> None:
    gate = Gate(lambda report: report.outline(OUTLINE), lambda report: report.files(image_of().stack.listing))
    async with exploring(gate, wait=False) as explorer:
        await explorer.press("3")
        gate.go_on()
        await explorer.shows("Still reading the layers")
        gate.go_on()
        await explorer.shows("All files at the end", "passwd")
        assert "layer 0" not in panels_of(explorer.lines)[1]
        gate.go_on()
        await explorer.shows("layer 0  + 5 added")
        await explorer.until(lambda: "passwd" in explorer.text)
        assert "All files at the end" not in explorer.text


async def test_extended_attributes_stand_with_the_path() -> None:
    ping = file("bin/ping", b"elf", xattrs={"security.capability": NET_RAW, "user.note": b"mine"})
    async with exploring(opening(tar(folder("bin"), ping))) as explorer:
        await explorer.press("E", "down")
        await explorer.shows('cap_net_raw=ep  user.note="mine"')


async def test_enter_on_a_file_shows_what_the_layer_that_wrote_it_made_of_its_lines() -> None:
    def files_after(layer: int) -> ReadFile:
        def read(path: str, limit: int, waiting: Waiting) -> Content:
            data = f"first\nas of {layer}\n".encode()
            return Content(Header(path, EntryKind.FILE, size=len(data), stored=len(data)), data[:limit])

        return read

    layers = (tar(file("a", b"1")), tar(file("a", b"22")), tar(file("b", b"3")), tar(file(".wh.a")))
    async with exploring(opening(*layers), files_after=files_after) as explorer:
        await explorer.press("n", "n", "3", "enter")
        await explorer.shows("/a · layer 0 → layer 1 · modified", "- as of 0", "+ as of 1")
        await explorer.press("escape", "2", "v")
        await explorer.shows("/b · added in layer 2", "+ as of 2")
        await explorer.press("escape", "n", "v")
        await explorer.shows("/a · deleted in layer 3", "- as of 2")


async def test_no_file_is_viewed_where_no_paths_are_shown() -> None:
    async with exploring(opening()) as explorer:
        await explorer.press("n", "n", "E", "end")
        assert explorer.screen.tabs.changes.highlighted is not None
        assert explorer.screen.tabs.changes.highlighted.path == "/app/note"
        for panel in (LayersPanel.CONFIG, LayersPanel.WASTE):
            await explorer.press("2", "n", panel.key, "N", "v")
            await explorer.shows("No file is chosen")
            assert isinstance(explorer.pilot.app.screen, LayersScreen)
            await explorer.press("w")
            await explorer.shows("No path is chosen")


async def test_the_files_of_another_layer_are_there_before_the_next_key() -> None:
    async with exploring(opening(tar(file("a")), tar(file("b")))) as explorer:
        explorer.screen.focus_panel(LayersPanel.FILES)
        explorer.screen.layer_list.layer_index = 1
        assert explorer.screen.tabs.files.row_count == 2
        explorer.screen.layer_list.layer_index = 0
        assert explorer.screen.tabs.files.row_count == 1


MANY = tar(folder("a"), *(file(f"a/{number}", b"x") for number in range(BUILT_AT_ONCE + 10)))
"""More than is put together at once."""


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set nothing is known of the files up to the lowest layer."""
    go_on = threading.Event()

    def listing(layers: Sequence[Layer], index: int) -> LayerListing:
        assert index > 0 or go_on.wait(WAIT_SECONDS)
        return listing_after(layers, index)

    monkeypatch.setattr("stepper.tui.layers.tabs.listing_after", listing)
    yield go_on
    go_on.set()


async def test_files_of_another_layer_are_not_meant_while_those_of_this_one_are_put_together(
    held: threading.Event,
) -> None:
    async with exploring(opening(MANY, tar(file("new", b"n")))) as explorer:
        await explorer.press("n", "3")
        await explorer.shows("new")
        await explorer.press("end", "N", "enter")
        await explorer.shows("Putting the layers together")
        assert explorer.screen.tabs.highlighted is None
        await explorer.press("v")
        await explorer.shows("No file is chosen")
        held.set()
        await explorer.until(lambda: explorer.screen.tabs.highlighted is not None)
        assert explorer.screen.tabs.files._rows.row_of("/new") is None


@pytest.mark.parametrize("path", ["/.dockerenv", "/new"])
async def test_files_at_the_end_are_not_meant_once_the_layers_are_known(held: threading.Event, path: str) -> None:
    layers = (MANY, tar(file("new", b"n")))
    listing = image_of(*layers).stack.listing
    whole = {**listing, "/.dockerenv": listing["/new"]}
    gate = Gate(lambda report: report.outline(OUTLINE), lambda report: report.files(whole), layers=layers)
    async with exploring(gate, wait=False) as explorer:
        await explorer.press("3")
        gate.go_on()
        gate.go_on()
        await explorer.shows("All files at the end", "new")
        explorer.screen.tabs.files.reveal(path)
        gate.go_on()
        await explorer.until(lambda: explorer.screen.opened is not None)
        await explorer.press("enter", "v")
        await explorer.shows("No file is chosen", "Putting the layers together")
        held.set()
        await explorer.until(lambda: explorer.screen.tabs.highlighted is not None)
        assert explorer.screen.tabs.files._rows.row_of(path) is None
