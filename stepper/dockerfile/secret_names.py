"""Names of variables that say that their value is a secret."""

import re

_SECRET = re.compile(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)", re.IGNORECASE
)
_NO_SECRET = re.compile(r"(?:_|^)(?:public|file|version)(?:_|$)", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether BuildKit's check SecretsUsedInArgOrEnv takes the value for a secret."""
    return bool(_SECRET.search(name)) and not _NO_SECRET.search(name)
