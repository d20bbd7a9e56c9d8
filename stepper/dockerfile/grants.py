"""What a build may use besides its files, as far as that can be known before it runs: whether its RUNs ask for more."""

from collections.abc import Set as AbstractSet

from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.model import Instruction
from stepper.dockerfile.mounts import SecretMount, SshMount
from stepper.dockerfile.operations import Operation, RunOperation
from stepper.errors import DockerfileError
from stepper.frozen import frozen

_HOST = "host"


@frozen
class Grants:
    """The ids of the secrets and SSH agents that are given, and whether RUN may have the privileges of these names."""

    secrets: AbstractSet[str] = frozenset()
    ssh: AbstractSet[str] = frozenset()
    insecure: bool = False
    """`security.insecure`"""
    host_network: bool = False
    """`network.host`"""


class NotGivenError(DockerfileError):
    """A RUN requires a secret or an SSH agent that the build does not have: it can only come from the step cache.

    As in BuildKit, to which none of them is a part of what a step depends on.
    """


def require_grants(operation: Operation, grants: Grants, instruction: Instruction, file: str) -> None:
    """Raise `DockerfileError` at the instruction for a RUN that asks for what the build does not have.

    Where that matters to a RUN that runs alone, it is a `NotGivenError`.
    """
    if not isinstance(operation, RunOperation):
        return
    for check, kind in ((_check_privileges, DockerfileError), (_check_mounts, NotGivenError)):
        try:
            check(operation, grants)
        except MalformedError as error:
            raise kind(error.message, file=file, line=instruction.line, hint=error.hint, word=error.word) from error


def _check_mounts(operation: RunOperation, grants: Grants) -> None:
    for mount in operation.mounts:
        if isinstance(mount, SecretMount) and mount.required and mount.id not in grants.secrets:
            raise MalformedError(
                f"secret {mount.id}: not found",
                hint=f"Give it with --secret id={mount.id},src=FILE or --secret id={mount.id},env=VARIABLE.",
                word=mount.id,
            )
        if isinstance(mount, SshMount) and mount.required and mount.id not in grants.ssh:
            raise MalformedError(
                f'no SSH key "{mount.id}" forwarded from the client',
                hint=f"Give it with --ssh {mount.id}, for the agent at SSH_AUTH_SOCK, or --ssh {mount.id}=KEYFILE.",
                word="type=ssh",
            )


def _check_privileges(operation: RunOperation, grants: Grants) -> None:
    if operation.network == _HOST and not grants.host_network:
        raise MalformedError(
            "network.host is not allowed", hint="Allow it with --allow network.host.", word="--network=host"
        )
    if operation.insecure and not grants.insecure:
        raise MalformedError(
            "security.insecure is not allowed",
            hint="Allow it with --allow security.insecure.",
            word="--security=insecure",
        )
