"""The screen that compares images."""

import pytest

from stepper.image.comparison import Compared, compare_images
from stepper.tui.comparing.app import CompareApp
from tests.image.layers import file, folder, tar
from tests.tui.layers.harness import image_of

FULL = image_of(tar(folder("bin"), file("bin/sh", b"s" * 1000)), tar(file("app", b"1" * 2000), file("src", b"g" * 500)))
SLIM = image_of(tar(file("app", b"2" * 2000)))
FOUND = compare_images([Compared("full", FULL), Compared("slim", SLIM), Compared("again", FULL)])


def text_of(app: CompareApp) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_figures_files_layers_and_configuration_stand_side_by_side(size: tuple[int, int]) -> None:
    app = CompareApp(FOUND)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "3.5 kB" in shown
        assert "2.0 kB (-1.5 kB)" in shown
        assert "full → slim  ~ 1 modified  - 3 deleted" in shown
        assert "src" in shown
        await pilot.press("tab")
        await pilot.pause()
        assert text_of(app).count("layer 0") == 3
        await pilot.press("3")
        await pilot.pause()
        assert "layer 0" not in text_of(app)
        await pilot.press("q")
    assert app.return_code == 0


async def test_the_tree_of_differences_can_be_filtered() -> None:
    app = CompareApp(FOUND)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("slash", *"app")
        for _ in range(100):
            await pilot.pause(0.02)
            if "src" not in text_of(app):
                break
        assert "app" in text_of(app)
        assert "src" not in text_of(app)
