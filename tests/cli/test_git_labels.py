"""The labels that an image has from the Git repository that it is built from."""

import os
import subprocess
from pathlib import Path

import pytest

from stepper.cli.arguments import parse_arguments
from stepper.cli.build_options import build_options
from stepper.cli.git_labels import git_labels
from stepper.engine.remote.workspace import Workspace

REVISION = "org.opencontainers.image.revision"
SOURCE = "org.opencontainers.image.source"
DOCKERFILE = "com.docker.image.source.entrypoint"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment that asks for labels, with a git that has no configuration."""
    own = {"HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    return {"PATH": os.environ["PATH"], **own, "BUILDX_GIT_LABELS": "1"}


@pytest.fixture
def repository(project: Path, environment: dict[str, str]) -> Path:
    """A repository with a Dockerfile in the folder `app`, committed."""
    (project / "app").mkdir()
    (project / "app" / "Dockerfile").write_text("FROM busybox\n")
    git(project, environment, "init", "-q", "-b", "main")
    git(project, environment, "add", ".")
    git(project, environment, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first")
    return project


def git(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def labels(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    return git_labels(folder / "app", folder / "app" / "Dockerfile", environment)


def test_an_image_is_labelled_with_revision_source_and_dockerfile(
    repository: Path, environment: dict[str, str]
) -> None:
    git(repository, environment, "remote", "add", "origin", "https://example.com/a.git")
    assert labels(repository, environment) == {
        REVISION: git(repository, environment, "rev-parse", "HEAD"),
        SOURCE: "https://example.com/a.git",
        DOCKERFILE: "app/Dockerfile",
    }
    assert labels(repository, {**environment, "BUILDX_GIT_LABELS": "full"}) == labels(repository, environment)


def test_nobody_is_labelled_who_does_not_ask(repository: Path, environment: dict[str, str]) -> None:
    assert labels(repository, {**environment, "BUILDX_GIT_LABELS": "0"}) == {}
    assert labels(repository, {**environment, "BUILDX_GIT_LABELS": ""}) == {}


def test_a_folder_in_no_repository_and_a_machine_without_git_give_no_labels(
    project: Path, environment: dict[str, str], repository: Path, tmp_path: Path
) -> None:
    assert git_labels(tmp_path, tmp_path / "Dockerfile", environment) == {}
    assert labels(repository, {**environment, "PATH": ""}) == {}


def test_changes_that_are_not_committed_are_told_where_that_is_asked_for(
    repository: Path, environment: dict[str, str]
) -> None:
    asked = {**environment, "BUILDX_GIT_CHECK_DIRTY": "true"}
    assert not labels(repository, asked)[REVISION].endswith("-dirty")
    (repository / "new").write_text("")
    assert labels(repository, asked)[REVISION].endswith("-dirty")
    assert not labels(repository, environment)[REVISION].endswith("-dirty")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://user:secret@example.com/a.git", "https://xxxxx:xxxxx@example.com/a.git"),
        ("https://token@example.com/a.git", "https://xxxxx@example.com/a.git"),
        ("https://:secret@example.com/a.git", "https://:xxxxx@example.com/a.git"),
        ("git@example.com:a.git", "git@example.com:a.git"),
    ],
)
def test_the_source_is_told_without_credentials(
    repository: Path, environment: dict[str, str], address: str, shown: str
) -> None:
    git(repository, environment, "remote", "add", "origin", address)
    assert labels(repository, environment)[SOURCE] == shown


def test_the_remote_of_the_branch_goes_first(repository: Path, environment: dict[str, str]) -> None:
    for name in ("origin", "mine"):
        git(repository, environment, "remote", "add", name, f"https://example.com/{name}.git")
    git(repository, environment, "config", "branch.main.remote", "mine")
    git(repository, environment, "config", "branch.main.merge", "refs/heads/main")
    assert labels(repository, environment)[SOURCE] == "https://example.com/mine.git"
    git(repository, environment, "checkout", "-q", "--detach")
    assert labels(repository, environment)[SOURCE] == "https://example.com/origin.git"


def test_the_build_has_them_beside_its_own(repository: Path, environment: dict[str, str]) -> None:
    arguments = parse_arguments(("run", "app", "--label", "own=1", "--label", f"{REVISION}=x"))
    with Workspace() as workspace:
        found = build_options(arguments, environment, workspace).labels
    assert found["own"] == "1"
    assert found[DOCKERFILE] == "app/Dockerfile"
    assert len(found[REVISION]) == 40
