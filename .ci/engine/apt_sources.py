"""Which mirror does this machine's apt use? Read from its configuration, so that no address stands in these scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APT = Path("/etc/apt")
_MIRROR_FILE = "mirror+file:"


@dataclass(frozen=True)
class Source:
    """One archive that packages come from: a line of sources.list or a stanza of a .sources file."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]


def mirror(codename: str, apt: Path = APT) -> str:
    """The address of the archive with Debian `codename`, else of the first that looks like Debian's main one.

    Raises LookupError when apt has no archive that debootstrap could read.
    """
    sources = [source for source in read_sources(apt) if "main" in source.components]
    sources.sort(key=lambda source: codename not in source.suites)
    for source in sources:
        if all("-" in suite or "/" in suite for suite in source.suites):
            continue  # security, updates and backports hold no whole release
        for uri in source.uris:
            plain = _plain_address(uri)
            if plain:
                return plain
    raise LookupError(f"no Debian mirror in {apt}/sources.list or {apt}/sources.list.d")


def read_sources(apt: Path) -> Iterator[Source]:
    """All enabled sources of binary packages below `apt`, in apt's order."""
    files = [apt / "sources.list", *sorted((apt / "sources.list.d").glob("*"))]
    for file in files:
        if file.suffix == ".sources" and file.is_file():
            yield from _deb822(file.read_text())
        elif file.suffix == ".list" and file.is_file():
            yield from _one_line(file.read_text())


def _one_line(text: str) -> Iterator[Source]:
    """`deb [option=value ...] URI suite component...` (sources.list(5))."""
    for line in text.splitlines():
        words = re.sub(r"\[.*?\]", "", line.partition("#")[0]).split()
        if len(words) >= 3 and words[0] == "deb":
            yield Source((words[1],), (words[2],), tuple(words[3:]))


def _deb822(text: str) -> Iterator[Source]:
    """Stanzas of `Field: words`, continued on indented lines (sources.list(5))."""
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields: dict[str, list[str]] = {}
        words: list[str] = []
        for line in stanza.splitlines():
            if line[:1].isspace():
                words.extend(line.split())
                continue
            name, _, value = line.partition(":")
            words = value.split()
            fields[name.strip().lower()] = words
        enabled = fields.get("enabled", ["yes"])[:1] not in (["no"], ["false"])
        if enabled and "deb" in fields.get("types", []):
            uris, suites = fields.get("uris", []), fields.get("suites", [])
            yield Source(tuple(uris), tuple(suites), tuple(fields.get("components", [])))


def _plain_address(uri: str) -> str:
    """The http(s) or file address that debootstrap can read, or "" where there is none (a CD, say)."""
    if uri.startswith(_MIRROR_FILE):
        # A file that lists mirrors, the best first, each with optional remarks after it (apt-transport-mirror(1)).
        listed = Path("/" + uri[len(_MIRROR_FILE) :].lstrip("/"))
        lines = listed.read_text().splitlines() if listed.is_file() else []
        uri = next((line.split()[0] for line in lines if line.strip() and not line.startswith("#")), "")
    return uri.rstrip("/") if re.match(r"(https?|file):", uri) else ""
