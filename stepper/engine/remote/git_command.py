"""The git command, run as BuildKit runs it: without the user's configuration, and able to be stopped."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from stepper.engine.access import SshAccess
from stepper.engine.remote.fetch_error import FetchError
from stepper.engine.remote.secrecy import without_credentials
from stepper.frozen import frozen
from stepper.text import printable, strip_control

_UMASK = 0o022
"""BuildKit checks out with this one: it makes the modes of the files."""
_TOLD_LINES = 5
_POLL_SECONDS = 0.05
_ENDING_SECONDS = 5
_KEPT = ("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_EXEC_PATH")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


class GitFailedError(FetchError):
    """git ended with an error; `said` is what it wrote about it."""

    def __init__(self, message: str, said: str, hint: str | None) -> None:
        super().__init__(message, hint=hint)
        self.said = said


@frozen
class GitCommand:
    """Runs git for one repository.

    `check` is called often while it runs, and may raise to stop it. `authorization` is a header for the repository's
    server; `ssh` the agent or the keys for an SSH one, None where the user's own agent serves.
    """

    repository: str
    check: Callable[[], None] = lambda: None
    authorization: str | None = None
    ssh: SshAccess | None = None

    @property
    def shown(self) -> str:
        """The repository for messages."""
        return printable(without_credentials(self.repository))

    def run(self, folder: Path, *arguments: str, git_dir: Path | None = None, work_tree: Path | None = None) -> str:
        """Run a git command in a folder; what it printed.

        A server that knows no shallow clones is asked for a whole one. Raises `FetchError` that says what git says.
        """
        places = (
            *(("--work-tree", str(work_tree)) if work_tree else ()),
            *(("--git-dir", str(git_dir)) if git_dir else ()),
        )
        while True:
            try:
                return self._run(folder, (*places, *arguments))
            except GitFailedError as error:
                simpler = _simpler(arguments, error.said)
                if simpler == arguments:
                    raise
                arguments = simpler

    def _run(self, folder: Path, arguments: Sequence[str]) -> str:
        if shutil.which("git") is None:
            raise FetchError(
                f"{self.shown}: a repository is fetched with the git command, and there is none",
                hint="Install git, or clone the repository elsewhere and name its folder.",
            )
        process = subprocess.Popen(
            # No repository may have files of this machine come along as its submodules.
            ["git", "-c", "protocol.file.allow=user", *arguments],
            cwd=folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            umask=_UMASK,
            start_new_session=True,
        )
        with process:
            try:
                output, errors = self._wait(process)
            except BaseException:
                _end(process)
                raise
        if process.returncode:
            said = strip_control(errors)
            lines = [line for line in said.splitlines() if line.strip()][-_TOLD_LINES:]
            raise GitFailedError(
                f"{self.shown} cannot be fetched: git ended with exit code {process.returncode}",
                said,
                without_credentials("\n".join(lines)) or None,
            )
        return output.decode("utf-8", "surrogateescape").strip()

    def _wait(self, process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
        while True:
            try:
                return process.communicate(timeout=_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                self.check()

    def _environment(self) -> dict[str, str]:
        names = (*_KEPT, *_PROXIES, *(name.lower() for name in _PROXIES))
        environment = {name: os.environ[name] for name in names if name in os.environ}
        environment |= {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_SSH_COMMAND": _ssh_command(self.ssh),
        }
        agent = os.environ.get("SSH_AUTH_SOCK") if self.ssh is None else self.ssh.socket
        if agent:
            environment["SSH_AUTH_SOCK"] = str(agent)
        if self.authorization is not None:
            # Among its arguments everybody on this machine could read it.
            environment |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self.repository}.extraheader",
                "GIT_CONFIG_VALUE_0": f"Authorization: {self.authorization}",
            }
        return environment


def _simpler(arguments: tuple[str, ...], said: str) -> tuple[str, ...]:
    """What to try instead, as BuildKit does: everything where there is no shallow clone, or no commit by its hash."""
    if "--depth" in said or "shallow" in said:
        whole = tuple(argument for argument in arguments if argument != "--depth=1")
        if whole != arguments:
            return whole
    unknown = "not our ref" in said or "unadvertised object" in said
    if unknown and arguments[0] == "fetch" and is_commit(arguments[-1]):
        return arguments[:-1]
    return arguments


def is_commit(text: str) -> bool:
    """Whether this is a commit's hash, in full."""
    return len(text) in (40, 64) and all(character in "0123456789abcdef" for character in text)


def is_ssh(repository: str) -> bool:
    """Whether a repository is fetched over SSH: `ssh://...`, `git@host:...`."""
    return "://" not in repository or repository.startswith("ssh://")


def _ssh_command(ssh: SshAccess | None) -> str:
    # As BuildKit's it reads no configuration and asks nobody; the keys of hosts it sees for the first time are taken.
    command = "ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=accept-new"
    for key in ssh.keys if ssh is not None else ():
        command += f" -o IdentitiesOnly=yes -i '{str(key).replace(chr(39), chr(39) + chr(92) + chr(39) + chr(39))}'"
    return command


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End git with the helpers that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)
            return
