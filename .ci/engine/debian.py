"""The Debian machine that the scripts may find themselves on: its packages, its mirror, trees of Debian in a folder.

Run as a program it installs the packages that are named.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

import apt_sources

_DEBOOTSTRAP_SCRIPTS = Path("/usr/share/debootstrap/scripts")


class SetupError(Exception):
    """Something could not be set up on this machine; the text is for the user."""


def say(text: str) -> None:
    """One line about what is going on, on standard error: standard output belongs to the command that is run."""
    print(text, file=sys.stderr, flush=True)


def why_not_here() -> str | None:
    """Why nothing can be installed on this machine, or None where it can."""
    if not sys.platform.startswith("linux") or _os_release().get("ID") != "debian":
        return "this is not a Debian machine"
    if os.geteuid() != 0:
        return "you are not root"
    if shutil.which("apt-get") is None:
        return "there is no apt-get"
    return None


def codename() -> str:
    """The name of the release that this machine runs, such as `trixie`."""
    return _os_release().get("VERSION_CODENAME") or "stable"


def install(*packages: str) -> None:
    """Install the packages that are missing, fetching the package lists only when apt does not know them."""
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return
    say(f"installing {' '.join(missing)} (apt-get)")
    _apt_get("install", "--yes", "--no-install-recommends", *missing)


def download(package: str, folder: Path) -> Path:
    """Fetch the package's .deb into `folder` without installing it."""
    _apt_get("download", package, folder=folder)
    return next(folder.glob(f"{package}_*.deb"))


def debootstrap(suite: str, tree: Path, include: str, log: Path) -> None:
    """Make a small Debian of `suite` in `tree`, from the mirror that this machine's apt uses.

    It runs in namespaces of its own, so that whatever it mounts is gone when it ends, however it ends; it is killed
    when this process is.
    """
    install("debootstrap", "debian-archive-keyring", "mount")
    command = ["setpriv", "--pdeathsig", "KILL"]
    command += ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += ["debootstrap", "--variant=minbase"]
    if include:
        command.append(f"--include={include}")
    command += [suite, str(tree), _mirror()]
    if not (_DEBOOTSTRAP_SCRIPTS / suite).exists():
        # Older than the suite. All new releases of Debian are set up by the same script.
        command.append("sid")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        _run(command, output, log, f"debootstrap could not make a tree of Debian {suite}", env=_with_apt_proxy())
    drop_package_caches(tree)


def drop_package_caches(tree: Path) -> None:
    """Remove what installing leaves in `tree` and nothing in it needs: packages, package lists, logs."""
    for pattern in ("var/cache/apt/**/*.deb", "var/cache/apt/*.bin", "var/lib/apt/lists/*_*", "var/log/**/*.log"):
        for path in tree.glob(pattern):
            path.unlink()


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for an error message."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"  {line}" for line in lines[-count:])


def _mirror() -> str:
    try:
        return apt_sources.mirror(codename())
    except LookupError as error:
        raise SetupError(str(error)) from error


def _os_release() -> dict[str, str]:
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    asked = subprocess.run(query, capture_output=True, text=True, check=False)
    return asked.returncode == 0 and asked.stdout == "installed"


def _apt_get(*arguments: str, folder: Path | None = None) -> None:
    """Run apt-get; when it fails, fetch the package lists, which a new machine has none of, and try once more."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Another apt-get may be at work on a machine that has just started. The sandbox's user cannot write to our folder.
    options = ["-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "APT::Sandbox::User=root"]

    def attempt(*words: str) -> subprocess.CompletedProcess[str]:
        command = ["apt-get", *options, *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    if attempt(*arguments).returncode == 0:
        return
    attempt("update")
    again = attempt(*arguments)
    if again.returncode != 0:
        raise SetupError(f"apt-get {' '.join(arguments)} failed:\n{(again.stdout + again.stderr).strip()}")


def _with_apt_proxy() -> dict[str, str]:
    """The environment for debootstrap, which does not read apt's configuration: with the proxy that apt uses."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    asked = subprocess.run(
        ["apt-config", "shell", "proxy", "Acquire::http::Proxy"], capture_output=True, text=True, check=False
    )
    _, _, value = asked.stdout.strip().partition("=")
    proxy = "".join(shlex.split(value))
    if proxy and proxy != "DIRECT":
        environment.setdefault("http_proxy", proxy)
    return environment


def _run(command: list[str], output: IO[bytes], log: Path, failure: str, env: dict[str, str]) -> None:
    ended = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=env, check=False
    )
    if ended.returncode != 0:
        raise SetupError(f"{failure}; the end of {log}:\n{last_lines(log)}")


if __name__ == "__main__":
    try:
        install(*sys.argv[1:])
    except SetupError as error:
        sys.exit(str(error))
