"""Where a COPY --from took a file, and the step of the source stage that wrote it."""

import pytest

from stepper.debugger.copied_from import copied_from, origin_of
from tests.debugger.conftest import Debug
from tests.debugger.harness import Debugged
from tests.scripted_engine import ScriptedEngine, added, deleted, file_entry

TEXT = """FROM busybox AS builder
RUN make
RUN pack
FROM builder AS tested
RUN test
FROM scratch
WORKDIR /srv
COPY {copy}
"""


def built(debug: Debug, engine: ScriptedEngine, copy: str, *brought: str) -> Debugged:
    engine.image("busybox", files={"/bin/sh": file_entry(1)})
    engine.image("nginx", files={"/etc/nginx.conf": file_entry(1)})
    engine.on("RUN make", changes=[added("/out/"), added("/out/app", 5), added("/out/lib/x.so", 1), added("/app", 3)])
    engine.on("RUN pack", changes=[added("/out/app.tar", 7), deleted("/app", 3)])
    engine.on("RUN test", changes=[added("/report", 7)])
    engine.on("COPY", changes=[added(path, 5) for path in brought])
    debugged = debug(TEXT.format(copy=copy))
    debugged.session.resume()
    assert debugged.at(8).ran
    return debugged


@pytest.mark.parametrize(
    ("copy", "path", "source", "line"),
    [
        ("--from=builder /out/app /app", "/app", "/out/app", 2),
        ("--from=builder /out/app ./", "/srv/app", "/out/app", 2),
        ("--from=builder out/app bin", "/srv/bin", "/out/app", 2),
        ("--from=builder /out /opt/", "/opt/lib/x.so", "/out/lib/x.so", 2),
        ("--from=builder /out/*.tar /opt/", "/opt/app.tar", "/out/app.tar", 3),
        ("--from=builder / /", "/out/app", "/out/app", 2),
        ("--from=builder --parents /out/./lib /opt/", "/opt/lib/x.so", "/out/lib/x.so", 2),
        ("--from=tested /out/app /report /opt/", "/opt/app", "/out/app", 2),
        ("--from=tested /out/app /report /opt/", "/opt/report", "/report", 5),
        ("--from=builder /bin/sh /bin/", "/bin/sh", "/bin/sh", 1),
    ],
)
def test_a_copied_path_leads_to_its_source_and_the_step_that_wrote_it(
    debug: Debug, engine: ScriptedEngine, copy: str, path: str, source: str, line: int
) -> None:
    debugged = built(debug, engine, copy, path)
    found = copied_from(debugged.state, debugged.at(8), path)
    assert found is not None
    assert found.path == source
    origin = origin_of(debugged.state, debugged.at(8), path)
    assert origin is not None
    assert (origin[0].instruction.line, origin[1]) == (line, source)


def test_a_path_of_an_image_is_told_with_the_image(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine, "--from=nginx /etc/nginx.conf /etc/", "/etc/nginx.conf")
    found = copied_from(debugged.state, debugged.at(8), "/etc/nginx.conf")
    assert found is not None
    assert (found.name, found.path, found.last) == ("nginx", "/etc/nginx.conf", None)
    assert origin_of(debugged.state, debugged.at(8), "/etc/nginx.conf") is None


def test_what_is_outside_of_the_destination_came_from_nowhere(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine, "--from=builder /out /opt/", "/opt/app", "/optional")
    assert copied_from(debugged.state, debugged.at(8), "/optional") is None


def test_what_another_instruction_wrote_is_from_no_stage(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = built(debug, engine, "Dockerfile /opt/", "/opt/Dockerfile")
    assert copied_from(debugged.state, debugged.at(8), "/opt/Dockerfile") is None
    assert copied_from(debugged.state, debugged.at(2), "/out/app") is None
