"""What a script does is the same whether it is run as a whole, with marks, or one command at a time."""

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from stepper.dockerfile.shell.hooks import Hook, with_hooks
from stepper.dockerfile.shell.marks import Mark, MarkedOutputs
from stepper.dockerfile.shell.split import split
from tests.dockerfile.shell.bodies import BODIES, Body

_SHELLS = {"dash": ("dash",), "busybox": ("busybox", "sh"), "bash": ("bash",), "bash as sh": ("bash", "--posix")}
_PARENT = 'exec 9>&2 2>/dev/null; (exec "$@" 2>&9 9>&-); exit $?'
"""The shell's parent: it keeps both outputs, whatever the shell does to its own."""
_SECONDS = 30


class Ran(NamedTuple):
    """What came of a script."""

    stdout: bytes
    stderr: bytes
    code: int
    files: dict[str, tuple[int, bytes]]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the folders that scripts run in: each the same path again, since a script may print it."""
    for program, *_ in _SHELLS.values():
        assert shutil.which(program), (
            f"{program} is missing on this machine; on Debian and Ubuntu: apt-get install {program}"
        )
    folder = tmp_path_factory.mktemp("scripts")
    yield folder
    shutil.rmtree(folder)


def _cases() -> Iterator[tuple[str, Body, tuple[str, ...]]]:
    for number, body in enumerate(BODIES):
        for name, program in _SHELLS.items():
            if name == "bash as sh" and number % 4:
                continue
            if body.shell[0] == "/bin/sh" or name == "bash":
                yield f"{body.name} in {name}", body, program


def _run(script: str, body: Body, program: tuple[str, ...], folder: Path) -> subprocess.Popen[bytes]:
    shutil.rmtree(folder / "at", ignore_errors=True)
    (folder / "at").mkdir()
    command = ["sh", "-c", _PARENT, "sh", *program, *body.shell[1:], script]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    return subprocess.Popen(
        command,
        cwd=folder / "at",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _files(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def _whole(body: Body, program: tuple[str, ...], folder: Path) -> Ran:
    process = _run(body.script, body, program, folder)
    stdout, stderr = process.communicate(timeout=_SECONDS)
    return Ran(stdout, stderr, process.returncode, _files(folder / "at"))


def _hooked(body: Body, program: tuple[str, ...], folder: Path, *, gate: bool) -> tuple[Ran, list[Mark]]:
    """Run a script with hooks; those with a gate wait until the mark before them was seen."""
    pipe = folder / "gate"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    opened = os.open(pipe, os.O_RDWR)
    token = f"stepper-{secrets.token_hex(12)} "
    look = folder / "look"
    look.write_text(f"pwd >|{folder}/told; set >>{folder}/told; a() {{ b=c; }}; cd /; set -u; exit 7\n")
    hook = Hook(token, (1, 9), str(pipe) if gate else None, str(look) if gate else None)
    output = (bytearray(), bytearray())
    marks: list[Mark] = []
    lock = threading.Lock()

    def arrived(mark: Mark) -> None:
        marks.append(mark)
        if gate:
            os.write(opened, b"\n")

    marked = MarkedOutputs(token, lambda data, stderr: output[stderr].extend(data), arrived)

    def read(stderr: bool) -> None:
        stream = process.stderr if stderr else process.stdout
        assert stream is not None
        while data := os.read(stream.fileno(), 1000):
            with lock:
                marked.add(data, stderr)

    process = _run(with_hooks(split(body.script, body.shell), hook, at_first=gate), body, program, folder)
    readers = [threading.Thread(target=read, args=(stderr,)) for stderr in (False, True)]
    for reader in readers:
        reader.start()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    finally:
        for reader in readers:
            reader.join()
        os.close(opened)
        process.stdout.close()  # type: ignore[union-attr]  # it is a pipe
        process.stderr.close()  # type: ignore[union-attr]  # it is a pipe
    marked.end()
    return Ran(bytes(output[0]), bytes(output[1]), process.returncode, _files(folder / "at")), marks


@pytest.mark.parametrize(("body", "program"), [pytest.param(b, p, id=name) for name, b, p in _cases()])
def test_a_script_does_the_same_with_marks_and_one_command_at_a_time(
    body: Body, program: tuple[str, ...], folders: Path
) -> None:
    whole = _whole(body, program, folders)

    marked, marks = _hooked(body, program, folders, gate=False)
    stepped, stops = _hooked(body, program, folders, gate=True)

    assert marked == whole
    assert stepped == whole
    if body.commands:
        assert stops[0] == Mark(0, 0)
        assert stops[1:] == marks


@pytest.mark.parametrize("body", [pytest.param(body, id=body.name) for body in BODIES])
def test_the_commands_at_the_top_are_found(body: Body) -> None:
    assert len(split(body.script, body.shell).commands) == body.commands
