"""The engine is spoken to on the session's thread, or beside it: the event loop never waits for it."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from stepper.debugger.state import Mode
from stepper.errors import EngineUnavailable
from stepper.tui.app import await_close
from tests.scripted_engine import ScriptedEngine
from tests.tui.harness import WIDE, Bench, app_of, press, settled, state_of, until

ENGINE_CALLS = ("find_base", "image_size", "execute", "prepare", "finish", "listing", "open_shell", "release", "close")


class WatchedEngine(ScriptedEngine):
    """Notes in which thread each call comes."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: dict[str, set[int]] = {}

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in (*ENGINE_CALLS, "interrupt"):
            return found
        method: Callable[..., Any] = found

        def noted(*arguments: Any, **options: Any) -> Any:
            self.threads.setdefault(name, set()).add(threading.get_ident())
            return method(*arguments, **options)

        return noted


async def test_no_engine_call_comes_from_the_event_loop(bench: Bench) -> None:
    engine = WatchedEngine()
    engine.image("busybox")
    bench.engine = engine
    gate = engine.hold("RUN make")
    app = bench.app()
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await press(pilot, "n", "up", "x")
        await until(pilot, lambda: any(call.startswith("listing") for call in engine.calls))
        await pilot.press("n")
        await until(pilot, lambda: gate.entered)
        await pilot.press("i")
        await settled(pilot)
        gate.open()
        await press(pilot, "x", "R", "N", "N", "c", "r", "L")
        session_thread = app_of(pilot).controller.ident
        await pilot.press("q")
    assert app.controller.join(10.0)
    here = threading.get_ident()
    assert set(engine.threads) == {*ENGINE_CALLS, "interrupt"}
    assert here not in set().union(*engine.threads.values())
    assert session_thread not in engine.threads["listing"], "a look waits for no step"
    for name in set(ENGINE_CALLS) - {"listing"}:
        assert engine.threads[name] == {session_thread}, name


async def test_connecting_does_not_hold_up_the_first_frame(bench: Bench) -> None:
    connected = threading.Event()

    def slow() -> ScriptedEngine:
        assert connected.wait(20)
        raise EngineUnavailable("too slow")

    bench.connect = slow  # type: ignore[method-assign]  # an engine that takes its time
    async with bench.app().run_test(size=WIDE) as pilot:
        await until(pilot, lambda: state_of(pilot).dockerfile is not None)
        assert state_of(pilot).mode is Mode.CONNECTING
        await pilot.press("down", "3")
        connected.set()
        await settled(pilot)


async def test_quitting_does_not_wait_for_an_engine_that_hangs(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = threading.Event()

    def hang() -> ScriptedEngine:
        stuck.wait(20)
        raise EngineUnavailable("never came")

    bench.connect = hang  # type: ignore[method-assign]  # an engine that never answers
    app = bench.app()
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: state_of(pilot).dockerfile is not None)
        await pilot.press("q")
    assert app.return_value == 0
    await_close(app.controller)
    assert capsys.readouterr().err == "", "there is nothing to remove, and nobody waits for it"
    assert not app.controller.join(0.0)
    stuck.set()
    assert app.controller.join(10.0)
