"""What is likely to help after a failure: facts that are looked up in the build."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stepper.debugger.hints.hint import Hint
from stepper.engine.evidence import Evidence
from stepper.image.config import ImageConfig
from stepper.image.entry import Entry
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, directory_entry, file_entry
from tests.scripted_stepped_run import ScriptedCommand

PROGRAM = file_entry(10, mode=0o755)
PATH = ("PATH", "/usr/bin:/bin")
Fail = Callable[..., list[str]]


@pytest.fixture
def base(engine: ScriptedEngine) -> dict[str, Entry]:
    """The files of busybox; a test adds to them before it fails something."""
    return {"/": directory_entry(), "/bin": directory_entry(), "/bin/sh": PROGRAM, "/bin/ls": PROGRAM}


@pytest.fixture
def fail(debug: Debug, engine: ScriptedEngine, base: dict[str, Entry]) -> Fail:
    """`fail(output)` lets the last RUN fail with that output, and gives what is said of it."""

    def failed(
        output: str, *, text: str = "FROM busybox\nRUN make\n", code: int = 1, failing: str = "RUN make"
    ) -> list[str]:
        config = ImageConfig(env=(PATH,), architecture="amd64")
        engine.image("busybox", files=base, config=config)
        engine.on(failing, output=[output], exit_code=code)
        debugged = debug(text)
        debugged.session.resume()
        return [hint.text for hint in hints_of(debugged)]

    return failed


def hints_of(debugged: Debugged) -> tuple[Hint, ...]:
    debugged.session.explanations.look_into_failures()
    assert debugged.state.failure is not None
    assert debugged.state.failure.hints is not None
    return debugged.state.failure.hints


# Programs that are not found


@pytest.mark.parametrize(
    "output",
    [
        "/bin/sh: gcc: not found\n",
        "/bin/sh: 1: gcc: not found\n",
        "bash: line 1: gcc: command not found\n",
        "env: can't execute 'gcc': No such file or directory\n",
        "env: ‘gcc’: No such file or directory\n",
        "make: gcc: No such file or directory\n",
    ],
)
def test_a_program_that_another_stage_has_is_named_with_it(fail: Fail, engine: ScriptedEngine, output: str) -> None:
    engine.image("gcc", files={"/usr/bin/gcc": PROGRAM})
    text = "FROM gcc AS build\nRUN true\nFROM busybox\nCOPY --from=build /x /x\nRUN make\n"
    assert fail(output, text=text, code=127) == ["gcc is in the stage build (/usr/bin/gcc), not in this one"]


def test_a_program_outside_of_the_path_is_told_with_its_place(fail: Fail, base: dict[str, Entry]) -> None:
    base["/opt/go/bin/go"] = PROGRAM
    assert fail("/bin/sh: go: not found\n", code=127) == ["go is at /opt/go/bin/go, and PATH does not name /opt/go/bin"]


def test_a_program_that_is_nowhere_is_said_to_be_nowhere(fail: Fail) -> None:
    expected = "no folder of PATH has a program lss, and no stage that has run does; there is one called ls"
    assert fail("/bin/sh: lss: not found\n", code=127) == [expected]


# Files that are not there


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "config.json").write_text("{}")
    (folder / "src" / "Main.go").write_text("")
    return folder


COPY = "FROM busybox\nWORKDIR /app\nCOPY src ./\nRUN make\n"


def test_a_file_that_the_ignore_file_keeps_out_is_told_with_the_rule(fail: Fail, copied: Path) -> None:
    (copied / ".dockerignore").write_text("# no settings\n**/*.json\n")
    assert fail("cat: can't open 'config.json': No such file or directory\n", text=COPY) == [
        "src/config.json is in the build context, but .dockerignore:2 keeps it out: **/*.json"
    ]


def test_a_file_of_other_letters_in_the_image_is_told(fail: Fail, base: dict[str, Entry]) -> None:
    base["/app/Makefile"] = file_entry(3)
    text = "FROM busybox\nWORKDIR /app\nRUN make\n"
    assert fail("sed: makefile: No such file or directory\n", text=text) == [
        "there is no /app/makefile, but /app/Makefile: case counts"
    ]


def test_a_file_of_other_letters_in_the_build_context_is_told(fail: Fail, copied: Path) -> None:
    assert fail("open main.go: no such file or directory\n", text=COPY) == [
        "the build context has Main.go, not main.go: case counts"
    ]


def test_a_file_in_another_directory_is_told(fail: Fail, base: dict[str, Entry]) -> None:
    base["/srv/go.mod"] = file_entry(3)
    assert fail("cat: go.mod: No such file or directory\n") == ["there is no /go.mod, but /srv/go.mod"]


def test_a_file_that_is_not_in_the_build_context_either_is_told(fail: Fail, copied: Path) -> None:
    assert fail("cat: nothing.txt: No such file or directory\n", text=COPY) == [
        "the build context has no src/nothing.txt that line 3 could copy"
    ]


# Programs that do not start


def elf(machine: int) -> bytes:
    header = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9) + (2).to_bytes(2, "little") + machine.to_bytes(2, "little")
    return header + bytes(100)


@pytest.mark.parametrize(
    "output",
    [
        "/bin/sh: 1: /app/tool: Exec format error\n",
        "exec /app/tool: exec format error\n",
        '/app/tool: line 1: syntax error: unexpected "("\n',
    ],
)
def test_a_program_for_another_machine_is_told_with_both(
    fail: Fail, base: dict[str, Entry], engine: ScriptedEngine, output: str
) -> None:
    engine.contents["/app/tool"] = elf(183)
    base["/app/tool"] = file_entry(len(elf(183)), mode=0o755)
    assert fail(output, code=126) == ["/app/tool is a program for arm64; the engine runs amd64"]


def test_a_program_for_another_machine_is_told_where_the_shell_took_it_for_a_script(
    debug: Debug, base: dict[str, Entry], engine: ScriptedEngine
) -> None:
    engine.contents["/bin/tool"] = elf(183)
    base["/bin/tool"] = file_entry(len(elf(183)), mode=0o755)
    engine.image("busybox", files=base, config=ImageConfig(env=(PATH,), architecture="amd64"))
    does = ScriptedCommand("/bin/tool: line 1: \x7fELF\x02@@: not found\n", exit_code=127)
    engine.on("RUN true && tool -v", commands={1: does})
    debugged = debug("FROM busybox\nRUN true && tool -v\n")
    debugged.session.resume()
    assert [hint.text for hint in hints_of(debugged)] == ["/bin/tool is a program for arm64; the engine runs amd64"]


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (b"#!/bin/bash\n", "/run.sh is to be run by /bin/bash (its first line), which is not in the image"),
        (b"#!/usr/bin/env python3\n", "/run.sh is to be run by python3 (its first line), which is not in the image"),
        (b"#!/bin/sh\r\ntrue\r\n", "/run.sh has Windows line ends (CRLF): its first line names /bin/sh\\r"),
    ],
)
def test_a_script_without_its_interpreter_says_which(
    fail: Fail, base: dict[str, Entry], engine: ScriptedEngine, script: bytes, said: str
) -> None:
    engine.contents["/run.sh"] = script
    base |= {"/run.sh": file_entry(len(script), mode=0o755), "/usr/bin/env": PROGRAM}
    assert fail("/bin/sh: ./run.sh: not found\n", code=127) == [said]


# Permissions


def test_what_another_user_owns_is_told_with_its_mode_and_the_user(
    fail: Fail, base: dict[str, Entry], engine: ScriptedEngine
) -> None:
    base |= {"/data": directory_entry(mode=0o755), "/etc/passwd": file_entry(50)}
    engine.contents["/etc/passwd"] = b"root:x:0:0::/:\napp:x:1000:1001::/home:\n"
    text = "FROM busybox\nUSER app\nRUN make\n"
    assert fail("touch: /data/x: Permission denied\n", text=text) == [
        "/data/x would be made in /data, which is drwxr-xr-x of 0:0; the step runs as app (1000:1001)"
    ]


def test_a_script_that_is_not_executable_is_told(fail: Fail, base: dict[str, Entry], engine: ScriptedEngine) -> None:
    base["/run.sh"] = file_entry(5)
    assert fail("/bin/sh: ./run.sh: Permission denied\n", code=126) == ["/run.sh is not executable: -rw-r--r-- of 0:0"]


# Network, memory, disk


@pytest.mark.parametrize(
    "output", ["curl: (6) Could not resolve host: example.com\n", "wget: bad address 'example.com'\n"]
)
def test_a_step_without_a_network_says_so(fail: Fail, output: str) -> None:
    text = "FROM busybox\nRUN --network=none make\n"
    assert fail(output, text=text, failing="RUN --network") == ["the step has no network: its --network=none"]


def test_the_network_is_told_of_by_what_was_found(fail: Fail, engine: ScriptedEngine) -> None:
    engine.noted = Evidence(has_route=False)
    assert fail("wget: bad address 'example.com'\n") == ["the step's container has no route to the outside"]


def test_lack_of_memory_is_told_by_the_kernels_record(fail: Fail, engine: ScriptedEngine) -> None:
    engine.noted = Evidence(memory_kills=2, memory_limit=512_000_000)
    assert fail("", code=137) == [
        "out of memory: the kernel killed 2 processes of this step's container at its limit of 512 MB"
    ]


def test_a_kill_that_was_not_for_memory_is_told_as_such(fail: Fail, engine: ScriptedEngine) -> None:
    engine.noted = Evidence(memory_kills=0)
    (text,) = fail("Killed\n", code=137)
    assert text == "the kernel killed nothing in this container for lack of memory"


def test_a_full_disk_is_told_with_its_figures(fail: Fail, engine: ScriptedEngine) -> None:
    engine.noted = Evidence(disk_free=0, disk_size=10_000_000_000)
    assert fail("cp: write error: No space left on device\n") == ["the engine's disk has 0 B free of 10.0 GB"]


# When they are looked for


def test_nothing_is_asked_of_the_engine_where_the_output_says_nothing(fail: Fail, engine: ScriptedEngine) -> None:
    assert fail("it is broken\n") == []
    assert not [call for call in engine.calls if call.startswith(("listing", "evidence"))]


def test_hints_are_told_once_with_the_record_that_has_them(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", output=["x: not found\n"], exit_code=127, changes=[added("/half", 1)])
    debugged = debug("FROM busybox\nRUN make\n")
    debugged.session.resume()
    debugged.told()
    hints_of(debugged)
    hints_of(debugged)
    assert debugged.told() == ["explained 2"]


def test_the_last_output_of_a_failed_step_is_kept(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", output=[f"line {number}\n" for number in range(100_000)], exit_code=1)
    debugged = debug("FROM busybox\nRUN make\n")
    debugged.session.resume()
    assert debugged.state.failure is not None
    lines = debugged.state.failure.last_output.splitlines()
    assert lines[-1] == "line 99999"
    assert len(lines) == 200
