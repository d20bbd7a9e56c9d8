"""Where a file comes from."""

from stepper.debugger.provenance import history_of, steps_below, writers
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, deleted, file_entry, modified
from tests.scripted_stepped_run import ScriptedCommand

TEXT = """FROM busybox AS base
RUN make
RUN change
FROM base
RUN remove
RUN again
"""


def built(debug: Debug, engine: ScriptedEngine) -> Debugged:
    engine.image("busybox", files={"/bin/sh": file_entry(1)})
    engine.on("RUN make", changes=[added("/app", 5), added("/lib", 1)])
    engine.on("RUN change", changes=[modified("/app", 7, was=5)])
    engine.on("RUN remove", changes=[deleted("/app", 7)])
    engine.on("RUN again", changes=[added("/app", 9)])
    debugged = debug(TEXT)
    debugged.session.resume()
    return debugged


def told(debugged: Debugged, line: int, path: str) -> list[tuple[int, str]]:
    events = history_of(debugged.state, debugged.step(line), path)
    return [(event.record.instruction.line, event.change.kind.value) for event in events]


def test_a_path_has_the_steps_that_touched_it_also_in_the_stage_below(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine)
    assert told(debugged, 6, "/app") == [(2, "+"), (3, "~"), (5, "-"), (6, "+")]
    assert told(debugged, 5, "/app") == [(2, "+"), (3, "~"), (5, "-")]
    assert told(debugged, 2, "/app") == [(2, "+")]


def test_what_no_step_wrote_has_no_history(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine)
    assert told(debugged, 6, "/bin/sh") == []
    assert told(debugged, 6, "/none") == []


def test_the_writer_is_the_step_that_wrote_a_path_last(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine)

    def lines(line: int) -> dict[str, int]:
        found = writers(debugged.state, debugged.step(line))
        return {path: record.instruction.line for path, record in found.items()}

    assert lines(3) == {"/app": 3, "/lib": 2}
    assert lines(5) == {"/lib": 2}
    assert lines(6) == {"/app": 6, "/lib": 2}


def test_a_failed_step_counts_and_one_that_has_not_run_does_not(debug: Debug, engine: ScriptedEngine) -> None:
    engine.on("RUN make", changes=[added("/half", 5)], exit_code=1)
    debugged = debug(TEXT)
    debugged.session.resume()
    assert told(debugged, 2, "/half") == [(2, "+")]
    assert [record.instruction.line for record in steps_below(debugged.state, debugged.step(3))] == [1, 2]


def test_what_a_run_did_so_far_is_in_the_history_while_it_is_stood_inside_of(
    debug: Debug, engine: ScriptedEngine
) -> None:
    engine.on("RUN one", commands={0: ScriptedCommand(changes=[added("/app", 5)])})
    debugged = debug("FROM busybox\nRUN one && two\n")
    debugged.session.step_over()
    debugged.session.step_into()
    assert told(debugged, 2, "/app") == []
    debugged.session.step_over()
    assert told(debugged, 2, "/app") == [(2, "+")]
