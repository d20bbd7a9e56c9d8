"""A shell is closed to its end, whatever is found out about it."""

import socket
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from stepper.engine.command import Command
from stepper.engine.entered import Recorder
from stepper.engine.protocol import EndedShell
from stepper.engine.shell import Shell
from stepper.engine.shell_setup import ShellSetup
from stepper.engine.stream import EngineStream
from stepper.errors import EngineError, EngineUnavailable


def shell(
    monkeypatch: pytest.MonkeyPatch, closed: list[str], error: Exception, ours: socket.socket | None = None
) -> Shell:
    """A shell of which an error is all that can be found out at its end; `ours` is its connection."""
    ours = ours or socket.socketpair()[0]
    monkeypatch.setattr(Command, "start_exec", lambda *_, **__: ("exec", EngineStream(ours)))
    client: Any = SimpleNamespace(
        api=SimpleNamespace(exec_resize=lambda *_, **__: None, exec_inspect=lambda _: {"ExitCode": 3})
    )

    def end(_: Recorder) -> EndedShell:
        raise error

    return Shell(client, "container", ShellSetup(Command(["sh"]), ()), (24, 80), lambda: closed.append("closed"), end)


def test_a_shell_whose_terminal_gets_no_size_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, engine = socket.socketpair()
    monkeypatch.setattr(Command, "start_exec", lambda *_, **__: ("exec", EngineStream(ours)))
    pairs: list[tuple[socket.socket, socket.socket]] = []
    make_pair = socket.socketpair

    def socketpair() -> tuple[socket.socket, socket.socket]:
        pairs.append(make_pair())
        return pairs[-1]

    def resize(*_: object, **__: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(socket, "socketpair", socketpair)
    client: Any = SimpleNamespace(api=SimpleNamespace(exec_resize=resize))
    before = threading.enumerate()
    with pytest.raises(EngineUnavailable, match="resize the shell"):
        Shell(client, "container", ShellSetup(Command(["sh"]), ()), (24, 80), lambda: None)
    with engine:
        engine.settimeout(10)
        assert engine.recv(1) == b""
    assert [each for pair in pairs for each in pair if each.fileno() >= 0] == []
    assert [each for each in threading.enumerate() if each not in before and each.name.startswith("shell-")] == []


def test_a_shell_of_which_nothing_can_be_found_out_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    opened = shell(monkeypatch, closed, EngineError("the container is gone"))
    assert opened.close() == 3
    assert (closed, opened.ended) == (["closed"], EndedShell())


def test_what_is_typed_waits_for_nothing_though_the_shell_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, engine = socket.socketpair()
    closed: list[str] = []
    opened = shell(monkeypatch, closed, EngineError("nothing"), ours)
    pasted = bytes(range(256)) * 32_768
    opened.write(pasted)
    opened.write(b"exit\r")
    with engine:
        read = b""
        while not read.endswith(b"exit\r"):
            read += engine.recv(1 << 20)
        assert read == pasted + b"exit\r"
        opened.write(pasted)
        opened.close()
    opened.write(b"too late")
    assert closed == ["closed"]


def test_a_mistake_in_finding_out_leaves_no_container_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    with pytest.raises(ValueError, match="no number"):
        shell(monkeypatch, closed, ValueError("no number")).close()
    assert closed == ["closed"]
