import pytest

from stepper.image.entry import EntryKind
from stepper.image.layer import Change, ChangeKind
from stepper.image.path_filter import NO_FILTER, parse_filter
from stepper.tui.widgets.change_nodes import SortBy
from stepper.tui.widgets.change_tree import BUILT_AT_ONCE, ChangeTree
from tests.tui.widgets.harness import shown
from tests.tui.widgets.layers import added, deleted, entry, folder, layer, modified

LAYER = layer(
    folder("/go"),
    added("/go/mod/a.go", 1_500_000),
    added("/go/mod/b.go", 2_000_000),
    modified("/etc/passwd", entry(size=10), entry(size=12, mode=0o600)),
    deleted("/etc/old", 3000),
    Change("/lib", ChangeKind.ADDED, None, entry(EntryKind.SYMLINK, target="usr/lib")),
)


def tree() -> ChangeTree:
    view = ChangeTree()
    view.show(LAYER)
    return view


async def test_a_layer_is_a_tree_with_kinds_and_sizes() -> None:
    async with shown(tree(), size=(44, 12)) as screen:
        assert screen.full_lines[:8] == [
            " ›▾ etc/                               12 B ",
            "-     old                          (3.0 kB) ",
            "~     passwd  content 0644→0600        12 B ",
            "+ ▾ go/                              3.5 MB ",
            "    ▾ mod/                           3.5 MB ",
            "+       a.go                         1.5 MB ",
            "+       b.go                         2.0 MB ",
            "+   lib  → usr/lib                          ",
        ]


async def test_keys_open_close_and_lead_through_the_tree() -> None:
    view = tree()
    async with shown(view, size=(44, 12)) as screen:
        await screen.press("left")
        assert screen.lines[:2] == [" ›▸ etc/                               12 B", screen.lines[1]]
        assert screen.lines[1].startswith("+ ▾ go/")
        await screen.press("right")
        assert screen.lines[1].startswith("-     old")
        await screen.press("right", "down")
        assert view.highlighted is not None
        assert view.highlighted.path == "/etc/passwd"
        await screen.press("left")
        assert view.highlighted.path == "/etc"
        await screen.press("space", "enter", "enter")
        assert len([line for line in screen.lines if line]) == 6
        view.collapse_all()
        await screen.pilot.pause()
        assert len([line for line in screen.lines if line]) == 3
        view.expand_all()
        await screen.pilot.pause()
        assert len([line for line in screen.lines if line]) == 8
        await screen.press("end")
        assert view.highlighted.path == "/lib"


async def test_the_highlighted_node_is_told_and_enter_activates_a_file() -> None:
    async with shown(tree()) as screen:
        await screen.press("down", "down", "enter")
        highlighted = [message.node.path for message in screen.messages(ChangeTree.Highlighted) if message.node]
        assert highlighted == ["/etc", "/etc/old", "/etc/passwd"]
        assert [message.node.path for message in screen.messages(ChangeTree.Activated)] == ["/etc/passwd"]


async def test_a_click_moves_the_cursor_and_one_on_the_arrow_opens() -> None:
    view = tree()
    async with shown(view) as screen:
        await screen.click(12, 2)
        assert view.cursor_row == 2
        await screen.click(2, 0)
        assert screen.lines[0].startswith(" ›▸ etc/")
        await screen.click(10, 1, times=2)
        assert screen.lines[1].startswith("+›▸ go/")


async def test_what_is_open_and_the_cursor_stay_by_path_in_another_layer() -> None:
    view = tree()
    async with shown(view) as screen:
        await screen.press("left", "down", "down", "down")
        assert view.highlighted is not None
        assert view.highlighted.path == "/go/mod/a.go"
        view.show(layer(added("/etc/new"), added("/bin/x"), added("/go/mod/a.go"), added("/go/mod/z.go")))
        await screen.pilot.pause()
        assert [line.removesuffix(" 0 B").rstrip() for line in screen.lines if line] == [
            "  ▾ bin/",
            "+     x",
            "  ▸ etc/",
            "  ▾ go/mod/",
            "+›    a.go",
            "+     z.go",
        ]
        view.show(None, nothing="Not run yet")
        await screen.pilot.pause()
        assert screen.lines[0] == " Not run yet"
        view.show(LAYER)
        assert view.highlighted.path == "/go/mod/a.go"


async def test_a_filter_leaves_what_matches_with_the_folders_above() -> None:
    view = tree()
    async with shown(view) as screen:
        view.filter(parse_filter("b.go"))
        await screen.pilot.pause()
        assert [line.split("  ")[0] for line in screen.lines[:3]] == ["+ ▾ go/", "", "+›"]
        assert screen.lines[2].split()[:2] == ["+›", "b.go"]
        assert not screen.lines[3]
        view.filter(NO_FILTER)
        await screen.pilot.pause()
        assert screen.lines[7].startswith("+   lib")


async def test_rows_sort_by_size() -> None:
    view = tree()
    async with shown(view) as screen:
        view.toggle_sort()
        await screen.pilot.pause()
        assert view.sort_by is SortBy.SIZE
        names = [line[2:].split()[-3 if "/" in line else 0] for line in screen.lines[:2]]
        assert names[0] == "go/"
        assert screen.lines[2].split()[1] == "b.go"


async def test_names_may_hold_anything() -> None:
    view = ChangeTree()
    name = b"/bad\xff\x1b[31m\n".decode("utf-8", "surrogateescape")
    view.show(layer(added(name), added("/漢字漢字漢字漢字漢字漢字漢字"), added("/" + "x" * 300)))
    async with shown(view, size=(30, 8)) as screen:
        assert screen.lines[0].startswith("+›  bad\\xff\\x1b[31m\\n")
        assert screen.full_lines[1] == "+   " + "x" * 20 + "… 0 B "
        await screen.press(*["shift+right"] * 3)
        assert all(strip.cell_length == 30 for strip in screen.pilot.app.screen._compositor.render_strips())
        assert screen.full_lines[1].startswith("+ " + "x" * 10)


async def test_a_large_layer_comes_from_a_thread_and_an_old_one_at_once() -> None:
    large = layer(*(added(f"/usr/{number % 100}/{number}", 1) for number in range(BUILT_AT_ONCE + 1)))
    view = ChangeTree()
    async with shown(view) as screen:
        view.show(large)
        assert view.placeholder == f"Sorting {BUILT_AT_ONCE + 1:,} paths …"
        await screen.until(lambda: view.row_count > 0)
        await screen.pilot.pause()
        assert screen.lines[0].startswith(" ›▾ usr/")
        view.show(LAYER)
        assert view.row_count == 8
        view.show(large)
        assert view.row_count == 101
        view.filter(parse_filter("/3000"))
        await screen.until(lambda: view.row_count == 3)
        view.sort(SortBy.SIZE)
        view.filter(NO_FILTER)
        await screen.until(lambda: view.row_count == 101)


async def test_only_the_newest_request_is_shown() -> None:
    large = layer(*(added(f"/usr/{number}") for number in range(BUILT_AT_ONCE + 1)))
    view = ChangeTree()
    async with shown(view) as screen:
        view.show(large)
        view.show(LAYER)
        await screen.pilot.pause(0.2)
        assert view.row_count == 8


async def test_a_whole_filesystem_has_no_kinds() -> None:
    view = ChangeTree()
    view.show_listing({"/": entry(EntryKind.DIRECTORY), "/bin": entry(EntryKind.DIRECTORY), "/bin/sh": entry(size=9)})
    async with shown(view, size=(30, 5)) as screen:
        assert screen.full_lines[:2] == [" ›▾ bin/                  9 B ", "      sh                  9 B "]


async def test_it_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(tree()) as screen:
        assert screen.lines[1].startswith("-     old")
