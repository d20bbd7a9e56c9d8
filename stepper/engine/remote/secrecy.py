"""Keeps the credentials of URLs out of messages, and out of what a repository says of its origin."""

import re

_CREDENTIALS = re.compile(r"(?<=://)([^/?#@\s:]*)(:?)[^/?#\s]*@")
_HIDDEN = "xxxxx"


def without_credentials(text: str) -> str:
    """The text with `xxxxx` for the user, who may be a token, and the password of every URL in it, as in BuildKit."""
    return _CREDENTIALS.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    name, colon = found.groups()
    return f"{_HIDDEN if name else ''}{f':{_HIDDEN}' if colon else ''}@"
