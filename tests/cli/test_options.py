"""The command line: what is taken, what is refused, and with what words."""

import subprocess
import sys
from pathlib import Path

import pytest

from stepper import __version__
from stepper.cli.arguments import parse_arguments
from stepper.cli.build_options import build_options
from stepper.debugger.options import BuildOptions
from stepper.engine.remote.workspace import Workspace
from stepper.engine.step import ExtraHost, RunSettings, Ulimit
from stepper.errors import UsageError
from tests.cli.conftest import Command
from tests.scripted_engine import ScriptedEngine


def options(*arguments: str, environment: dict[str, str] | None = None) -> BuildOptions:
    with Workspace() as workspace:
        return build_options(parse_arguments(arguments), environment or {}, workspace)


@pytest.fixture
def dockerfile(project: Path) -> Path:
    path = project / "Dockerfile"
    path.write_text("FROM busybox\n")
    return path


@pytest.mark.usefixtures("dockerfile")
def test_without_arguments_it_is_the_dockerfile_of_this_folder() -> None:
    assert options() == BuildOptions(Path("."), Path("Dockerfile"))


@pytest.mark.usefixtures("dockerfile")
def test_every_option_reaches_the_build() -> None:
    given = options(
        *("run", ".", "-f", "Dockerfile", "-t", "a", "-t", "b:1", "-t", "a", "--target", "x", "--build-arg", "A=1=2"),
        *("--network", "host", "--no-cache", "--pull", "--until", "7"),
    )
    assert given == BuildOptions(
        Path("."),
        Path("Dockerfile"),
        tags=("a", "b:1"),
        target="x",
        build_args={"A": "1=2"},
        args_given_by={"A": "--build-arg"},
        run_settings=RunSettings("host"),
        no_cache=True,
        pull=True,
        until="7",
    )


@pytest.mark.usefixtures("dockerfile")
def test_a_build_argument_without_a_value_takes_the_environments() -> None:
    given = options("--build-arg", "HERE", "--build-arg", "GONE", "--build-arg", "EMPTY=", environment={"HERE": "x"})
    assert given.build_args == {"HERE": "x", "EMPTY": ""}


def test_the_file_is_looked_for_where_the_command_runs_and_else_in_the_context(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "Dockerfile").write_text("FROM busybox\n")
    (project / "other").write_text("FROM busybox\n")
    assert options("sub").dockerfile == Path("sub/Dockerfile")
    assert options("sub", "-f", "other").dockerfile == Path("other")


@pytest.mark.parametrize("name", ["dockerfile", "Containerfile", "api.Dockerfile", "Dockerfile.dev"])
def test_a_missing_dockerfile_names_the_ones_that_there_are(stepper: Command, project: Path, name: str) -> None:
    (project / name).write_text("FROM busybox\n")
    (project / "Dockerfile.dockerignore").write_text("")
    result = stepper("run")
    assert result.code == 2
    assert result.err == f"stepper: there is no Dockerfile\n  Did you mean -f {name}?\n"


def test_without_any_dockerfile_the_message_says_how_to_name_one(stepper: Command) -> None:
    result = stepper("run")
    assert result.code == 2
    assert "Name the Dockerfile with -f" in result.err


@pytest.mark.usefixtures("dockerfile")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere: there is no such folder"),
        (["Dockerfile"], "Dockerfile is a file, but the build context is a folder"),
        (["-f", "."], "is a folder, not a Dockerfile"),
        (["-f", "gone"], "there is no gone"),
        (["-t", "Not A Tag"], "invalid image name"),
        (["-t", f"a@sha256:{'0' * 64}"], "a tag has no digest"),
        (["--build-arg", "=x"], "has no name"),
    ],
)
def test_what_cannot_be_is_told_with_exit_code_2(stepper: Command, arguments: list[str], says: str) -> None:
    result = stepper("run", *arguments)
    assert result.code == 2
    assert says in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_a_name_with_control_characters_is_shown_harmlessly(stepper: Command) -> None:
    assert "\x1b" not in stepper("run", "\x1b[2J").err


@pytest.mark.usefixtures("dockerfile")
def test_an_unknown_option_is_exit_code_2(stepper: Command) -> None:
    assert stepper("run", "--nope").code == 2


def test_a_folder_named_as_a_command_is_reached_with_a_dot(project: Path) -> None:
    (project / "run").mkdir()
    (project / "run" / "Dockerfile").write_text("FROM busybox\n")
    assert parse_arguments(["run"]).command == "run"
    assert options("./run").context == Path("run")


@pytest.mark.parametrize("command", [[], ["run"], ["engine"], ["prune"]])
def test_help_names_every_option(stepper: Command, command: list[str]) -> None:
    result = stepper(*command, "--help")
    assert result.code == 0
    assert "--host" in result.out


def test_version(stepper: Command) -> None:
    assert stepper("--version").out == f"stepper {__version__}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"]])
def test_help_and_version_load_neither_screen_nor_engine(arguments: list[str]) -> None:
    code = (
        "import sys; from stepper.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit: pass\n"
        "print(sorted({'docker', 'textual', 'requests', 'dockerfile_parse', 'stepper.debugger'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_nothing_that_fetches_is_loaded_for_a_folder(project: Path) -> None:
    (project / "Dockerfile").write_text("FRMO\n")
    code = "import sys; from stepper.cli.main import main; main(['run']); print({'tarfile', 'ssl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_headless_run_never_loads_the_screen(project: Path) -> None:
    (project / "Dockerfile").write_text("FRMO\n")
    code = "import sys; from stepper.cli.main import main; main(['run']); print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_unknown_target_names_the_stages(stepper: Command, dockerfile: Path) -> None:
    dockerfile.write_text("FROM busybox AS build\nFROM busybox AS test\n")
    result = stepper("run", "--target", "biuld")
    assert result.code == 2
    assert "build" in result.err


def test_usage_errors_have_a_hint(project: Path) -> None:
    with pytest.raises(UsageError) as raised:
        options("nowhere")
    assert raised.value.hint is not None


@pytest.mark.usefixtures("dockerfile")
def test_the_options_that_change_how_run_is_run() -> None:
    given = options(
        *("--add-host", "db:10.0.0.5,cache=fd00::1", "--add-host", "me=host-gateway", "--add-host", "six:[::1]"),
        *("--shm-size", "64m", "--ulimit", "nofile=1024:2048", "--ulimit", "core=-1", "--ulimit", "nofile=9"),
    )
    assert given.run_settings == RunSettings(
        extra_hosts=(
            ExtraHost("db", "10.0.0.5"),
            ExtraHost("cache", "fd00::1"),
            ExtraHost("me", "host-gateway"),
            ExtraHost("six", "::1"),
        ),
        shm_size=64 * 1024 * 1024,
        ulimits=(Ulimit("core", -1, -1), Ulimit("nofile", 9, 9)),
    )


@pytest.mark.usefixtures("dockerfile")
@pytest.mark.parametrize(
    ("written", "size"),
    [("100", 100), ("1k", 1024), ("1.5g", 3 << 29), ("2GiB", 2 << 30), ("3 MB", 3 << 20), ("1b", 1)],
)
def test_sizes_are_read_as_docker_reads_them(written: str, size: int) -> None:
    assert options("--shm-size", written).run_settings.shm_size == size


@pytest.mark.usefixtures("dockerfile")
def test_the_options_that_change_the_image_and_the_cache() -> None:
    given = options("--label", "a=1=2", "--label", "b", "--no-cache-filter", "x,y", "--no-cache-filter", "z")
    assert given.labels == {"a": "1=2", "b": ""}
    assert given.no_cache_stages == ("x", "y", "z")


@pytest.mark.usefixtures("dockerfile")
def test_the_platform_is_the_options_or_the_environments() -> None:
    environment = {"DOCKER_DEFAULT_PLATFORM": "linux/arm/v7"}
    assert options("--platform", "ARM64", environment=environment).platform == "linux/arm64"
    assert options(environment=environment).platform == "linux/arm/v7"
    assert options(environment={"DOCKER_DEFAULT_PLATFORM": ""}).platform is None
    assert options("--platform", "local").platform is None


@pytest.mark.usefixtures("dockerfile")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--add-host", "db"], "is no name with an address"),
        (["--add-host", ":10.0.0.5"], "is no name with an address"),
        (["--add-host", "a:b=10.0.0.5"], "is no name with an address"),
        (["--add-host", "db:10.0.0"], "10.0.0 is no IP address"),
        (["--add-host", "db:"], "nothing is no IP address"),
        (["--shm-size", "many"], "--shm-size many is no size"),
        (["--shm-size=-1"], "is no size"),
        (["--ulimit", "nofile"], "--ulimit nofile is no limit"),
        (["--ulimit", "nofile=1:2:3"], "is no limit"),
        (["--ulimit", "files=1"], "there is no limit files"),
        (["--ulimit", "nofile=2:1"], "the soft limit is above the hard one"),
        (["--ulimit", "nofile=-1:1"], "the soft limit is above the hard one"),
        (["--label", "=x"], "has no name"),
        (["--platform", "linux/arm64,linux/amd64"], "for one platform at a time"),
        (["--platform", "a/b/c/d"], "--platform: invalid platform"),
        (["--no-cache", "--no-cache-filter", "x"], "cannot be used together"),
        (["--iidfile", "."], "is a folder"),
        (["--iidfile", "gone/id"], "there is no folder gone"),
    ],
)
def test_a_wrong_value_is_told_with_exit_code_2(stepper: Command, arguments: list[str], says: str) -> None:
    result = stepper("run", *arguments)
    assert result.code == 2
    assert says in result.err
    assert result.out == ""


@pytest.mark.usefixtures("dockerfile")
def test_the_environments_platform_is_named_when_it_is_wrong(stepper: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_DEFAULT_PLATFORM", "a/b/c/d")
    result = stepper("run")
    assert result.code == 2
    assert "DOCKER_DEFAULT_PLATFORM: invalid platform" in result.err


@pytest.mark.usefixtures("dockerfile")
def test_a_stage_that_the_cache_filter_does_not_find_is_told(stepper: Command) -> None:
    result = stepper("run", "--no-cache-filter", "nope,0")
    assert result.code == 0
    assert result.err == "stepper: --no-cache-filter names no stage of this Dockerfile: nope\n"


@pytest.mark.usefixtures("dockerfile")
def test_the_images_id_goes_into_a_file(stepper: Command, project: Path) -> None:
    result = stepper("run", "--iidfile", "id")
    assert result.code == 0
    assert f"Built {(project / 'id').read_text()}\n" in result.out


def test_a_build_that_fails_leaves_no_id_of_an_earlier_one(
    stepper: Command, dockerfile: Path, project: Path, engine: ScriptedEngine
) -> None:
    (project / "id").write_text("sha256:old")
    dockerfile.write_text("FROM busybox\nRUN false\n")
    engine.on("RUN false", exit_code=1)
    assert stepper("run", "--iidfile", "id").code == 1
    assert not (project / "id").exists()


@pytest.mark.usefixtures("dockerfile")
def test_an_id_that_cannot_be_written_is_told(stepper: Command, project: Path, engine: ScriptedEngine) -> None:
    (project / "folder").mkdir()
    engine.on("RUN", hook=lambda _: (project / "folder").rmdir())
    (project / "Dockerfile").write_text("FROM busybox\nRUN x\n")
    result = stepper("run", "--iidfile", "folder/id")
    assert result.code == 1
    assert "its id cannot be written to folder/id: No such file or directory" in result.err
