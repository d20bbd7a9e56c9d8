"""Reaching an engine: over a socket, over ssh, through podman; and what is said when there is none."""

import contextlib
import os
import socket
import socketserver
import ssl
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

import stepper
from stepper.engine.connect import connect
from stepper.engine.endpoints import Endpoint, Surroundings
from stepper.errors import EngineUnavailable


def around(home: Path, **environment: str) -> Surroundings:
    return Surroundings({"XDG_RUNTIME_DIR": str(home), **environment}, home, 1000)


@pytest.fixture
def no_usual_sockets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """This machine's own engines must not be found."""
    sockets = (Endpoint(f"unix://{tmp_path}/docker.sock", "Docker"),)
    monkeypatch.setattr("stepper.engine.connect.usual_endpoints", lambda _: sockets)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def write_command(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    command = folder / name
    command.write_text(f"#!{sys.executable}\n{textwrap.dedent(body)}")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)


@pytest.mark.usefixtures("no_usual_sockets")
def test_without_an_engine_the_message_lists_what_was_tried(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        connect(None, around(tmp_path))
    assert f"unix://{tmp_path}/docker.sock (Docker): no such socket" in caught.value.message
    assert "podman: not installed" in caught.value.message
    assert caught.value.hint is not None
    assert "DOCKER_HOST" in caught.value.hint


@pytest.mark.usefixtures("no_usual_sockets")
def test_a_podman_that_does_not_start_is_listed_with_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "cat"):
        os.symlink(f"/bin/{tool}", tmp_path / "bin" / tool)
    write_command(tmp_path / "bin", "podman", 'import sys; sys.exit("Error: no subuid ranges")')
    with pytest.raises(EngineUnavailable, match="no subuid ranges"):
        connect(None, around(tmp_path))


PODMAN = """
    import json, os, socket, sys
    from pathlib import Path
    assert sys.argv[1:4] == ["system", "service", "--time=0"], sys.argv
    Path({pid!r}).write_text(str(os.getpid()))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[4].removeprefix("unix://"))
    listener.listen()
    body = json.dumps({{"ApiVersion": "1.41", "Version": "5.0.0"}}).encode()
    while True:
        connection, _ = listener.accept()
        if connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n"
                b"Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        connection.close()
    """


@pytest.fixture
def podman_alone(tmp_path: Path, no_usual_sockets: None) -> Path:
    """A machine whose only engine is a podman that does not serve; the file that will hold its process id."""
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "cat"):
        os.symlink(f"/bin/{tool}", tmp_path / "bin" / tool)
    write_command(tmp_path / "bin", "podman", PODMAN.format(pid=str(tmp_path / "pid")))
    return tmp_path / "pid"


def test_where_only_podman_is_installed_its_service_runs_for_as_long_as_it_is_used(
    tmp_path: Path, podman_alone: Path
) -> None:
    connection = connect(None, around(tmp_path))
    assert connection.client.version["Version"] == "5.0.0"
    assert is_running(podman_alone)
    connection.close()
    assert not is_running(podman_alone)


def test_the_podman_service_ends_with_a_stepper_that_is_killed(tmp_path: Path, podman_alone: Path) -> None:
    code = """if True:
        import time
        from stepper.engine.relays import PodmanService
        service = PodmanService()
        service.wait_until_ready()
        print("ready", flush=True)
        time.sleep(60)
    """
    environment = {**os.environ, "PYTHONPATH": str(Path(stepper.__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.kill()
    deadline = time.monotonic() + 10
    while is_running(podman_alone) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(podman_alone)


def is_running(process_id: Path) -> bool:
    """A zombie that nobody has waited for does not count."""
    try:
        state = Path(f"/proc/{process_id.read_text()}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_host_that_was_named_is_the_only_one_tried(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        connect(f"unix://{tmp_path}/gone.sock", around(tmp_path))
    assert caught.value.message == f"no engine answers at unix://{tmp_path}/gone.sock (from -H): no such socket"


def test_a_socket_that_nobody_serves_is_told_as_refused(tmp_path: Path) -> None:
    path = tmp_path / "dead.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    with pytest.raises(EngineUnavailable, match="connection refused"):
        connect(f"unix://{path}", around(tmp_path))


def test_a_host_of_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="gopher"):
        connect("gopher://example.test", around(tmp_path))


def test_ssh_that_cannot_log_in_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_command(tmp_path / "bin", "ssh", 'import sys; sys.exit("me@example.test: Permission denied (publickey).")')
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(EngineUnavailable, match=r"Permission denied \(publickey\)"):
        connect("ssh://me@example.test", around(tmp_path))


@pytest.mark.engine
def test_an_engine_behind_tls_is_reached_with_the_certificates_of_the_environment(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    client = authority.issue_cert("client@example.test")
    client.private_key_pem.write_to_path(tmp_path / "key.pem")
    client.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    with tls_door(authority, engine_socket()) as port:
        environment = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
        connection = connect(f"tcp://127.0.0.1:{port}", around(tmp_path, **environment))
        assert connection.client.request("GET", "/_ping") == b"OK"
        connection.close()
        with pytest.raises(EngineUnavailable):
            connect(f"tcp://127.0.0.1:{port}", around(tmp_path))


def engine_socket() -> Path:
    """The socket of the engine that the tests run against."""
    local = connect()
    path = local.endpoint.socket
    local.close()
    assert path is not None, "this test needs the engine on a unix socket"
    return path


@contextlib.contextmanager
def tls_door(authority: trustme.CA, engine: Path) -> Iterator[int]:
    """A TLS port on this machine that leads to the engine and lets in only who has a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as inside:
                outside = context.wrap_socket(self.request, server_side=True)
                inside.connect(str(engine))
                threading.Thread(target=pump, args=(inside, outside), daemon=True).start()
                pump(outside, inside)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def pump(source: socket.socket, destination: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            destination.sendall(data)
        destination.shutdown(socket.SHUT_WR)


@pytest.mark.engine
def test_an_engine_behind_ssh_is_reached_by_dial_stdio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = engine_socket()
    write_command(
        tmp_path / "bin",
        "ssh",
        f"""
        import os, socket, sys, threading
        if "-O" in sys.argv:
            sys.exit()
        assert sys.argv[-3:] == ["--", "me@example.test", "docker system dial-stdio"], sys.argv
        engine = socket.socket(socket.AF_UNIX)
        engine.connect({str(path)!r})
        def up():
            while data := os.read(0, 65536):
                engine.sendall(data)
            engine.shutdown(socket.SHUT_WR)
        threading.Thread(target=up, daemon=True).start()
        while data := engine.recv(65536):
            os.write(1, data)
        """,
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    connection = connect("ssh://me@example.test", around(tmp_path))
    try:
        assert connection.client.version["ApiVersion"]
        assert connection.endpoint.place == "example.test"
    finally:
        connection.close()
