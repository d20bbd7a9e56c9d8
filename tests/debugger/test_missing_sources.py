"""What an instruction will miss in the build context is told when the Dockerfile is read."""

import pytest

from stepper.debugger.options import NamedContext
from stepper.debugger.state import Mode
from stepper.errors import DockerfileError
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine

TEXT = """\
FROM busybox
RUN make
COPY nope \\
  /f
RUN --mount=type=bind,source=none,target=/m x
"""


def lines(debugged: Debugged) -> list[int | None]:
    return [error.line for error in debugged.state.errors if isinstance(error, DockerfileError)]


def test_it_is_told_before_the_engine_is_reached_with_the_word_that_is_wrong(debug: Debug) -> None:
    debugged = debug(TEXT, connect=False)
    assert lines(debugged) == [3, 5]
    error = debugged.state.errors[0]
    assert isinstance(error, DockerfileError)
    assert error.message == '"/nope": not found in the build context'
    excerpts = [each.excerpt for each in debugged.state.errors if isinstance(each, DockerfileError)]
    assert [each.text[each.start : each.end] for each in excerpts if each is not None] == ["nope", "none"]


def test_the_steps_before_it_can_be_run(debug: Debug) -> None:
    debugged = debug(TEXT)
    debugged.engine.on("COPY", message="not found")
    assert debugged.state.error is None
    debugged.session.resume()
    assert debugged.ran() == [1, 2]
    assert debugged.failed() == [3]


def test_the_errors_go_once_the_file_is_there(debug: Debug) -> None:
    debugged = debug(TEXT)
    assert not debugged.session.changed_on_disk()
    (debugged.folder / "nope").write_text("x")
    assert debugged.session.changed_on_disk()
    debugged.session.reload()
    assert lines(debugged) == [5]
    assert not debugged.session.changed_on_disk()


def test_the_ignore_file_counts(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCOPY app /\n")
    (debugged.folder / "app").write_text("x")
    debugged.session.reload()
    assert lines(debugged) == []
    (debugged.folder / ".dockerignore").write_text("ap*\n")
    assert debugged.session.changed_on_disk()
    debugged.session.reload()
    hints = [error.hint for error in debugged.state.errors]
    assert hints == ["It is there, but line 1 of the ignore file keeps it out: ap*"]


@pytest.mark.parametrize(
    "text",
    [
        "FROM busybox AS unused\nCOPY nope /\nFROM busybox\nRUN x\n",
        "FROM busybox\nCOPY $SET_BY_BASE /\n",
        "FROM busybox\nCOPY --from=debian nope /\n",
        "FROM busybox\nCOPY <<nope /f\nx\nnope\n",
    ],
)
def test_only_what_is_certain_is_told(debug: Debug, text: str) -> None:
    assert debug(text).state.errors == ()


def test_a_folder_of_an_additional_context_is_looked_into(debug: Debug) -> None:
    debugged = debug("FROM busybox\nRUN x\n")
    (debugged.folder / "docs").mkdir()
    (debugged.folder / "docs" / "page").write_text("x")
    contexts = {"docs": NamedContext(folder=debugged.folder / "docs")}
    debugged = debug("FROM busybox\nCOPY --from=docs page /\nCOPY --from=docs nope /\n", build_contexts=contexts)
    assert lines(debugged) == [3]


def test_what_is_copied_for_a_platform_is_judged_once_that_is_known(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("FROM busybox\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\n", connect=False)
    assert debugged.state.errors == ()
    debugged.session.connect()
    assert debugged.state.mode is Mode.STOPPED
    assert lines(debugged) == [3]
    (debugged.folder / f"app-{engine.info.platform.split('/')[1]}").write_text("x")
    debugged.session.reload()
    assert debugged.state.errors == ()


def test_another_error_of_the_file_leaves_nothing_to_run(debug: Debug) -> None:
    debugged = debug("FROM busybox\nCOPY nope /\nSTOPSIGNAL foo\n")
    assert lines(debugged) == [2, 3]
    assert debugged.state.error is debugged.state.errors[1]
