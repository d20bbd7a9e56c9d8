"""The socket of an SSH agent for `RUN --mount=type=ssh`: one of Stepper's own, in front of the agent.

What runs in a step may ask for the agent's keys and have something signed, and nothing else: everything that would
change the agent is refused, as BuildKit does. Keys that are files get an agent of their own, which ends with its use.
The agent protocol: https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from stepper.engine.access import SshAccess
from stepper.engine.remote.workspace import hold
from stepper.engine.ssh_keys import key_problem
from stepper.errors import StepperError

_FAILURE = b"\0\0\0\1\5"
_ALLOWED = frozenset({11, 13})
"""SSH_AGENTC_REQUEST_IDENTITIES and SSH_AGENTC_SIGN_REQUEST."""
_LENGTH_BYTES = 4
_MOST_CLIENTS = 64
"""Connections at a time: a command cannot have threads without end on the user's machine."""
_LONGEST_MESSAGE = 256 * 1024
_INSTALL = "It comes with OpenSSH: install openssh-client, or start an agent elsewhere and use --ssh default."


class AgentError(StepperError):
    """An SSH agent that cannot be had."""


@contextlib.contextmanager
def agent_socket(
    access: SshAccess, *, mode: int = 0o600, uid: int | None = None, gid: int | None = None, near: Path | None = None
) -> Iterator[Path]:
    """The path of a socket on this machine that is the agent, for the time of the block, in a folder of its own.

    Who may use it is told by `mode`, `uid` and `gid`, None for those of this process. Where this process may not give
    the socket to another user, all may use it that can reach it: nobody else can enter its folder. `near` is a file
    that the engine sees, its own socket: so it sees this one too.
    Raises `AgentError`.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(_private_folder(near)))
        agent = access.socket if access.socket is not None else stack.enter_context(_agent_of(access.keys, folder))
        stack.callback(_Forwarder(folder / "agent", agent).close)
        _give(folder / "agent", mode, uid, gid)
        yield folder / "agent"


@contextlib.contextmanager
def _private_folder(near: Path | None) -> Iterator[str]:
    try:
        folder = tempfile.mkdtemp(prefix="stepper-ssh-", dir=next(iter(agent_places(near)), None))
    except OSError as error:
        raise _not_made(error) from error
    with hold(Path(folder)):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _not_made(error: OSError) -> AgentError:
    return AgentError(
        f"a socket for the SSH agent could not be made: {error.strerror or error}",
        hint="It goes beside the engine's socket, or into XDG_RUNTIME_DIR or TMPDIR; its path can have 100 characters.",
    )


def agent_places(near: Path | None) -> list[str]:
    """Where a socket's folder can be, so that the engine has it too, the best first; none: with the temporary files.

    The engine may run in a tree of its own, with another folder for temporary files.
    """
    places = ("" if near is None else str(near.parent), os.environ.get("XDG_RUNTIME_DIR"))
    return [place for place in places if place and os.access(place, os.W_OK | os.X_OK)]


def _give(path: Path, mode: int, uid: int | None, gid: int | None) -> None:
    try:
        os.chown(path, -1 if uid is None else uid, -1 if gid is None else gid)
    except OSError:
        # Not allowed, or no such id where this process runs.
        mode = 0o666
    path.chmod(mode)


class _Forwarder:
    """Listens on a socket, and asks the agent what may be asked. Has a thread, and one for each connection."""

    def __init__(self, path: Path, agent: Path) -> None:
        self._agent = str(agent)
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        _connected(self._agent).close()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(str(path))
        except OSError as error:
            self._listener.close()
            raise _not_made(error) from error
        path.chmod(0o600)
        self._listener.listen()
        self._accepting = threading.Thread(target=self._accept, name="ssh-agent-socket", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Take no more connections, end those that there are, and wait for the threads."""
        with self._lock:
            self._is_closed = True
            for connection in self._connections:
                _shut(connection)
        _shut(self._listener)
        self._accepting.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            alive = [each for each in self._threads if each.is_alive()]
            if len(alive) >= _MOST_CLIENTS:
                client.close()
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="ssh-agent-client", daemon=True)
            self._threads = [*alive, thread]
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, AgentError), _connected(self._agent) as agent:
            with self._lock:
                if self._is_closed:
                    return
                self._connections |= {client, agent}
            try:
                _answer_all(client, agent)
            finally:
                with self._lock:
                    self._connections -= {client, agent}


def _answer_all(client: socket.socket, agent: socket.socket) -> None:
    """Answer one request after the other until either side ends."""
    while (request := _message(client)) is not None:
        if request[_LENGTH_BYTES] not in _ALLOWED:
            client.sendall(_FAILURE)
            continue
        agent.sendall(request)
        answer = _message(agent)
        if answer is None:
            return
        client.sendall(answer)


def _message(connection: socket.socket) -> bytes | None:
    """A message with its length in front; None at the end, and for what is no message."""
    header = _exactly(connection, _LENGTH_BYTES)
    length = int.from_bytes(header)
    if len(header) < _LENGTH_BYTES or not 0 < length <= _LONGEST_MESSAGE:
        return None
    body = _exactly(connection, length)
    return header + body if len(body) == length else None


def _exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes, fewer at the end."""
    found = b""
    while len(found) < size and (data := connection.recv(size - len(found))):
        found += data
    return found


def _connected(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError as error:
        connection.close()
        raise AgentError(
            f"the SSH agent at {path} does not answer: {error.strerror or error}",
            hint="Start one with `eval $(ssh-agent)` and `ssh-add`, or name a key: --ssh default=KEYFILE.",
        ) from error
    return connection


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _agent_of(keys: tuple[Path, ...], folder: Path) -> Iterator[Path]:
    """An agent that has these keys, and its socket in the folder."""
    for key in keys:
        problem = key_problem(key)
        if problem is not None:
            raise AgentError(problem.message, hint=problem.hint)
    path = folder / "keys"
    # The agent ends with the command that it was started for, and that with its input: also when Stepper is killed.
    command = ["ssh-agent", "-a", str(path), "sh", "-c", 'echo "$SSH_AGENT_PID" && exec cat']
    try:
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
    except OSError as error:
        raise AgentError(f"ssh-agent cannot be started: {error.strerror or error}", hint=_INSTALL) from error
    process = 0
    try:
        assert holder.stdout is not None
        # The agent listens before it starts the command.
        process = int(holder.stdout.readline() or 0)
        if not process:
            raise AgentError("ssh-agent did not start", hint=_INSTALL)
        for key in keys:
            _add(key, path)
        yield path
    finally:
        if process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        holder.communicate()


def _add(key: Path, agent: Path) -> None:
    # Read from its input, ssh-add does not ask who else may read the file.
    environment = {**os.environ, "SSH_AUTH_SOCK": str(agent), "SSH_ASKPASS_REQUIRE": "never"}
    command = ["ssh-add", "-q", "-"]
    try:
        with key.open("rb") as file:
            # In a session of its own it has no terminal to ask for a passphrase at.
            subprocess.run(
                command, stdin=file, env=environment, capture_output=True, check=True, start_new_session=True
            )
    except OSError as error:
        raise AgentError(f"ssh-add cannot be started: {error.strerror or error}", hint=_INSTALL) from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().splitlines()
        raise AgentError(
            f"the key {key} cannot be used: {reason[-1] if reason else 'ssh-add does not say why'}",
            hint="It has to be a private key of OpenSSH or in PEM, without a passphrase.",
        ) from error
