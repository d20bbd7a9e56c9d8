"""What docker takes for a build from its configuration file."""

import json
from pathlib import Path

import pytest

from stepper.cli.arguments import parse_arguments
from stepper.cli.build_options import build_options
from stepper.engine.remote.workspace import Workspace


def build_args(*arguments: str, environment: dict[str, str]) -> dict[str, str]:
    with Workspace() as workspace:
        return dict(build_options(parse_arguments(("run", *arguments)), environment, workspace).build_args)


def test_the_proxies_of_dockers_configuration_are_build_arguments(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    proxies = {
        "default": {"httpProxy": "http://a", "noProxy": "b", "other": "c"},
        "tcp://d": {"httpsProxy": "http://e"},
    }
    (project / "config.json").write_text(json.dumps({"proxies": proxies}))
    environment = {"DOCKER_CONFIG": str(project)}
    found = build_args("--build-arg", "NO_PROXY=mine", environment=environment)
    assert found == {"HTTP_PROXY": "http://a", "http_proxy": "http://a", "NO_PROXY": "mine", "no_proxy": "b"}
    found = build_args("-H", "tcp://d", environment=environment)
    assert found == {"HTTPS_PROXY": "http://e", "https_proxy": "http://e"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"proxies": 1}', '{"proxies": {"default": []}}', "\xff"])
def test_a_broken_configuration_of_docker_holds_nothing_up(project: Path, text: str) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    (project / "config.json").write_text(text, encoding="latin-1")
    assert build_args(environment={"DOCKER_CONFIG": str(project)}) == {}


def test_the_configuration_is_in_the_home_folder_unless_docker_is_told_another(project: Path) -> None:
    (project / "Dockerfile").write_text("FROM busybox\n")
    (project / ".docker").mkdir()
    (project / ".docker" / "config.json").write_text('{"proxies": {"default": {"allProxy": "a"}}}')
    assert build_args(environment={"HOME": str(project)}) == {"ALL_PROXY": "a", "all_proxy": "a"}
    assert build_args(environment={"HOME": str(project), "DOCKER_CONFIG": str(project / "none")}) == {}
