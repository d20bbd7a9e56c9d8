import pytest

from stepper.image.config import ImageConfig
from stepper.tui.widgets.config_view import ConfigView
from tests.tui.widgets.harness import shown

BEFORE = ImageConfig(env=(("PATH", "/bin"), ("OLD", "1")), user="root", architecture="amd64")
AFTER = ImageConfig(
    env=(("PATH", "/usr/local/go/bin:/usr/local/sbin:/bin"), ("NEW", "x\x1b[31m")), user="root", architecture="amd64"
)


def view() -> ConfigView:
    config = ConfigView()
    config.show(BEFORE, AFTER)
    return config


async def test_settings_stand_in_two_columns_with_changes_marked_and_old_values_below() -> None:
    config = view()
    async with shown(config, size=(40, 12)) as screen:
        assert screen.lines == [
            "  USER      root",
            "~ ENV PATH  /usr/local/go/bin:/usr/local",
            "            /sbin:/bin",
            "            was /bin",
            "+ ENV NEW   x\\x1b[31m",
            "- ENV OLD   was 1",
            "  PLATFORM  linux/amd64",
            *[""] * 5,
        ]
        assert config.changed == 3


async def test_long_values_wrap_anew_when_the_width_changes() -> None:
    async with shown(view(), size=(40, 12)) as screen:
        await screen.pilot.resize_terminal(70, 12)
        await screen.pilot.pause()
        assert screen.lines[1] == "~ ENV PATH  /usr/local/go/bin:/usr/local/sbin:/bin"


async def test_it_scrolls() -> None:
    config = ConfigView()
    config.show(None, ImageConfig(env=tuple((f"V{number}", "x") for number in range(50)), os=""))
    async with shown(config, size=(40, 10)) as screen:
        await screen.press("end")
        assert screen.lines[9].startswith("  ENV V49")
        await screen.press("home", "j")
        assert screen.lines[0].startswith("  ENV V1")


async def test_nothing_to_show_says_so() -> None:
    config = ConfigView()
    config.show(None, None, nothing="Nothing has run yet")
    async with shown(config, size=(40, 10)) as screen:
        assert screen.lines[0] == " Nothing has run yet"


async def test_selected_settings_are_copied() -> None:
    async with shown(view(), size=(40, 12)) as screen:
        await screen.pilot.mouse_down(offset=(2, 0))
        await screen.pilot.hover(offset=(16, 1))
        await screen.pilot.mouse_up(offset=(16, 1))
        await screen.pilot.pause()
        selected = screen.pilot.app.screen.get_selected_text()
        assert selected == "USER      root\n~ ENV PATH  /usr/"


async def test_it_paints_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(view(), size=(40, 12)) as screen:
        assert screen.lines[5] == "- ENV OLD   was 1"
