from stepper.image.config import Healthcheck, ImageConfig
from stepper.image.config_diff import ConfigRow, config_changes
from stepper.image.layer import ChangeKind

SECOND = 10**9


def row(
    section: str, name: str = "", value: str = "", kind: ChangeKind | None = None, old: str | None = None
) -> ConfigRow:
    return ConfigRow(section, name, value, kind, old)


def changes(before: ImageConfig | None, after: ImageConfig) -> list[ConfigRow]:
    return [each for each in config_changes(before, after) if each.section != "PLATFORM"]


def test_without_a_before_nothing_is_marked() -> None:
    config = ImageConfig(env=(("A", "1"),), cmd=("sh",))
    assert changes(None, config) == [row("CMD", value='["sh"]'), row("ENV", "A", "1")]


def test_a_variable_is_added_changed_and_taken_away() -> None:
    before = ImageConfig(env=(("KEPT", "1"), ("CHANGED", "old"), ("GONE", "x")))
    after = ImageConfig(env=(("KEPT", "1"), ("CHANGED", ""), ("NEW", "2")))
    assert changes(before, after) == [
        row("ENV", "KEPT", "1"),
        row("ENV", "CHANGED", "", ChangeKind.MODIFIED, "old"),
        row("ENV", "NEW", "2", ChangeKind.ADDED),
        row("ENV", "GONE", "", ChangeKind.DELETED, "x"),
    ]


def test_an_empty_command_is_not_the_same_as_none() -> None:
    assert changes(ImageConfig(), ImageConfig(cmd=())) == [row("CMD", value="[]", kind=ChangeKind.ADDED)]
    assert changes(ImageConfig(cmd=("a",)), ImageConfig()) == [row("CMD", kind=ChangeKind.DELETED, old='["a"]')]


def test_every_setting_has_its_row() -> None:
    config = ImageConfig(
        env=(("A", "1"),),
        labels=(("l", "v"),),
        user="app",
        working_dir="/src",
        entrypoint=("/app", "é"),
        cmd=("-x",),
        shell=("/bin/sh", "-c"),
        exposed_ports=("80/tcp",),
        volumes=("/data",),
        stop_signal="SIGINT",
        healthcheck=Healthcheck(("CMD-SHELL", "curl x"), interval=30 * SECOND, timeout=1500 * 10**6, retries=3),
        on_build=("RUN x",),
        author="me",
        architecture="arm64",
        variant="v8",
    )
    assert [(each.section, each.name, each.value) for each in config_changes(ImageConfig(os=""), config)] == [
        ("ENTRYPOINT", "", '["/app", "é"]'),
        ("CMD", "", '["-x"]'),
        ("WORKDIR", "", "/src"),
        ("USER", "", "app"),
        ("ENV", "A", "1"),
        ("EXPOSE", "80/tcp", ""),
        ("VOLUME", "/data", ""),
        ("LABEL", "l", "v"),
        ("SHELL", "", '["/bin/sh", "-c"]'),
        ("STOPSIGNAL", "", "SIGINT"),
        ("HEALTHCHECK", "", "--interval=30s --timeout=1.5s --retries=3 CMD curl x"),
        ("ONBUILD", "RUN x", ""),
        ("MAINTAINER", "", "me"),
        ("PLATFORM", "", "linux/arm64/v8"),
    ]
    assert {each.kind for each in config_changes(ImageConfig(os=""), config)} == {ChangeKind.ADDED}
    assert {each.kind for each in config_changes(config, config)} == {None}


def test_a_health_check_that_is_switched_off_says_none() -> None:
    assert changes(None, ImageConfig(healthcheck=Healthcheck(("NONE",)))) == [row("HEALTHCHECK", value="NONE")]
    check = Healthcheck(("CMD", "a", "b"))
    assert changes(None, ImageConfig(healthcheck=check)) == [row("HEALTHCHECK", value='CMD ["a", "b"]')]
