"""Hands the terminal over to something else for a while: a shell in the engine, or the user's editor.

The app is suspended meanwhile, and its event loop goes on. The relay to a shell runs in a thread of its own; the
terminal is in raw mode so that every key, Ctrl+C included, reaches the shell alone. Whatever happens, the terminal gets
its settings back.
"""

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
import threading
import tty
from collections.abc import Awaitable, Callable, Iterator, Sequence
from types import FrameType
from typing import Protocol, TypeVar

from textual.app import App, SuspendNotSupported

from stepper.engine.protocol import ShellSession
from stepper.errors import StepperError

_T = TypeVar("_T")

_READ_SIZE = 65536
_RESET = b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[0m\r\n"
"""What a program may have left on: mouse reports, bracketed paste, key modes, a hidden cursor, colours."""


class Handover(Protocol):
    """Gives the terminal away; a test puts its own in the place of the real one."""

    def size(self) -> tuple[int, int]:
        """The terminal's size as (rows, columns)."""

    async def shell(self, session: ShellSession, banner: str) -> None:
        """Relay between the terminal and a shell until the shell ends. Does not close the session."""

    async def program(self, argv: Sequence[str]) -> int:
        """Run a program in the terminal; its exit code. Raises `StepperError` when it cannot be started."""


class TerminalHandover:
    """The real one: suspends the app and uses the terminal that the app runs in."""

    def __init__(self, app: App[int]) -> None:
        self._app = app

    def size(self) -> tuple[int, int]:
        """The terminal's size as (rows, columns)."""
        return self._app.size.height, self._app.size.width

    async def shell(self, session: ShellSession, banner: str) -> None:
        """Relay between the terminal and a shell until the shell ends."""
        source, sink = _terminal()
        relay = Relay(session, source, sink)

        async def relay_until_the_end() -> None:
            os.write(sink, f"\r\n{banner}\r\n".encode(errors="replace"))
            with _signal_handler(signal.SIGWINCH, relay.size_changed):
                await _in_thread(relay.run)

        await self._suspended(relay_until_the_end)

    async def program(self, argv: Sequence[str]) -> int:
        """Run a program in the terminal; its exit code."""

        async def run() -> int:
            try:
                process = await asyncio.create_subprocess_exec(*argv)
            except OSError as error:
                raise StepperError(f"{argv[0]} cannot be started: {error.strerror or error}") from error
            return await process.wait()

        return await self._suspended(run)

    async def _suspended(self, body: Callable[[], Awaitable[_T]]) -> _T:
        """Run `body` with the app suspended. Its errors are raised once the app is back: earlier they would end it."""
        result: list[_T] = []
        failure: BaseException | None = None
        try:
            with self._app.suspend(), _signal_handler(signal.SIGINT, lambda: None):
                try:
                    # A step that runs on meanwhile must not draw over what has the terminal now.
                    with self._app.batch_update():
                        result.append(await body())
                except BaseException as error:
                    failure = error
        except SuspendNotSupported as error:
            raise StepperError(
                "The terminal cannot be handed over here", hint="Run stepper in a terminal of your own."
            ) from error
        if failure is not None:
            raise failure
        return result[0]


class Relay:
    """Carries bytes between a terminal and a shell session until the shell ends, and tells it the terminal's size."""

    def __init__(self, session: ShellSession, source: int, sink: int) -> None:
        self._session = session
        self._source = source
        self._sink = sink
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)

    def size_changed(self) -> None:
        """The terminal has another size now. Safe in a signal handler."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_write, b"!")

    def run(self) -> None:
        """Relay until the shell has ended or the terminal is gone."""
        try:
            with _raw_mode(self._source):
                self._tell_size()
                while self._carry():
                    pass
        finally:
            os.close(self._wake_read)
            os.close(self._wake_write)
            with contextlib.suppress(OSError):
                _write_all(self._sink, _RESET)

    def _carry(self) -> bool:
        """Wait for something and pass it on; False at the end."""
        shell = self._session.fileno()
        ready, _, _ = select.select([shell, self._source, self._wake_read], [], [])
        if self._wake_read in ready:
            os.read(self._wake_read, _READ_SIZE)
            self._tell_size()
        if self._source in ready:
            typed = os.read(self._source, _READ_SIZE)
            if not typed:
                return False
            self._session.write(typed)
        if shell in ready:
            printed = self._session.read()
            if not printed:
                return False
            _write_all(self._sink, printed)
        return True

    def _tell_size(self) -> None:
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(self._sink)
            self._session.resize(rows, columns)


def _terminal() -> tuple[int, int]:
    """The descriptors to read keys from and to write to: where stdout is redirected, stderr is the terminal."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and stream.isatty():
            return 0, stream.fileno()
    return 0, 1


@contextlib.contextmanager
def _raw_mode(descriptor: int) -> Iterator[None]:
    """The terminal in raw mode; its settings come back at the end, whatever happens."""
    if not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor, termios.TCSADRAIN)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _signal_handler(number: int, handler: Callable[[], None]) -> Iterator[None]:
    """Handle a signal with `handler` for a while; not with SIG_IGN, which a child would inherit."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        handler()

    before = signal.signal(number, handle)
    try:
        yield
    finally:
        signal.signal(number, before)


async def _in_thread(function: Callable[[], None]) -> None:
    """Run a function in a daemon thread, which never holds up the end of the process, and wait for it."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            function()
        except BaseException as caught:
            error = caught
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name="stepper-handover", daemon=True).start()
    await done


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
