"""`--secret`, `--ssh` and `--allow`: what the build may use besides its files, read as the docker command does.

Everything is looked up before anything runs, and no value of a secret is read here. All raise `UsageError`.
https://docs.docker.com/reference/cli/docker/buildx/build/#secret
"""

import argparse
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from stepper.dockerfile.csv_fields import CsvError, csv_fields
from stepper.dockerfile.edit_distance import did_you_mean, nearest
from stepper.engine.access import BuildAccess, Secret, SshAccess
from stepper.errors import UsageError
from stepper.text import printable

_BIGGEST_SECRET = 500 * 1024
_SECRET_FORM = "Write it as --secret id=NAME,src=FILE or --secret id=NAME,env=VARIABLE."
_SECRET_KEYS = {"id": "id", "src": "src", "source": "src", "env": "env", "type": "type"}
_DEFAULT_AGENT = "default"
_AGENT_VARIABLE = "SSH_AUTH_SOCK"
_INSECURE = "security.insecure"
_HOST_NETWORK = "network.host"
_WITHOUT_MEANING = ("device", "buildx.local.delete")
"""What docker lets be allowed and Stepper has no use for."""


def build_access(arguments: argparse.Namespace, environment: Mapping[str, str]) -> BuildAccess:
    """All three options."""
    allowed = _entitlements(arguments.allow)
    return BuildAccess(
        secrets=_secrets(arguments.secret, environment),
        ssh=_agents(arguments.ssh, environment),
        insecure=_INSECURE in allowed,
        host_network=_HOST_NETWORK in allowed,
    )


def _secrets(written: Sequence[str], environment: Mapping[str, str]) -> dict[str, Secret]:
    """By id; of several with one id the last counts."""
    return dict(_secret(each, environment) for each in written if each)


def _secret(written: str, environment: Mapping[str, str]) -> tuple[str, Secret]:
    options = _secret_options(written)
    name = options.get("id", "")
    if not name:
        raise UsageError(f"--secret {printable(written)}: secret missing ID", hint=_SECRET_FORM)
    file, variable = options.get("src", ""), options.get("env", "")
    if options.get("type") == "env" and not variable:
        file, variable = "", file
    if not file and not variable:
        file, variable = ("", name) if name in environment else (name, "")
    if file:
        _check_secret_file(written, file)
    return name, Secret(variable=variable) if variable else Secret(file=Path(file))


def _secret_options(written: str) -> dict[str, str]:
    try:
        fields = csv_fields(written)
    except CsvError as error:
        raise UsageError(
            f"--secret {printable(written)}: failed to parse csv secret: {error}", hint=_SECRET_FORM
        ) from error
    found: dict[str, str] = {}
    for field in fields:
        key, equals, value = field.partition("=")
        if not equals:
            raise UsageError(
                f"--secret {printable(written)}: invalid field '{printable(field)}' must be a key=value pair",
                hint=_SECRET_FORM,
            )
        option = _SECRET_KEYS.get(key.lower())
        if option is None:
            meant = did_you_mean(nearest(key.lower(), _SECRET_KEYS))
            raise UsageError(
                f"--secret {printable(written)}: unexpected key '{printable(key.lower())}'{meant}", hint=_SECRET_FORM
            )
        if option == "type" and value not in ("file", "env"):
            raise UsageError(
                f'--secret {printable(written)}: unsupported secret type "{printable(value)}"',
                hint="It can be file or env.",
            )
        found[option] = value
    return found


def _check_secret_file(written: str, file: str) -> None:
    try:
        found = os.stat(file)
    except OSError as error:
        raise UsageError(
            f"--secret {printable(written)}: failed to stat {printable(file)}: {error.strerror or error}",
            hint=f"Without src and env it is the environment variable of that name, or the file. {_SECRET_FORM}",
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"--secret {printable(written)}: {printable(file)} is a folder", hint=_SECRET_FORM)
    if found.st_size > _BIGGEST_SECRET:
        raise UsageError(f"--secret {printable(written)}: it is too big; the most is 500 kB")
    if not os.access(file, os.R_OK):
        raise UsageError(f"--secret {printable(written)}: {printable(file)} cannot be read: Permission denied")


def _agents(written: Sequence[str], environment: Mapping[str, str]) -> dict[str, SshAccess]:
    found: dict[str, SshAccess] = {}
    for each in filter(None, written):
        name, _, paths = each.partition("=")
        name = name or _DEFAULT_AGENT
        if name in found:
            raise UsageError(f'--ssh {printable(each)}: duplicate agent ID "{printable(name)}"')
        found[name] = _agent(each, paths, environment)
    return found


def _agent(written: str, paths: str, environment: Mapping[str, str]) -> SshAccess:
    """The agent at SSH_AUTH_SOCK where no path is given; one socket, or the files of keys."""
    if not paths:
        paths = environment.get(_AGENT_VARIABLE, "")
        if not paths:
            raise UsageError(
                f"--ssh {printable(written)}: there is no SSH agent: {_AGENT_VARIABLE} is not set",
                hint="Start one with `eval $(ssh-agent)` and `ssh-add`, or name a key: --ssh default=KEYFILE.",
            )
        if not _is_socket(written, paths):
            raise UsageError(
                f"--ssh {printable(written)}: {_AGENT_VARIABLE} is {printable(paths)}, and that is no socket",
                hint="Start an agent with `eval $(ssh-agent)` and `ssh-add`, or name a key: --ssh default=KEYFILE.",
            )
        return SshAccess(socket=Path(paths).absolute())
    names = paths.split(",")
    sockets = [name for name in names if _is_socket(written, name)]
    if not sockets:
        from stepper.engine.ssh_keys import key_problem

        for name in names:
            problem = key_problem(Path(name))
            if problem is not None:
                raise UsageError(f"--ssh {printable(written)}: {printable(problem.message)}", hint=problem.hint)
        return SshAccess(keys=tuple(Path(name).absolute() for name in names))
    if len(names) > 1:
        problem_is = "only single socket allowed" if len(sockets) > 1 else "invalid combination of keys and sockets"
        raise UsageError(f"--ssh {printable(written)}: {problem_is}", hint="Name one socket, or the files of keys.")
    return SshAccess(socket=Path(sockets[0]).absolute())


def _is_socket(written: str, path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"--ssh {printable(written)}: {printable(path) or 'an empty path'} cannot be read: {reason}",
            hint="Write it as --ssh default, --ssh NAME=SOCKET or --ssh NAME=KEYFILE[,KEYFILE].",
        ) from error


def _entitlements(written: Sequence[str]) -> frozenset[str]:
    found = frozenset(filter(None, written))
    known = (_HOST_NETWORK, _INSECURE, *_WITHOUT_MEANING)
    for each in sorted(found):
        name = each.partition("=")[0] if each.startswith("device=") else each
        if name not in known:
            raise UsageError(
                f"--allow {printable(each)}: unknown entitlement {printable(each)}{did_you_mean(nearest(each, known))}",
                hint=f"It can be {_HOST_NETWORK} or {_INSECURE}.",
            )
    return found
