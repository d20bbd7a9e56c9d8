"""`.ci/with-engine` runs a command with the engine that runs already, and gets out of its way."""

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci/with-engine"
NOWHERE = "unix:///nowhere/engine.sock"

Engine = Callable[[dict[str, object]], str]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Start something that answers as an engine with this `GET /version`, and has every image; gives its address."""
    servers = []

    def start(version: dict[str, object]) -> str:
        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(version).encode())

            def address_string(self) -> str:
                return "unix"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
                pass

        server = ThreadingUnixStreamServer(str(tmp_path / "engine.sock"), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"unix://{tmp_path}/engine.sock"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def run(*arguments: str, docker_host: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCKER_HOST": docker_host}
    return subprocess.run(
        [SCRIPT, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_gets_the_engine_and_nothing_is_said(engine: Engine) -> None:
    url = engine({"Version": "28.5.2", "Components": [{"Name": "Engine"}]})
    ended = run("sh", "-c", "echo $DOCKER_HOST", docker_host=url)
    assert (ended.stdout, ended.stderr, ended.returncode) == (f"{url}\n", "", 0)


def test_the_exit_code_is_that_of_the_command(engine: Engine) -> None:
    url = engine({"Version": "28.5.2", "Components": [{"Name": "Engine"}]})
    assert run("--docker", "sh", "-c", "exit 7", docker_host=url).returncode == 7


def test_podman_will_do_unless_docker_is_asked_for(engine: Engine) -> None:
    url = engine({"Version": "5.4.2", "Components": [{"Name": "Podman Engine"}]})
    assert run("sh", "-c", "echo $DOCKER_HOST", docker_host=url).stdout == f"{url}\n"


def test_a_command_that_does_not_exist_is_a_message(engine: Engine) -> None:
    url = engine({"Version": "28.5.2", "Components": [{"Name": "Engine"}]})
    ended = run("no-such-command", docker_host=url)
    assert ended.returncode == 127
    assert ended.stderr == "with-engine: no-such-command: No such file or directory\n"


def test_without_a_command_it_says_how_it_is_used() -> None:
    ended = run("--docker", docker_host=NOWHERE)
    assert ended.returncode == 2
    assert "with-engine [--docker] COMMAND..." in ended.stderr
