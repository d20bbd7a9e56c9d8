"""What the options of a build do in a session."""

import os
from pathlib import Path

from stepper.debugger.options import NamedContext
from stepper.dockerfile.operations import CopyOperation, FromOperation
from stepper.engine.step import ContextSource, ExtraHost, RunSettings, StepId
from stepper.image.config import ImageConfig
from tests.debugger.conftest import Debug
from tests.scripted_engine import ScriptedEngine, added

_TWO_STAGES = "FROM busybox AS base\nRUN one\nFROM busybox AS Last\nRUN two\nLABEL a=file b=file\n"


def test_a_run_knows_the_settings_of_the_build(debug: Debug, engine: ScriptedEngine) -> None:
    settings = RunSettings("none", (ExtraHost("db", "10.0.0.5"),), 1024)
    debug("FROM busybox\nRUN one\n", run_settings=settings).session.resume()
    assert [step.settings for step in engine.executed] == [settings]


def test_labels_are_for_the_targets_image_and_override_the_files(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TWO_STAGES, labels={"b": "given", "c": ""})
    debugged.session.resume()
    debugged.session.go_to(0)
    debugged.session.resume()
    first, second = (dict(snapshot.config.labels) for snapshot in engine.finished)
    assert first == {"a": "file", "b": "given", "c": ""}
    assert second == {}


def test_a_snapshot_of_the_targets_last_step_is_the_image_of_the_build(debug: Debug, engine: ScriptedEngine) -> None:
    engine.image("busybox", config=ImageConfig(os="linux", architecture="arm64"))
    debugged = debug(_TWO_STAGES, labels={"b": "given"}, platform="linux/386")
    debugged.session.resume()
    for step in (StepId(1, 1), StepId(1, 2)):
        debugged.session.snapshots.image(step)

    of_build, before, last = engine.finished
    assert last == of_build
    assert dict(last.config.labels) == {"a": "file", "b": "given"}
    assert before.config.labels == ()
    assert {each.config.architecture for each in engine.finished} == {"386"}


def test_the_cache_filter_runs_the_steps_of_its_stages_anew(debug: Debug, engine: ScriptedEngine) -> None:
    text = _TWO_STAGES.replace("LABEL", "COPY --from=base / /\nLABEL")
    debug(text).session.resume()
    engine.calls.clear()
    debug(text, no_cache_stages=("LAST",)).session.resume()
    assert "cache RUN one" in engine.calls
    assert "run RUN two" in engine.calls


def test_what_ran_anew_once_comes_from_the_cache_when_it_is_restarted(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug(_TWO_STAGES, no_cache_stages=("1",))
    debugged.session.resume()
    debugged.session.restart()
    engine.calls.clear()
    debugged.session.resume()
    assert "cache RUN two" in engine.calls


def test_the_platform_is_what_is_built_for_and_the_engines_what_builds(debug: Debug, engine: ScriptedEngine) -> None:
    text = (
        "FROM --platform=$BUILDPLATFORM busybox\nFROM scratch\nARG TARGETARCH BUILDARCH\nENV A=$TARGETARCH-$BUILDARCH\n"
    )
    debugged = debug(text, platform="linux/arm64")
    debugged.session.resume()
    after = debugged.at(4).after
    assert after is not None
    assert after.config.environment["A"] == "arm64-amd64"
    assert after.config.architecture == "arm64"
    debugged.session.go_to(0)
    step = debugged.at(1).step
    assert step is not None
    assert isinstance(step.operation, FromOperation)
    assert step.operation.platform == "linux/amd64"


def test_images_are_asked_for_in_the_platform_of_the_build(debug: Debug, engine: ScriptedEngine) -> None:
    text = "FROM --platform=linux/amd64 busybox AS a\nFROM busybox\nCOPY --from=a / /\nCOPY --from=debian / /\n"
    debug(text, platform="linux/arm64").session.resume()
    assert engine.asked == [("busybox", "linux/amd64"), ("busybox", "linux/arm64"), ("debian", "linux/arm64")]


def test_copy_reads_from_the_folder_of_a_named_context(debug: Debug, engine: ScriptedEngine, tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("x")
    contexts = {"extra": NamedContext(folder=tmp_path)}
    debug("FROM busybox\nCOPY --from=extra a b\n", build_contexts=contexts).session.resume()
    assert engine.executed[-1].source == ContextSource(tmp_path, "x")


def test_a_named_context_can_be_a_base(debug: Debug, engine: ScriptedEngine, tmp_path: Path) -> None:
    engine.on("FROM", changes=[added("/a", 100)])
    debugged = debug("FROM extra\nENV A=1\n", build_contexts={"extra": NamedContext(folder=tmp_path)})
    debugged.session.resume()
    assert debugged.ran() == [1, 2]
    copied = engine.executed[0]
    assert copied.operation == CopyOperation(("/",), "/")
    assert copied.source == ContextSource(tmp_path)
    assert debugged.at(1).size == 100
    assert debugged.at(1).layer is None


def test_a_named_context_that_cannot_be_read_fails_its_from(
    debug: Debug, engine: ScriptedEngine, tmp_path: Path
) -> None:
    engine.on("FROM", message="cannot read secret of the build context")
    debugged = debug("FROM extra\n", build_contexts={"extra": NamedContext(folder=tmp_path)})
    debugged.session.resume()
    assert debugged.failed() == [1]


def test_another_image_takes_the_place_of_a_base(debug: Debug, engine: ScriptedEngine) -> None:
    debugged = debug("FROM alpine:latest\n", build_contexts={"alpine": NamedContext(image="debian")})
    debugged.session.resume()
    assert engine.asked == [("debian", None)]


def test_only_the_from_of_a_replaced_stage_is_a_step(debug: Debug, engine: ScriptedEngine) -> None:
    text = "FROM busybox AS tools\nRUN one\nONBUILD RUN two\nFROM tools\nCOPY --from=tools a b\n"
    debugged = debug(text, build_contexts={"tools": NamedContext(image="debian")})
    debugged.session.resume()
    assert debugged.ran() == [1, 4, 5]
    assert debugged.state.record_at(2) is None
    assert engine.asked == [("debian", None)]


def test_a_base_from_a_folder_goes_when_the_folder_changes(
    debug: Debug, engine: ScriptedEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "extra"
    folder.mkdir()
    debugged = debug("FROM extra\nENV A=1\n", build_contexts={"extra": NamedContext(folder=folder)})
    debugged.session.resume()
    kept = debugged.at(1).started
    assert kept is not None
    (folder / "new").write_text("")
    os.utime(folder / "new")
    debugged.session.reload()
    assert debugged.ran() == []
    (folder / ".dockerignore").write_text("new")
    assert debugged.session.changed_on_disk()
