"""A file that the engine's own builder builds, on the screen."""

from stepper.debugger.state import Mode
from stepper.image.config import ImageConfig
from tests.scripted_engine import WHOLE_BUILD, file_entry
from tests.tui.harness import WIDE, Bench, press, screen_text, settled, state_of, until

_TEXT = "// syntax=example.com/recipe:1\nlet it be\n"


def _built(bench: Bench) -> None:
    config = ImageConfig(labels=(("made", "by the frontend"),))
    bench.engine.image(WHOLE_BUILD, size=5000, config=config, files={"/made": file_entry(5000)})
    bench.engine.on("// syntax", output=["=> [1/1] let\n"])


async def test_the_file_is_shown_as_it_is_and_marked_at_the_line_of_its_frontend(bench: Bench) -> None:
    _built(bench)
    async with bench.app(_TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        lines = screen_text(pilot).splitlines()
        assert any("// syntax=example.com/recipe:1" in line and "⇢ builder" in line for line in lines)
        assert any("let it be" in line for line in lines)


async def test_its_image_is_looked_at_and_what_is_not_known_is_said(bench: Bench) -> None:
    _built(bench)
    async with bench.app(_TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert state_of(pilot).mode is Mode.FINISHED
        await until(pilot, lambda: "The whole image, not known by step" in screen_text(pilot))
        shown = screen_text(pilot)
        assert "made" in shown
        assert "=> [1/1] let" in shown


async def test_when_it_fails_the_builders_words_are_there_without_scrolling(bench: Bench) -> None:
    bench.engine.on("// syntax", message="line 2: nobody lets it be")
    async with bench.app(_TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert "demo/Dockerfile:1: line 2: nobody lets it be" in screen_text(pilot)
        assert "How far it came is not known" in screen_text(pilot)
        assert "shell in the state before it" not in screen_text(pilot)


async def test_a_run_with_a_device_is_marked_before_it_runs(bench: Bench) -> None:
    async with bench.app("FROM busybox\nRUN --device=a/b=c x\nRUN y\n").run_test(size=WIDE) as pilot:
        await settled(pilot)
        marked = [line for line in screen_text(pilot).splitlines() if "⇢ builder" in line]
        assert len(marked) == 1
        assert "RUN --device" in marked[0]
