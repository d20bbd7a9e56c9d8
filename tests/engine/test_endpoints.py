"""Where Stepper looks for an engine, and in which order."""

import hashlib
import json
from pathlib import Path

import pytest

from stepper.engine.endpoints import Surroundings, chosen_endpoint, usual_endpoints
from stepper.errors import EngineUnavailable


def around(home: Path, **environment: str) -> Surroundings:
    return Surroundings(environment, home, 1000)


def write_context(home: Path, name: str, host: str, *, current: bool = False, certificates: bool = False) -> None:
    identity = hashlib.sha256(name.encode()).hexdigest()
    meta = home / ".docker/contexts/meta" / identity
    meta.mkdir(parents=True)
    (meta / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    if current:
        (home / ".docker/config.json").write_text(json.dumps({"currentContext": name}))
    if certificates:
        tls = home / ".docker/contexts/tls" / identity / "docker"
        tls.mkdir(parents=True)
        for file in ("ca.pem", "cert.pem", "key.pem"):
            (tls / file).write_text(file)


def test_the_host_option_goes_before_everything_else(tmp_path: Path) -> None:
    write_context(tmp_path, "remote", "ssh://me@example.test", current=True)
    endpoint = chosen_endpoint("unix:///one.sock", around(tmp_path, DOCKER_HOST="unix:///two.sock"))
    assert endpoint is not None
    assert (endpoint.url, endpoint.origin) == ("unix:///one.sock", "-H")


def test_docker_host_goes_before_contexts(tmp_path: Path) -> None:
    write_context(tmp_path, "remote", "ssh://me@example.test", current=True)
    endpoint = chosen_endpoint(None, around(tmp_path, DOCKER_HOST="unix:///two.sock", DOCKER_CONTEXT="remote"))
    assert endpoint is not None
    assert (endpoint.url, endpoint.origin) == ("unix:///two.sock", "DOCKER_HOST")


def test_the_context_of_the_environment_goes_before_the_current_one(tmp_path: Path) -> None:
    write_context(tmp_path, "remote", "ssh://me@example.test", current=True)
    write_context(tmp_path, "other", "unix:///other.sock")
    endpoint = chosen_endpoint(None, around(tmp_path, DOCKER_CONTEXT="other"))
    assert endpoint is not None
    assert endpoint.url == "unix:///other.sock"


def test_the_current_context_is_used(tmp_path: Path) -> None:
    write_context(tmp_path, "remote", "ssh://me@example.test:2222", current=True)
    endpoint = chosen_endpoint(None, around(tmp_path))
    assert endpoint is not None
    assert endpoint.url == "ssh://me@example.test:2222"
    assert endpoint.place == "example.test"
    assert "remote" in endpoint.origin


def test_a_context_brings_its_certificates(tmp_path: Path) -> None:
    write_context(tmp_path, "remote", "tcp://example.test:2376", current=True, certificates=True)
    endpoint = chosen_endpoint(None, around(tmp_path))
    assert endpoint is not None
    assert endpoint.certificates is not None
    assert endpoint.certificates.verify
    assert endpoint.certificates.key is not None
    assert endpoint.certificates.key.read_text() == "key.pem"


@pytest.mark.parametrize("name", ["default", ""])
def test_the_default_context_names_nothing(tmp_path: Path, name: str) -> None:
    assert chosen_endpoint(None, around(tmp_path, DOCKER_CONTEXT=name)) is None


def test_a_context_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r'context "nowhere" .* does not exist'):
        chosen_endpoint(None, around(tmp_path, DOCKER_CONTEXT="nowhere"))


def test_a_damaged_docker_configuration_names_nothing(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text("[not json")
    assert chosen_endpoint(None, around(tmp_path)) is None


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("tcp://example.test", "tcp://example.test:2375"),
        ("tcp://example.test:99", "tcp://example.test:99"),
        ("tcp://[::1]", "tcp://[::1]:2375"),
        ("example.test:99", "tcp://example.test:99"),
        ("/run/my.sock", "unix:///run/my.sock"),
    ],
)
def test_a_host_is_completed_as_the_docker_command_does(tmp_path: Path, given: str, url: str) -> None:
    endpoint = chosen_endpoint(given, around(tmp_path))
    assert endpoint is not None
    assert endpoint.url == url


def test_tls_verify_takes_the_certificates_of_the_docker_folder(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/ca.pem").write_text("ca")
    endpoint = chosen_endpoint("tcp://example.test", around(tmp_path, DOCKER_TLS_VERIFY="1"))
    assert endpoint is not None
    assert endpoint.url == "tcp://example.test:2376"
    assert endpoint.certificates is not None
    assert endpoint.certificates.ca == tmp_path / ".docker/ca.pem"
    assert endpoint.certificates.certificate is None


def test_the_usual_sockets_start_with_dockers_own(tmp_path: Path) -> None:
    endpoints = usual_endpoints(around(tmp_path, XDG_RUNTIME_DIR="/run/me"))
    urls = [endpoint.url for endpoint in endpoints]
    assert urls[:2] == ["unix:///var/run/docker.sock", "unix:///run/me/docker.sock"]
    assert "unix:///run/me/podman/podman.sock" in urls
    assert f"unix://{tmp_path}/.colima/default/docker.sock" in urls
