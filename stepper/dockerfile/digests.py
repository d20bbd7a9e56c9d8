"""Digests as `--checksum` takes them: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests"""

import re

from stepper.dockerfile.malformed import MalformedError

_FORM = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_HINT = "Write it as sha256: and the 64 hexadecimal digits that `sha256sum` prints, in lower case."


def check_digest(text: str) -> None:
    """Raise `MalformedError` for what is no digest, with BuildKit's words."""
    algorithm, colon, encoded = text.partition(":")
    if not algorithm or not colon or not encoded:
        raise MalformedError(f"invalid checksum digest format: {text}", hint=_HINT)
    length = _LENGTHS.get(algorithm)
    if length is None and _FORM.fullmatch(text):
        raise MalformedError(f"unsupported digest algorithm: {algorithm}", hint=_HINT)
    if length is not None and len(encoded) != length:
        raise MalformedError(f"invalid checksum digest length: {text}", hint=_HINT)
    if length is None or not re.fullmatch(r"[a-f0-9]+", encoded):
        raise MalformedError(f"invalid checksum digest format: {text}", hint=_HINT)
