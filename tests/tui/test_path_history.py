"""The history of a path as it is told under a tree of paths."""

from stepper.debugger.provenance import history_of
from stepper.debugger.state import SessionState, StepRecord
from stepper.tui.path_history import history_text, writer_before
from tests.debugger.conftest import Debug, debug, engine
from tests.scripted_engine import ScriptedEngine, added, file_entry, modified

__all__ = ["debug", "engine"]

TEXT = """FROM busybox AS builder
RUN make
RUN change
FROM busybox AS packed
COPY --from=builder /out /pkg
FROM busybox
COPY --from=packed /pkg/app /app
RUN strip
"""


def built(debug: Debug, engine: ScriptedEngine) -> SessionState:
    engine.image("busybox", files={"/bin/sh": file_entry(1)})
    engine.on("RUN make", changes=[added("/out/app", 5)])
    engine.on("RUN change", changes=[modified("/out/app", 6, was=5)])
    engine.on("COPY --from=builder", changes=[added("/pkg/app", 6)])
    engine.on("COPY --from=packed", changes=[added("/app", 6)])
    engine.on("RUN strip", changes=[modified("/app", 4, was=6)])
    debugged = debug(TEXT)
    debugged.session.resume()
    return debugged.state


def at(state: SessionState, line: int) -> StepRecord:
    record = state.record_at(line)
    assert record is not None
    return record


def test_a_copied_path_is_told_with_its_history_in_the_stages_that_it_came_through(
    debug: Debug, engine: ScriptedEngine
) -> None:
    state = built(debug, engine)
    assert history_text(state, history_of(state, at(state, 8).id, "/app")) == (
        "copied at line 7 from packed:/pkg/app, copied at line 5 from builder:/out/app, added at line 2, "
        "modified at line 3 · modified at 8"
    )


def test_what_no_step_touched_is_the_base_images(debug: Debug, engine: ScriptedEngine) -> None:
    state = built(debug, engine)
    assert history_text(state, history_of(state, at(state, 8).id, "/bin/sh")) == "base image"


def test_going_to_the_writer_again_and_again_leads_to_the_first_step_of_all(
    debug: Debug, engine: ScriptedEngine
) -> None:
    state = built(debug, engine)
    step, path = at(state, 8).id, "/app"
    way = []
    while (written := writer_before(state, step, path)) is not None:
        step, path = written.record.id, written.path
        way.append((written.record.instruction.line, path))
    assert way == [(7, "/app"), (5, "/pkg/app"), (3, "/out/app"), (2, "/out/app")]
