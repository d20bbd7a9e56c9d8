"""What is told of a COPY: before it runs, after it ran, and of the stage that it copies from."""

import struct
from pathlib import Path

import pytest

from stepper.debugger.copied_binaries import lacking
from stepper.debugger.copy_report import CopyReport
from stepper.engine.copy_record import CopiedFile, Origin
from stepper.errors import UsageError
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, directory_entry, file_entry, link_entry

TEXT = """FROM busybox AS builder
RUN make
RUN pack
FROM debian AS prod
COPY --from=builder /out /bin/sh /app/
COPY *.py /app/
COPY --from=builder /out/lib.so /lib/
"""


def debugged(debug: Debug, engine: ScriptedEngine) -> Debugged:
    engine.image("busybox", files={"/bin/": directory_entry(), "/bin/sh": file_entry(100)})
    engine.image("debian", files={"/app": directory_entry(), "/app/sh": file_entry(1)})
    engine.on("RUN make", changes=[added("/out/"), added("/out/app", 50), added("/out/lib.so", 20)])
    engine.on("RUN pack", changes=[added("/out/app.tar", 30)])
    brought = [("/app/app", 50), ("/app/lib.so", 20), ("/app/app.tar", 30), ("/app/sh", 100)]
    engine.on("COPY --from=builder /out /bin/sh", changes=[added(path, size) for path, size in brought])
    engine.on("COPY --from=builder /out/lib.so", changes=[added("/lib/lib.so", 20)])
    engine.on("COPY *.py", changes=[added("/app/a.py", 3), added("/app/b.py", 4)])
    started = debug(TEXT)
    for name, content in (("a.py", "abc"), ("b.py", "abcd"), ("c.txt", "")):
        (started.folder / name).write_text(content)
    return started


def report(debugged: Debugged, line: int) -> CopyReport:
    return debugged.session.snapshots.copied(debugged.step(line))


def stand_before(debugged: Debugged, line: int) -> None:
    debugged.session.run_to(debugged.step(line))
    assert debugged.line == line


def files(found: CopyReport) -> list[tuple[str, str]]:
    return [(file.source, file.destination) for file in found.record.files]


def test_the_next_copy_has_a_preview(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    stand_before(started, 5)
    found = report(started, 5)
    assert found.is_preview
    assert files(found) == [
        ("/out/app", "/app/app"),
        ("/out/app.tar", "/app/app.tar"),
        ("/out/lib.so", "/app/lib.so"),
        ("/bin/sh", "/app/sh"),
    ]
    assert found.record.overwritten == 1
    assert "COPY" not in " ".join(engine.ran)


def test_each_source_has_the_step_of_its_stage_that_made_it(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    stand_before(started, 5)
    makers = {path: record.instruction.line for path, record in report(started, 5).makers.items()}
    assert makers == {"/out/app": 2, "/out/lib.so": 2, "/out/app.tar": 3}


def test_what_a_stage_takes_and_leaves_is_counted_over_all_its_copies(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    stand_before(started, 6)
    taken = report(started, 5).taken
    assert taken is not None
    assert (taken.stage, taken.source, taken.taken, taken.total) == ("prod", "builder", 200, 200)
    started.session.resume()
    last = report(started, 7).taken
    assert last is not None
    assert last.taken == 200, "what two COPYs take counts once"


def test_a_copy_that_ran_is_told_as_its_layer_has_it(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    started.session.resume()
    found = report(started, 6)
    assert (found.is_preview, found.changed) == (False, False)
    assert files(found) == [("/a.py", "/app/a.py"), ("/b.py", "/app/b.py")]


def test_sources_that_changed_after_the_copy_are_told(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    started.session.resume()
    (started.folder / "a.py").unlink()
    (started.folder / "later.py").write_text("new")
    found = report(started, 6)
    assert found.changed
    assert files(found) == [("/b.py", "/app/b.py"), ("", "/app/a.py")]


def test_what_was_fetched_is_told_by_the_layer(debug: Debug, engine: ScriptedEngine) -> None:
    url = "https://example.invalid/app.bin"
    engine.on("ADD", changes=[added("/srv/app.bin", 9)])
    started = debug(f"FROM busybox\nADD {url} /srv/\n")
    started.session.step_over()
    assert report(started, 2).record.not_fetched == (url,)
    started.session.step_over()
    (file,) = report(started, 2).record.files
    assert (file.source, file.destination, file.origin) == (url, "/srv/app.bin", Origin.REMOTE)


def test_an_image_that_is_not_there_yet_is_told_as_such(debug: Debug, engine: ScriptedEngine) -> None:
    started = debug("FROM busybox\nCOPY --from=nginx /etc/nginx /etc/nginx\n")
    started.session.step_over()
    assert report(started, 2).record.not_fetched == ("nginx",)


def test_what_makes_a_copy_fail_is_told_before_it_does(debug: Debug, engine: ScriptedEngine) -> None:
    started = debug("FROM busybox\nCOPY missing /app/\n")
    started.session.step_over()
    assert report(started, 2).record.error == '"/missing": not found in the build context'


def test_a_copy_further_down_is_not_known_yet(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    with pytest.raises(UsageError, match="line 6 copies is known once"):
        report(started, 6)


def test_other_instructions_copy_nothing(debug: Debug, engine: ScriptedEngine) -> None:
    started = debugged(debug, engine)
    stand_before(started, 2)
    with pytest.raises(UsageError, match="line 2 copies nothing"):
        report(started, 2)


INTERPRETER = "/lib64/ld-linux-x86-64.so.2"


def binary(interpreter: str = INTERPRETER) -> bytes:
    """An ELF binary for amd64 that needs this interpreter and no library."""
    text = interpreter.encode() + b"\0"
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = ident + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 3, 4, 120, 0, 0, len(text), len(text), 1)
    return header + segment + text


def test_a_copied_binary_whose_interpreter_is_not_there_is_told(
    debug: Debug, engine: ScriptedEngine, tmp_path: Path
) -> None:
    started = debug("FROM debian\nCOPY tool /bin/\n")
    started.session.step_over()
    (started.folder / "tool").write_bytes(binary())
    (started.folder / "tool").chmod(0o755)
    assert report(started, 2).missing == (("/bin/tool", (INTERPRETER,)),)


def test_an_interpreter_behind_a_link_is_there() -> None:
    there = {
        "/": directory_entry(),
        "/lib64": link_entry("usr/lib64"),
        "/usr": directory_entry(),
        "/usr/lib64": directory_entry(),
        "/usr/lib64/ld-linux-x86-64.so.2": file_entry(9),
    }
    file = CopiedFile("/tool", "/bin/tool", file_entry(200, mode=0o755))
    assert list(lacking([file], there, lambda file, limit: binary())) == []
    del there["/usr/lib64/ld-linux-x86-64.so.2"]
    assert [each.path for each in lacking([file], there, lambda file, limit: binary())] == ["/bin/tool"]


def test_only_what_may_be_a_binary_is_read() -> None:
    def read(file: CopiedFile, limit: int) -> bytes:
        raise AssertionError(f"{file.source} was read")

    plain = CopiedFile("/text", "/text", file_entry(200))
    empty = CopiedFile("/empty", "/empty", file_entry(0, mode=0o755))
    assert list(lacking([plain, empty], {}, read)) == []
