"""Keeps the passwords of URLs out of messages."""

import re

_CREDENTIALS = re.compile(r"(?<=://)([^/@\s:]*):[^/@\s]*@")


def without_password(text: str) -> str:
    """The text with `xxxxx` for the password of every URL in it."""
    return _CREDENTIALS.sub(r"\1:xxxxx@", text)
