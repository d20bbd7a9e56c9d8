"""The image after a step: its layers, what nobody sees of them, what its builder stages kept."""

from stepper.debugger.image_so_far import ImageSoFar, image_so_far
from stepper.image.hidden_bytes import BASE
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, deleted, file_entry, modified

TEXT = """FROM golang AS builder
RUN make
FROM busybox AS base
RUN fetch
ENV A=1
FROM base
RUN clean
COPY --from=builder /app /app
"""


def built(debug: Debug, engine: ScriptedEngine) -> Debugged:
    engine.image("golang", size=300_000_000)
    engine.image("busybox", size=4_000_000, files={"/bin/sh": file_entry(1000)})
    engine.on("RUN make", changes=[added("/app", 12_000), added("/obj", 88_000)])
    engine.on("RUN fetch", changes=[added("/archive", 5000), added("/lib", 2000)])
    engine.on("RUN clean", changes=[deleted("/archive", 5000), modified("/bin/sh", 1100, was=1000)])
    engine.on("COPY", changes=[added("/app", 12_000)])
    debugged = debug(TEXT)
    debugged.session.resume()
    return debugged


def after(debugged: Debugged, line: int) -> ImageSoFar:
    return image_so_far(debugged.state, debugged.step(line))


def lines(image: ImageSoFar) -> list[int]:
    return [record.instruction.line for record in image.steps]


def test_the_layers_are_the_base_image_and_what_wrote_something_up_to_the_step(
    debug: Debug, engine: ScriptedEngine
) -> None:
    debugged = built(debug, engine)
    assert lines(after(debugged, 8)) == [3, 4, 7, 8]
    assert lines(after(debugged, 4)) == [3, 4]
    assert after(debugged, 8).size == 4_000_000 + 7000 + 1100 + 12_000


def test_hidden_files_name_the_steps_or_the_base_image(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine)
    image = after(debugged, 8)
    assert {(file.path, file.size, file.written, file.hidden) for file in image.hidden} == {
        ("/archive", 5000, 1, 2),
        ("/bin/sh", 1000, BASE, 2),
    }
    assert image.unreachable == 6000
    assert after(debugged, 4).unreachable == 0


def test_a_builder_stage_keeps_what_was_not_copied(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine)
    (stage,) = after(debugged, 8).builders
    assert (stage.label, stage.size, stage.taken, stage.saved) == ("builder", 300_100_000, 12_000, 300_088_000)
    assert stage.last == debugged.step(2)
    assert after(debugged, 7).builders == ()


def test_a_base_image_that_both_have_is_not_left_behind(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("busybox", size=4_000_000)
    engine.on("RUN make", changes=[added("/app", 12_000), added("/obj", 88_000)])
    engine.on("COPY", changes=[added("/app", 12_000)])
    debugged = debug("FROM busybox AS a\nRUN make\nFROM busybox\nCOPY --from=a /app /\n")
    debugged.session.resume()
    (stage,) = after(debugged, 4).builders
    assert (stage.size, stage.taken, stage.saved) == (100_000, 12_000, 88_000)
