"""Files by their http(s) URL."""

import http.client
import re
import shutil
import urllib.error
import urllib.request
from pathlib import Path

from stepper import __version__
from stepper.cli.sources.secrecy import without_password
from stepper.errors import UsageError
from stepper.text import printable

_URL = re.compile(r"https?://", re.IGNORECASE)
_TIMEOUT = 60.0
"""Seconds without an answer."""


def is_url(written: str) -> bool:
    """Whether this is something to download."""
    return _URL.match(written) is not None


def download(url: str, to: Path) -> None:
    """Download a file. Raises `UsageError` that says why it cannot be had."""
    shown = printable(without_password(url))
    try:
        request = urllib.request.Request(url, headers={"User-Agent": f"stepper/{__version__}"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, open(to, "wb") as file:
            shutil.copyfileobj(answer, file)
    except urllib.error.HTTPError as error:
        raise UsageError(f"{shown}: the server says {error.code} {error.reason}", hint="Check the URL.") from error
    except urllib.error.URLError as error:
        raise UsageError(f"{shown} cannot be downloaded: {error.reason}") from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise UsageError(f"{shown} cannot be downloaded: {error}") from error
