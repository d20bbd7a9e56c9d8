"""What the docker command takes for a build from its configuration file: the proxies.

https://docs.docker.com/engine/cli/proxy/
"""

import json
from collections.abc import Mapping
from pathlib import Path

_DEFAULT = "default"
_PROXIES = {
    "httpProxy": "HTTP_PROXY",
    "httpsProxy": "HTTPS_PROXY",
    "ftpProxy": "FTP_PROXY",
    "noProxy": "NO_PROXY",
    "allProxy": "ALL_PROXY",
}


def configured_proxies(host: str | None, environment: Mapping[str, str]) -> dict[str, str]:
    """The proxies for builds, each in upper and in lower case, as build arguments; none without such a file.

    `host` is the engine's address where the user named one: it may have its own.
    """
    proxies = _configuration(environment).get("proxies")
    if not isinstance(proxies, dict):
        return {}
    chosen = proxies.get(host or environment.get("DOCKER_HOST", ""), proxies.get(_DEFAULT))
    if not isinstance(chosen, dict):
        return {}
    found: dict[str, str] = {}
    for key, name in _PROXIES.items():
        value = chosen.get(key)
        if isinstance(value, str) and value:
            found[name] = found[name.lower()] = value
    return found


def _configuration(environment: Mapping[str, str]) -> dict[str, object]:
    """The file's content; empty for one that is missing or broken, which the docker command itself would tell."""
    folder = environment.get("DOCKER_CONFIG") or (environment.get("HOME") and f"{environment['HOME']}/.docker")
    if not folder:
        return {}
    try:
        found = json.loads((Path(folder) / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
