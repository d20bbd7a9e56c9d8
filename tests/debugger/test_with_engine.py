"""A whole debugging session against a real engine: break, fail, look, mend, go on."""

import uuid
from collections.abc import Iterator

import pytest

from stepper.debugger.state import Mode, Status, StopReason
from stepper.engine.connect import Connection, connect, open_engine
from stepper.errors import StepperError
from stepper.image.layer import ChangeKind
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged

pytestmark = pytest.mark.engine


@pytest.fixture
def real(debug: Debug) -> Iterator[Debugged]:
    """A session on a real engine; its images go at the end."""
    token = uuid.uuid4().hex
    debugged = debug(
        "FROM busybox AS builder\n"
        f"RUN echo {token} > /made && rm /etc/passwd /usr/bin/env\n"
        "ENV COLOUR=blue\n"
        "RUN echo half > /half; test -e /nowhere\n"
        "FROM busybox\n"
        "COPY --from=builder /made /\n",
        connect=False,
    )
    debugged.session._open_engine = open_engine
    debugged.session.connect()
    images: set[str] = set()
    yield _noting(debugged, images)
    debugged.session.close()
    connection = connect()
    _remove(connection, images)
    connection.close()


def _noting(debugged: Debugged, images: set[str]) -> Debugged:
    def note(event: object) -> None:
        for record in debugged.state.steps:
            if record.after is not None and record.after.image is not None and record.id.ordinal:
                images.add(record.after.image)
        if debugged.state.image is not None:
            images.add(debugged.state.image.id)
        debugged.events.append(event)  # type: ignore[arg-type]  # whatever the session tells

    debugged.session._states._listener = note
    return debugged


def _remove(connection: Connection, images: set[str]) -> None:
    left = list(images)
    while left:
        refused = [image for image in left if not _removed(connection, image)]
        assert len(refused) < len(left), "images of the test could not be removed"
        left = refused


def _removed(connection: Connection, image: str) -> bool:
    import docker.errors

    try:
        connection.client.sdk.images.remove(image, noprune=True)
    except docker.errors.ImageNotFound:
        return True
    except docker.errors.APIError:
        return False
    return True


def test_break_fail_look_mend_and_go_on(real: Debugged) -> None:
    session = real.session
    session.breakpoints.toggle(3)
    session.resume()
    assert (real.line, real.last_stop()) == (3, StopReason.BREAKPOINT)
    layer = real.at(2).layer
    assert layer is not None
    kinds = {change.path: change.kind for change in layer.changes}
    assert kinds["/made"] is ChangeKind.ADDED
    assert kinds["/usr/bin/env"] is ChangeKind.DELETED

    session.resume()
    failed = real.state.failure
    assert failed is not None
    assert failed.instruction.line == 4
    assert failed.failure is not None
    assert failed.failure.exit_code == 1
    assert failed.layer is not None
    assert "/half" in {change.path for change in failed.layer.changes}
    assert "/half" in session.snapshots.listing(failed.id)
    assert "/usr/bin/env" not in session.snapshots.listing(failed.id)

    text = real.options.dockerfile.read_text()
    real.write("# mended\n" + text.replace("/nowhere", "/half"))
    assert session.changed_on_disk()
    assert session.reload()
    assert (real.line, real.state.stop) == (5, StopReason.EDITED)
    assert real.ran() == [2, 3, 4]
    assert [point.line for point in real.state.breakpoints] == [4]

    session.resume()
    assert real.state.mode is Mode.FINISHED
    assert "/made" in session.snapshots.listing(real.step(7))

    session.step_back()
    session.step_back()
    assert real.line == 6
    session.go_to(0)
    assert real.line == 3
    session.breakpoints.clear()
    session.resume()
    assert {real.at(line).status for line in (3, 4, 5)} == {Status.CACHED}
    session.rerun(real.step(5))
    assert real.at(5).status is Status.DONE


def test_a_file_is_read_as_it_was_before_and_after_each_step_also_of_a_failed_one(real: Debugged) -> None:
    real.session.resume()
    made, failed = real.step(2), real.step(4)
    with real.session.snapshots.file(made, "/etc/passwd", before=True) as stream:
        assert b"".join(stream.chunks).startswith(b"root:")
    with pytest.raises(StepperError), real.session.snapshots.file(made, "/etc/passwd"):
        pass
    with real.session.snapshots.file(failed, "/half") as stream:
        assert (stream.header.size, b"".join(stream.chunks)) == (5, b"half\n")
    with real.session.snapshots.file(failed, "/made", before=True) as stream:
        assert stream.header.size == 33
