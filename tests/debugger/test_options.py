"""What the options of a build do in a session."""

from stepper.dockerfile.operations import FromOperation
from stepper.engine.step import ExtraHost, RunSettings
from tests.debugger.conftest import Debug
from tests.scripted_engine import ScriptedEngine

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
