"""Which names can be an image's."""

import pytest

from stepper.dockerfile.references import reference_problem


@pytest.mark.parametrize(
    "name",
    [
        "busybox",
        "busybox:1.36",
        "library/busybox",
        "docker.io/library/busybox:latest",
        "localhost:5000/team/app:v1",
        "GHCR.io/team/app",
        "[::1]:5000/app",
        "a__b/c-d.e",
        "busybox@sha256:" + "0a" * 32,
        "busybox:1@sha256:" + "0a" * 32,
        "0",
    ],
)
def test_an_images_name_is_taken(name: str) -> None:
    assert reference_problem(name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Builder", "lower case"),
        ("team/App", "lower case"),
        ("localhost/App.Team/app", "lower case"),
        ("a b", "invalid image name"),
        ("app:", "invalid image name"),
        ("-app", "invalid image name"),
        ("app@sha256:12", "invalid image name"),
        ("0a" * 32, "image id"),
        ("app:" + "x" * 129, "invalid image name"),
    ],
)
def test_what_cannot_be_an_images_name_says_why(name: str, problem: str) -> None:
    assert problem in str(reference_problem(name))
