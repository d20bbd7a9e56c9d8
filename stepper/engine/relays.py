"""Local sockets that lead to an engine which has none: over ssh, or from a podman that is installed but not serving.

A relay lives as long as it is not closed, and ends by itself when Stepper dies, however that happens.
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Protocol

from stepper.engine.remote.workspace import hold
from stepper.errors import EngineUnavailable


class Relay(Protocol):
    """A socket that leads to an engine."""

    @property
    def url(self) -> str:
        """Where it listens, as `unix://...`."""

    def close(self) -> None:
        """Stop it and remove its socket."""


class SshRelay:
    """Every connection to the socket becomes an `ssh HOST docker system dial-stdio`, as the docker command does it.

    The connections share one ssh session (ssh's ControlMaster), so that only the first has to log in. ssh asks no
    questions: a key or an agent must do.
    """

    def __init__(self, url: str) -> None:
        if shutil.which("ssh") is None:
            raise EngineUnavailable(f"{url} needs the ssh command, which is not installed")
        self._folder = Path(tempfile.mkdtemp(prefix="stepper-ssh-"))
        self._lock = hold(self._folder)
        self._command = _ssh_command(url, self._folder / "control")
        self._errors = (self._folder / "errors").open("w+b")
        self._processes: list[subprocess.Popen[bytes]] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / "engine.sock"))
        self._listener.listen(16)
        threading.Thread(target=self._accept, name="ssh relay", daemon=True).start()

    @property
    def url(self) -> str:
        return f"unix://{self._folder / 'engine.sock'}"

    def complaint(self) -> str:
        """The last line that ssh printed as an error, "" when there is none."""
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip() if lines else ""

    def close(self) -> None:
        self._listener.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()
        # The shared session outlives the connections unless it is told to go.
        control = [*self._command[:-3], "-O", "exit", *self._command[-3:-1]]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(control, stdin=subprocess.DEVNULL, capture_output=True, timeout=5, check=False)
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._processes = [process for process in self._processes if process.poll() is None]
                self._processes.append(
                    subprocess.Popen(
                        self._command,
                        stdin=connection.fileno(),
                        stdout=connection.fileno(),
                        stderr=self._errors,
                        start_new_session=True,
                    )
                )


def _ssh_command(url: str, control: Path) -> list[str]:
    """ssh's options and the host, ending in `--`, the host and the remote command."""
    host, _, port = url.removeprefix("ssh://").strip("/").partition(":")
    options = ["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15"]
    options += ["-o", "ControlMaster=auto", "-o", f"ControlPath={control}", "-o", "ControlPersist=10"]
    if port:
        options += ["-p", port]
    return ["ssh", *options, "--", host, "docker system dial-stdio"]


class PodmanService:
    """podman's API service on a private socket.

    A shell holds it: it ends podman as soon as its own standard input closes, which a killed Stepper brings about too.
    """

    _KEEPER = 'podman system service --time=0 "$1" & podman=$!; trap "kill $podman" TERM; cat >&2; kill $podman; wait'
    _START_SECONDS = 20.0

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="stepper-podman-"))
        self._lock = hold(self._folder)
        self._errors = (self._folder / "errors").open("w+b")
        self._process = subprocess.Popen(
            ["sh", "-c", self._KEEPER, "stepper-podman", self.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
        )

    @property
    def url(self) -> str:
        return f"unix://{self._folder / 'podman.sock'}"

    def wait_until_ready(self) -> None:
        """Return once podman listens; raises `EngineUnavailable` with podman's own words when it does not."""
        deadline = time.monotonic() + self._START_SECONDS
        path = self.url.removeprefix("unix://")
        while time.monotonic() < deadline:
            with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
                probe.connect(path)
                return
            if self._failed():
                break
            time.sleep(0.05)
        complaint = self._complaint()
        self.close()
        raise EngineUnavailable(
            f"podman is installed, but its service does not start: {complaint or 'no reason given'}"
        )

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.close()

    def _failed(self) -> bool:
        return self._process.poll() is not None or bool(self._complaint(only_errors=True))

    def _complaint(self, *, only_errors: bool = False) -> str:
        self._errors.seek(0)
        lines = [line.strip() for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        if only_errors:
            lines = [line for line in lines if line.startswith("Error")]
        return lines[-1] if lines else ""
