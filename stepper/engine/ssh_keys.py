"""Private keys for `--ssh`: whether a file can be one that an agent takes without asking anybody."""

import base64
import binascii
from pathlib import Path
from typing import NamedTuple

_LONGEST = 100 * 1024
_BEGIN = "-----BEGIN "
_PRIVATE = "PRIVATE KEY-----"
_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
_OPENSSH_MAGIC = b"openssh-key-v1\0"
_ASK_AN_AGENT = "Add it to an agent with `ssh-add {path}`, which asks for the passphrase, and use --ssh default."


class KeyProblem(NamedTuple):
    """What is wrong with a key, and what to do."""

    message: str
    hint: str | None = None


def key_problem(path: Path) -> KeyProblem | None:
    """Why an agent would not take the file as a key; None where nothing speaks against it. No content is told."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("ascii", errors="replace")
    except OSError as error:
        return KeyProblem(f"{path} cannot be read: {error.strerror or error}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not lines[0].startswith(_BEGIN) or not lines[0].endswith(_PRIVATE):
        hint = "Name the private key, not the .pub file." if text.startswith(("ssh-", "ecdsa-", "sk-")) else None
        return KeyProblem(f"{path} is no private key", hint)
    if _is_protected(lines):
        return KeyProblem(f"the key {path} has a passphrase", _ASK_AN_AGENT.format(path=path))
    return None


def _is_protected(lines: list[str]) -> bool:
    if "ENCRYPTED" in lines[0] or any(line.startswith("Proc-Type:") and "ENCRYPTED" in line for line in lines[:3]):
        return True
    if lines[0] != _OPENSSH:
        return False
    try:
        start = base64.b64decode("".join(lines[1:-1])[:64])
    except binascii.Error:
        return False
    # The name of the cipher follows, with its length in four bytes before it.
    name = start.removeprefix(_OPENSSH_MAGIC)
    return name != start and name[4 : 4 + int.from_bytes(name[:4])] != b"none"
