"""The Variables tab: what the instruction at the cursor sees, and where its lines lead."""

import pytest

from stepper.tui.panels import Panel
from tests.tui.harness import NARROW, WIDE, Bench, main_screen, press, screen_text, settled

TEXT = """ARG VERSION=1.2
FROM busybox
ARG VERSION
ARG LATER
ENV MODE=fast
COPY app-$VERSION /app
RUN make $MODE $VERSION $OTHER
"""


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_it_tells_what_the_line_uses_and_what_that_gives(bench: Bench, size: tuple[int, int]) -> None:
    async with bench.app(TEXT).run_test(size=size) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(6)
        await press(pilot, Panel.VARIABLES.key)
        text = screen_text(pilot)
        assert '$VERSION → "1.2"' in text
        assert "= COPY app-1.2 /app" in text
        assert "MODE = fast  ENV on line 5" in text
        assert "LATER" in text


async def test_it_says_why_a_variable_is_empty(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=(200, 50)) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(7)
        await press(pilot, Panel.VARIABLES.key)
        text = screen_text(pilot)
        assert "On this line  the shell expands them" in text
        assert "$OTHER → nothing" in text
        assert "the ARG on line 4 has no default, and no --build-arg" in text


async def test_enter_on_a_variable_goes_to_the_line_that_gives_its_value(bench: Bench) -> None:
    async with bench.app(TEXT).run_test(size=WIDE) as pilot:
        await settled(pilot)
        main_screen(pilot).source.move_to(6)
        await press(pilot, Panel.VARIABLES.key, "down", "enter")
        assert main_screen(pilot).source.cursor_line == 3
        assert main_screen(pilot).panel is Panel.DOCKERFILE
