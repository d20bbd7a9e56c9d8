"""The image configuration to and from the JSON of Docker and of the OCI."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from stepper.image.config import Healthcheck, HistoryEntry, ImageConfig
from stepper.image.config_json import docker_config, from_inspect, from_oci, to_oci

FULL = ImageConfig(
    env=(("PATH", "/bin"), ("A", "b=c")),
    labels=(("k", "v"), ("l", "w")),
    user="nobody",
    working_dir="/srv",
    entrypoint=("/app",),
    cmd=("--serve",),
    shell=("/bin/bash", "-c"),
    exposed_ports=("443/udp", "80/tcp"),
    volumes=("/data",),
    stop_signal="SIGINT",
    healthcheck=Healthcheck(("CMD-SHELL", "true"), interval=5 * 10**9, retries=3),
    on_build=("RUN x",),
    author="me",
    architecture="arm64",
    os="linux",
    variant="v8",
    args_escaped=True,
    history=(HistoryEntry("2024-01-02T03:04:05Z", "RUN x", comment="buildkit.dockerfile.v0"),),
)


def test_a_full_configuration_survives_the_oci_document() -> None:
    document = to_oci(FULL, diff_ids=["sha256:1"], created="2024-01-02T03:04:05Z")
    found = from_oci(document)
    assert found == FULL
    assert found.history == FULL.history
    assert document["rootfs"] == {"type": "layers", "diff_ids": ["sha256:1"]}


def test_what_is_not_set_is_not_written() -> None:
    assert docker_config(ImageConfig()) == {}


def test_an_empty_command_is_written_as_none_is() -> None:
    assert docker_config(replace(ImageConfig(), cmd=(), entrypoint=())) == {}


def test_inspect_with_nulls_is_a_bare_configuration() -> None:
    inspect = {
        "Architecture": "amd64",
        "Os": "linux",
        "Config": {"Cmd": None, "Entrypoint": None, "Env": None, "Labels": None, "Volumes": None, "WorkingDir": ""},
    }
    assert from_inspect(inspect) == ImageConfig(architecture="amd64")


def test_a_variable_that_is_set_twice_has_its_last_value_in_its_first_place() -> None:
    config = from_inspect({"Config": {"Env": ["A=1", "B=2", "A=3", "C"]}})
    assert config.env == (("A", "3"), ("B", "2"), ("C", ""))


_NAMES = st.text(st.characters(exclude_characters="=", exclude_categories=["Cs"]), min_size=1, max_size=8)
_WORDS = st.lists(st.text(max_size=8), min_size=1, max_size=3).map(tuple)


@settings(max_examples=50)
@given(
    env=st.dictionaries(_NAMES, st.text(max_size=8), max_size=4),
    labels=st.dictionaries(_NAMES, st.text(max_size=8), max_size=4),
    cmd=st.none() | _WORDS,
    entrypoint=st.none() | _WORDS,
    shell=st.none() | _WORDS,
)
def test_any_configuration_survives_docker_s_json(
    env: dict[str, str],
    labels: dict[str, str],
    cmd: tuple[str, ...] | None,
    entrypoint: tuple[str, ...] | None,
    shell: tuple[str, ...] | None,
) -> None:
    config = ImageConfig(
        env=tuple(env.items()),
        labels=tuple(sorted(labels.items())),
        cmd=cmd,
        entrypoint=entrypoint,
        shell=shell,
    )
    assert from_inspect({"Config": docker_config(config)}) == config
