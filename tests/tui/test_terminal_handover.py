"""The shell and the editor: what is handed to the terminal, and what happens afterwards."""

import os
import pty
import signal
import threading
import time
import tty

import pytest

from stepper.engine.step import Snapshot
from stepper.errors import StepperError
from stepper.image.config import ImageConfig
from stepper.tui.shell_handover import Relay
from tests.scripted_engine import ScriptedShell
from tests.tui.harness import DOCKERFILE, WIDE, Bench, position_line, press, screen_text, settled, until


async def test_a_shell_opens_in_the_failed_container_and_says_which_state_it_is(bench: Bench) -> None:
    bench.engine.on("RUN make", exit_code=127)
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "c", "x")
        assert [call for call in bench.engine.calls if call.startswith("shell")] == ["shell container-1"]
        assert "demo/Dockerfile:3 failed with exit code 127" in bench.handover.banners[0]
        assert "exit returns to Stepper" in bench.handover.banners[0]
        assert bench.engine.shells[0].size == (24, 80)
        assert bench.engine.shells[0].closed


async def test_a_shell_opens_in_the_state_after_the_step_that_is_shown(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "n", "n", *["up"] * 7, "x")
        assert "after demo/Dockerfile:2 · FROM busybox AS builder" in bench.handover.banners[0]
        assert [call for call in bench.engine.calls if call.startswith("shell")] == ["shell busybox"]


async def test_before_anything_ran_there_is_no_state_to_enter(bench: Bench) -> None:
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "x")
        assert "there is no state to enter" in screen_text(pilot)
        assert bench.engine.shells == []


async def test_a_relay_that_breaks_is_told_and_the_shell_is_closed(bench: Bench) -> None:
    bench.handover.failure = OSError("the terminal is gone")
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "n", "x")
        await until(pilot, lambda: "the terminal is gone" in screen_text(pilot))
        assert bench.engine.shells[0].closed
        await press(pilot, "n")
        assert position_line(pilot) == 4


async def test_the_editor_opens_at_the_cursors_line_and_the_file_is_read_again(bench: Bench) -> None:
    def edit() -> None:
        bench.dockerfile.write_text(DOCKERFILE.replace("RUN make", "RUN make all"))

    bench.handover.edit = edit
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "down", "down", "e")
        await until(pilot, lambda: "RUN make all" in screen_text(pilot))
        assert bench.handover.programs == [["vi", "+4", str(bench.dockerfile)]]


async def test_an_editor_that_cannot_be_started_is_told(bench: Bench) -> None:
    bench.handover.failure = StepperError("vi cannot be started: No such file or directory")
    async with bench.app().run_test(size=WIDE, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "e")
        await until(pilot, lambda: "vi cannot be started" in screen_text(pilot))


class Terminal:
    """A pseudo-terminal with a relay between it and a scripted shell."""

    def __init__(self) -> None:
        self.user, self.terminal = pty.openpty()
        self.shell = ScriptedShell(Snapshot(None, ImageConfig()), None, ImageConfig(), (0, 0))
        self.relay = Relay(self.shell, self.terminal, self.terminal)
        self.thread = threading.Thread(target=self.relay.run, daemon=True)

    def read_until(self, wanted: bytes) -> bytes:
        read = b""
        while wanted not in read:
            read += os.read(self.user, 1024)
        return read


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_keys_reach_the_shell_and_what_it_prints_reaches_the_terminal(terminal: Terminal) -> None:
    terminal.thread.start()
    terminal.read_until(b"/ # ")
    os.write(terminal.user, b"ls\r")
    terminal.read_until(b"ls\r\n/ # ")
    os.write(terminal.user, b"exit\r")
    terminal.thread.join(10)
    assert not terminal.thread.is_alive()
    assert terminal.shell.typed == b"ls\rexit\r"


def test_ctrl_c_is_a_byte_for_the_shell_and_no_signal_for_the_app(terminal: Terminal) -> None:
    caught: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: caught.append(number))
    try:
        terminal.thread.start()
        terminal.read_until(b"/ # ")
        os.write(terminal.user, b"\x03\x04")
        terminal.thread.join(10)
    finally:
        signal.signal(signal.SIGINT, before)
    assert terminal.shell.typed == b"\x03\x04"
    assert caught == []


def test_the_shell_learns_the_terminals_size_at_once_and_when_it_changes(terminal: Terminal) -> None:
    import termios

    termios.tcsetwinsize(terminal.terminal, (24, 80))
    terminal.thread.start()
    terminal.read_until(b"/ # ")
    assert terminal.shell.size == (24, 80)
    termios.tcsetwinsize(terminal.terminal, (50, 132))
    terminal.relay.size_changed()
    give_up = time.monotonic() + 10
    while terminal.shell.size != (50, 132) and time.monotonic() < give_up:
        time.sleep(0.005)
    assert terminal.shell.size == (50, 132)
    os.write(terminal.user, b"\x04")
    terminal.thread.join(10)


def test_the_terminals_settings_come_back_also_when_the_relay_breaks(terminal: Terminal) -> None:
    import termios

    def refuse(data: bytes) -> None:
        raise OSError("broken")

    before = termios.tcgetattr(terminal.terminal)
    terminal.shell.write = refuse  # type: ignore[method-assign]  # a shell whose connection breaks
    errors: list[BaseException] = []

    def run() -> None:
        try:
            terminal.relay.run()
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    terminal.read_until(b"/ # ")
    assert termios.tcgetattr(terminal.terminal)[tty.LFLAG] != before[tty.LFLAG]
    os.write(terminal.user, b"x")
    thread.join(10)
    assert [str(error) for error in errors] == ["broken"]
    assert termios.tcgetattr(terminal.terminal) == before
