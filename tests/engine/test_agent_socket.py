"""The socket in front of an SSH agent, with the real programs of OpenSSH."""

import os
import socket
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stepper.engine.access import SshAccess
from stepper.engine.agent_socket import AgentError, agent_socket


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A private key that others may read, as ssh-add by itself would refuse it."""
    path = make_key(tmp_path / "key")
    path.chmod(0o644)
    return path


@pytest.fixture
def agent(tmp_path: Path, key: Path) -> Iterator[Path]:
    """The user's agent, which has that key."""
    path = tmp_path / "users-agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    try:
        key.chmod(0o600)
        deadline = time.monotonic() + 20
        while ssh_add(path, str(key)).returncode != 0:
            assert time.monotonic() < deadline, "the agent does not answer"
            time.sleep(0.01)
        yield path
    finally:
        process.terminate()
        process.wait()


def make_key(path: Path, *, passphrase: str = "", form: tuple[str, ...] = ()) -> Path:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", path.name, "-f", str(path), *form]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def ssh_add(agent: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SSH_AUTH_SOCK": str(agent), "SSH_ASKPASS_REQUIRE": "never"}
    command = ["ssh-add", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


def test_the_users_agent_tells_its_keys_and_signs(agent: Path, key: Path, tmp_path: Path) -> None:
    with agent_socket(SshAccess(socket=agent)) as path:
        assert ssh_add(path, "-L").stdout == key.with_suffix(".pub").read_text()
        assert ssh_add(path, "-T", str(key.with_suffix(".pub"))).returncode == 0


def test_nothing_in_the_users_agent_can_be_changed(agent: Path, tmp_path: Path) -> None:
    other = make_key(tmp_path / "other")
    with agent_socket(SshAccess(socket=agent)) as path:
        assert ssh_add(path, "-D").returncode != 0
        assert ssh_add(path, str(other)).returncode != 0
        assert ssh_add(path, "-l").stdout.count("\n") == 1
    assert ssh_add(agent, "-l").stdout.count("\n") == 1


def test_keys_get_an_agent_of_their_own_that_ends_with_the_block(key: Path, tmp_path: Path) -> None:
    second = make_key(tmp_path / "second")
    with agent_socket(SshAccess(keys=(key, second))) as path:
        assert [line.split()[2] for line in ssh_add(path, "-L").stdout.splitlines()] == ["key", "second"]
        agents = agent_processes(path.parent)
        assert agents
    assert not path.parent.exists()
    wait_until_gone(agents)


def test_the_agent_of_keys_ends_also_when_the_block_fails(key: Path) -> None:
    block = agent_socket(SshAccess(keys=(key,)))
    path = block.__enter__()
    agents = agent_processes(path.parent)
    error = RuntimeError("what a step does")
    assert not block.__exit__(RuntimeError, error, None)
    assert agents
    assert not path.parent.exists()
    wait_until_gone(agents)


def test_an_open_connection_holds_nothing_up(agent: Path) -> None:
    with agent_socket(SshAccess(socket=agent)) as path:
        open_ = [connect(path) for _ in range(3)]
        open_[0].sendall(b"\0\0")
    for connection in open_:
        assert ended(connection)
        connection.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ssh-agent")]


def test_several_can_ask_at_the_same_time(agent: Path) -> None:
    with agent_socket(SshAccess(socket=agent)) as path, connect(path) as one, connect(path) as other:
        for connection in (one, other, one):
            connection.sendall(b"\0\0\0\1\x0b")
            assert connection.recv(4096)[4] == 12


def test_connections_without_end_are_refused_and_the_agent_serves_on(agent: Path) -> None:
    with agent_socket(SshAccess(socket=agent)) as path:
        opened = []
        for _ in range(80):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(10)
            client.connect(str(path))
            opened.append(client)
        assert opened[-1].recv(1) == b""
        for client in opened:
            client.close()
        deadline = time.monotonic() + 20
        while ssh_add(path, "-L").returncode != 0:
            assert time.monotonic() < deadline, "the places of ended connections are not free again"
            time.sleep(0.05)


@pytest.mark.parametrize("sent", [b"\0\0\0\0", b"\xff\xff\xff\xff\x0b", b"\0\0\0\5\x0b"])
def test_what_is_no_message_ends_the_connection(agent: Path, sent: bytes) -> None:
    with agent_socket(SshAccess(socket=agent)) as path, connect(path) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert ended(connection)


def test_the_socket_has_the_mode_and_the_owner_of_the_mount_in_a_folder_that_others_cannot_enter(agent: Path) -> None:
    with agent_socket(SshAccess(socket=agent), mode=0o640, uid=os.getuid(), gid=os.getgid()) as path:
        found = path.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o640, os.getuid(), os.getgid())
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_socket_that_cannot_be_given_to_its_owner_is_open_to_who_can_reach_it(
    agent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("stepper.engine.agent_socket.os.chown", refuse)
    with agent_socket(SshAccess(socket=agent), mode=0o600, uid=1234) as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o666


def test_the_socket_is_near_the_engines_where_it_may_be(agent: Path, tmp_path: Path) -> None:
    with agent_socket(SshAccess(socket=agent), near=tmp_path / "docker.sock") as path:
        assert path.parent.parent == tmp_path
    with agent_socket(SshAccess(socket=agent), near=tmp_path / "none" / "docker.sock") as path:
        assert tmp_path not in path.parents


def test_a_folder_whose_path_is_too_long_for_a_socket_is_an_error(agent: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    block = agent_socket(SshAccess(socket=agent), near=deep / "docker.sock")
    with pytest.raises(AgentError, match="could not be made: AF_UNIX path too long"), block:
        pass
    assert list(deep.iterdir()) == []


@pytest.mark.parametrize("form", [(), ("-m", "PEM"), ("-m", "PKCS8")])
def test_a_key_with_a_passphrase_is_an_error_that_says_what_to_do(tmp_path: Path, form: tuple[str, ...]) -> None:
    path = make_key(tmp_path / "locked", passphrase="swordfish")
    if form:
        path.unlink()
        command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "swordfish", *form, "-f", str(path)]
        subprocess.run(command, check=True)
    with pytest.raises(AgentError, match="has a passphrase") as raised, agent_socket(SshAccess(keys=(path,))):
        pass
    assert raised.value.hint is not None
    assert f"ssh-add {path}" in raised.value.hint


def test_what_is_no_key_is_an_error(tmp_path: Path, key: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(key.read_bytes()[:200] + b"\n-----END OPENSSH PRIVATE KEY-----\n")
    for path, message in (
        (tmp_path / "nothing", "No such file"),
        (key.with_suffix(".pub"), "is no private key"),
        (broken, "cannot be used"),
    ):
        with pytest.raises(AgentError, match=message), agent_socket(SshAccess(keys=(key, path))):
            pass


def test_an_agent_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AgentError, match="does not answer"), agent_socket(SshAccess(socket=tmp_path / "gone")):
        pass


def test_a_machine_without_openssh_says_what_to_install(key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AgentError, match="ssh-agent cannot be started") as raised, agent_socket(SshAccess(keys=(key,))):
        pass
    assert raised.value.hint is not None
    assert "openssh-client" in raised.value.hint


def ended(connection: socket.socket) -> bool:
    """Whether the other side has closed it, with or without having read all."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(10)
    connection.connect(str(path))
    return connection


def agent_processes(folder: Path) -> list[int]:
    """The processes that were started with this folder in their arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                arguments = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(folder) in arguments:
                found.append(int(entry.name))
    return found


def wait_until_gone(processes: list[int]) -> None:
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{process}/exe").exists() for process in processes):
        assert time.monotonic() < deadline, "an agent is still there"
        time.sleep(0.02)
