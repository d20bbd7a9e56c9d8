"""The call stack: by which chain of uses a build came to a step."""

from stepper.debugger.call_stack import call_stack
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged


def stack(debugged: Debugged, line: int, trigger: int = 0) -> list[tuple[int, str, str | None]]:
    frames = call_stack(debugged.state, debugged.step(line)._replace(trigger=trigger))
    return [(frame.line, frame.stage, frame.use.value if frame.use else None) for frame in frames]


def test_a_stage_is_there_for_the_step_that_uses_it(debug: Debug) -> None:
    debugged = debug(
        "FROM busybox AS base\nRUN a\n\nFROM base AS builder\nRUN b\n\nFROM busybox AS prod\nCOPY --from=builder / /\n"
    )
    assert stack(debugged, 2) == [
        (2, "base", None),
        (4, "builder", "FROM"),
        (8, "prod", "COPY --from"),
    ]
    assert stack(debugged, 8) == [(8, "prod", None)]


def test_of_several_users_the_first_that_the_goal_needs_counts(debug: Debug) -> None:
    text = (
        "FROM busybox AS a\n\nFROM a AS unused\n\nFROM busybox AS b\nCOPY --from=a / /\n\nFROM b\nCOPY --from=a / /\n"
    )
    debugged = debug(text)
    assert stack(debugged, 1) == [(1, "a", None), (6, "b", "COPY --from"), (8, "stage 3", "FROM")]


def test_a_mount_is_a_use(debug: Debug) -> None:
    debugged = debug("FROM busybox AS tools\nRUN t\n\nFROM busybox AS prod\nRUN --mount=from=tools,target=/t /t/x\n")
    assert stack(debugged, 2) == [(2, "tools", None), (5, "prod", "RUN --mount")]


def test_a_trigger_stands_at_its_onbuild_and_is_there_for_its_from(debug: Debug) -> None:
    debugged = debug("FROM busybox AS b\nONBUILD RUN t\n\nFROM b AS c\nRUN own\n\nFROM busybox\nCOPY --from=c / /\n")
    assert stack(debugged, 4, trigger=1) == [
        (2, "c", None),
        (4, "c", "ONBUILD"),
        (8, "stage 2", "COPY --from"),
    ]


def test_a_stage_that_a_trigger_copies_from_is_there_for_the_trigger(debug: Debug) -> None:
    debugged = debug(
        "FROM busybox AS files\nRUN f\n\nFROM busybox AS b\nONBUILD COPY --from=files / /\n\nFROM b AS prod\nRUN own\n"
    )
    frames = call_stack(debugged.state, debugged.step(2))
    assert [(frame.record.id.stage, frame.record.id.trigger, frame.use and frame.use.value) for frame in frames] == [
        (0, 0, None),
        (2, 1, "COPY --from"),
        (2, 0, "ONBUILD"),
    ]


def test_a_stage_that_is_not_needed_is_there_for_its_own_sake(debug: Debug) -> None:
    debugged = debug("FROM busybox AS side\nRUN s\n\nFROM busybox\nRUN x\n")
    assert stack(debugged, 2) == [(2, "side", None)]
    debugged.session.go_to(0)
    assert stack(debugged, 2) == [(2, "side", None)]
