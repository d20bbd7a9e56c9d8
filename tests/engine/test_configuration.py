"""What instructions do to the image configuration, by BuildKit's rules."""

from dataclasses import replace

import pytest

from stepper.dockerfile.model import Instruction
from stepper.dockerfile.operations import (
    ArgOperation,
    CmdOperation,
    CopyOperation,
    EntrypointOperation,
    EnvOperation,
    ExposeOperation,
    FromOperation,
    HealthcheckOperation,
    InlineFile,
    LabelOperation,
    MaintainerOperation,
    OnbuildOperation,
    Operation,
    RunOperation,
    ShellOperation,
    StopSignalOperation,
    UserOperation,
    VolumeOperation,
    WorkdirOperation,
)
from stepper.dockerfile.scope import DEFAULT_PATH
from stepper.engine.configuration import apply, begin_stage, scratch_config, without_layer
from stepper.image.config import Healthcheck, ImageConfig

BASE = ImageConfig(env=(("PATH", "/bin"),), cmd=("sh",))


def history_of(operation: Operation, config: ImageConfig = BASE) -> str:
    return apply(operation, config).history[-1].created_by


def test_env_overrides_in_place_and_appends() -> None:
    config = apply(EnvOperation((("PATH", "/x"), ("A", "1"))), replace(BASE, env=(("PATH", "/bin"), ("B", "2"))))
    assert config.env == (("PATH", "/x"), ("B", "2"), ("A", "1"))


def test_labels_override_and_are_sorted() -> None:
    config = apply(LabelOperation((("b", "2"), ("a", "1"))), replace(BASE, labels=(("b", "0"),)))
    assert config.labels == (("a", "1"), ("b", "2"))


def test_entrypoint_drops_an_inherited_cmd() -> None:
    assert apply(EntrypointOperation(("e",), None), BASE).cmd is None


def test_entrypoint_keeps_a_cmd_of_its_own_stage() -> None:
    config = apply(CmdOperation(("c",), None), BASE)
    assert apply(EntrypointOperation(("e",), None), config).cmd == ("c",)


def test_entrypoint_drops_the_cmd_of_the_stage_that_its_stage_is_built_from() -> None:
    config = begin_stage(apply(CmdOperation(("c",), None), BASE))
    assert apply(EntrypointOperation(("e",), None), config).cmd is None


def test_shell_forms_run_with_shell() -> None:
    config = apply(ShellOperation(("/bin/bash", "-ec")), BASE)
    assert apply(CmdOperation(None, "a b"), config).cmd == ("/bin/bash", "-ec", "a b")
    assert apply(EntrypointOperation(None, "a b"), BASE).entrypoint == ("/bin/sh", "-c", "a b")


def test_ports_and_volumes_are_sets() -> None:
    config = apply(ExposeOperation(("80/tcp", "443/udp")), replace(BASE, exposed_ports=("80/tcp",)))
    assert config.exposed_ports == ("443/udp", "80/tcp")
    assert apply(VolumeOperation(("/b", "/a")), replace(BASE, volumes=("/b",))).volumes == ("/a", "/b")


def test_the_simple_fields_are_set() -> None:
    config = BASE
    for operation in (
        UserOperation("nobody"),
        WorkdirOperation("/srv"),
        StopSignalOperation("SIGINT"),
        MaintainerOperation("me"),
        HealthcheckOperation(("CMD", "true"), interval=1, retries=2),
        OnbuildOperation("RUN x", Instruction("RUN", 1, 1, "RUN x", ("x",))),
    ):
        config = apply(operation, config)
    assert (config.user, config.working_dir, config.stop_signal, config.author) == ("nobody", "/srv", "SIGINT", "me")
    assert config.healthcheck == Healthcheck(("CMD", "true"), interval=1, retries=2)
    assert config.on_build == ("RUN x",)


def test_a_stage_begins_without_triggers_and_with_a_path() -> None:
    config = begin_stage(ImageConfig(on_build=("RUN x",), env=(("A", "1"),)))
    assert config.on_build == ()
    assert config.env == (("A", "1"), ("PATH", DEFAULT_PATH))


def test_scratch_has_a_path_a_directory_and_the_platform() -> None:
    config = scratch_config("linux/arm64/v8")
    assert (config.os, config.architecture, config.variant) == ("linux", "arm64", "v8")
    assert config.env == (("PATH", DEFAULT_PATH),)
    assert config.working_dir == "/"


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (RunOperation(None, "x", "|1 A=1 /bin/sh -c x"), "RUN |1 A=1 /bin/sh -c x # buildkit"),
        (
            CopyOperation(("a", "b*"), "/d/", chown="1:2", chmod="644"),
            "COPY --chown=1:2 --chmod=644 a b* /d/ # buildkit",
        ),
        (CopyOperation((), "/d", inline_files=(InlineFile("EOT", "x"),)), "COPY <<EOT /d # buildkit"),
        (CopyOperation(("a.tar",), "/d", is_add=True), "ADD a.tar /d # buildkit"),
        (WorkdirOperation("/w"), "WORKDIR /w"),
        (EnvOperation((("A", "1"), ("B", "x y"))), "ENV A=1 B=x y"),
        (LabelOperation((("k", "v"),)), "LABEL k=v"),
        (ArgOperation((("A", "1"), ("B", None))), "ARG A=1 B"),
        (CmdOperation(None, 'echo "hi"'), 'CMD ["/bin/sh" "-c" "echo \\"hi\\""]'),
        (EntrypointOperation((), None), "ENTRYPOINT []"),
        (UserOperation("u"), "USER u"),
        (ExposeOperation(("80/tcp", "443/udp")), "EXPOSE [80/tcp 443/udp]"),
        (VolumeOperation(("/b", "/a")), "VOLUME [/b /a]"),
        (StopSignalOperation("SIGINT"), "STOPSIGNAL SIGINT"),
        (HealthcheckOperation(("NONE",)), 'HEALTHCHECK &{["NONE"] "0s" "0s" "0s" "0s" \'\\x00\'}'),
        (ShellOperation(("/bin/sh", "-ec")), "SHELL [/bin/sh -ec]"),
        (MaintainerOperation("me"), "MAINTAINER me"),
    ],
)
def test_history_reads_as_buildkit_writes_it(operation: Operation, line: str) -> None:
    assert history_of(operation) == line


def test_onbuild_has_no_place_in_the_history() -> None:
    operation = OnbuildOperation("RUN x", Instruction("RUN", 1, 1, "RUN x", ("x",)))
    assert apply(operation, BASE).history == BASE.history


@pytest.mark.parametrize(
    ("operation", "makes_layer"),
    [
        (RunOperation(None, "x", "x"), True),
        (CopyOperation(("a",), "/"), True),
        (WorkdirOperation("/w"), True),
        (WorkdirOperation("/"), False),
        (EnvOperation((("A", "1"),)), False),
    ],
)
def test_history_says_which_instructions_make_layers(operation: Operation, makes_layer: bool) -> None:
    config = apply(operation, BASE)
    assert config.history[-1].empty_layer is not makes_layer
    assert without_layer(config).history[-1].empty_layer


def test_from_is_no_instruction_within_a_stage() -> None:
    with pytest.raises(TypeError):
        apply(FromOperation(image="x"), BASE)
