"""Step into a COPY --from: to the step of the source stage that made what it copies."""

import pytest

from stepper.debugger.state import StopReason
from stepper.errors import UsageError
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, file_entry

TEXT = """\
FROM busybox AS builder
RUN make
RUN document
ENV DONE=1

FROM busybox
COPY --from=builder /out /out
COPY --from=debian /etc/os-release /
"""


@pytest.fixture
def built(debug: Debug) -> Debugged:
    """A session that stands before the COPY from the stage."""
    debugged = debug(TEXT)
    debugged.engine.on("RUN make", changes=[added("/out/"), added("/out/app", 900), added("/out/lib", 5000)])
    debugged.engine.on("RUN document", changes=[added("/out/doc", 1000)])
    debugged.session.run_to(debugged.step(7))
    debugged.told()
    return debugged


def test_the_files_are_told_with_the_steps_that_made_them_the_largest_first(built: Debugged) -> None:
    targets = built.session.snapshots.step_in_targets(built.step(7))
    assert [(target.path, target.size, target.maker.instruction.line) for target in targets] == [
        ("/out/lib", 5000, 2),
        ("/out/doc", 1000, 3),
        ("/out/app", 900, 2),
    ]


def test_step_into_goes_to_the_step_that_made_the_largest_and_step_out_comes_back(built: Debugged) -> None:
    ran = len(built.engine.ran)
    built.session.step_into()
    assert built.told() == ["stopped at 2: go to"]
    assert len(built.engine.ran) == ran
    built.session.step_out()
    assert (built.line, built.last_stop()) == (7, StopReason.STEP)
    assert len(built.engine.ran) == ran


def test_the_beginning_is_the_same_after_a_step_into_another_stage(built: Debugged) -> None:
    built.session.step_into()
    built.session.step_out()
    built.session.step_over()
    built.session.reverse_resume()
    assert (built.line, built.last_stop()) == (1, StopReason.ENTRY)


def test_what_the_base_image_brought_leads_to_the_from_that_names_it(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("tools", files={"/bin/tool": file_entry(10)})
    debugged = debug("FROM tools AS base\nRUN x\nFROM base AS t\n\nFROM busybox\nCOPY --from=t /bin/tool /\n")
    debugged.session.run_to(debugged.step(6))
    debugged.session.step_into()
    assert debugged.line == 1


def test_an_image_is_finished_and_says_so(built: Debugged) -> None:
    built.session.step_over()
    built.told()
    built.session.step_into()
    assert built.told() == ["notice line 8 copies from debian, a finished image: no step here made it"]
    assert built.line == 8
    with pytest.raises(UsageError) as raised:
        built.session.snapshots.step_in_targets(built.step(8))
    assert raised.value.hint == "`stepper layers debian` explores its layers."


def test_a_copy_that_finds_nothing_says_that_no_step_made_it(debug: Debug) -> None:
    debugged = debug("FROM busybox AS b\nRUN x\n\nFROM busybox\nCOPY --from=b /nowhere /\n")
    debugged.session.run_to(debugged.step(5))
    debugged.told()
    debugged.session.step_into()
    assert debugged.told() == ["notice no step of b made what line 5 copies"]


def test_a_copy_from_the_build_context_leads_nowhere(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCOPY Dockerfile /\n")
    debugged.session.step_over()
    assert debugged.session.snapshots.step_in_targets(debugged.step(2)) == ()
