"""Platforms as `linux/arm64/v8`: parsed and normalised as containerd does it, for `--platform` and its arguments."""

import platform as host
import re

from stepper.frozen import frozen

_SYSTEM = re.compile(r"([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)(?:\+[A-Za-z0-9_.%-]+)*\))?")
_COMPONENT = re.compile(r"[A-Za-z0-9_.-]+")
_KNOWN_SYSTEM = re.compile(
    "aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|nacl|netbsd|openbsd|plan9|solaris|windows|zos"
)
_KNOWN_ARCHITECTURE = re.compile(
    "386|amd64|amd64p32|arm|armbe|arm64|arm64be|ppc64|ppc64le|loong64|mips|mipsle|mips64|mips64le|mips64p32"
    "|mips64p32le|ppc|riscv|riscv64|s390|s390x|sparc|sparc64|wasm"
)
_ARM_VARIANTS = {"": "v7", "7": "v7", "5": "v5", "6": "v6", "8": "v8"}
_ARM64_VARIANTS = {"8": "", "v8": "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9"}


@frozen
class Platform:
    """An operating system and a processor, in Go's names."""

    os: str
    architecture: str
    variant: str = ""
    os_version: str = ""

    def __str__(self) -> str:
        system = f"{self.os}({self.os_version})" if self.os_version else self.os
        return "/".join(part for part in (system, self.architecture, self.variant) if part)


def parse_platform(text: str) -> Platform:
    """A platform by its name: `linux/arm64`, `linux/arm/v7`, or one word of them (`arm64`).

    A missing system is `linux`, a missing architecture that of this machine. Raises `ValueError`.
    """
    if "*" in text:
        raise ValueError(f"invalid platform {text!r}: wildcards are not supported")
    parts = text.split("/")
    system = _SYSTEM.fullmatch(parts[0])
    if system is None or not all(_COMPONENT.fullmatch(part) for part in parts[1:]) or len(parts) > 3:
        raise ValueError(f"invalid platform {text!r}: write it as 'linux/amd64' or 'linux/arm/v7'")
    name = system[1].lower()
    name = "darwin" if name == "macos" else name
    version = system[2] or ""
    if len(parts) == 1:
        return _of_one_word(text, name, version)
    architecture, variant = _normalised(parts[1], parts[2] if len(parts) == 3 else "")
    if len(parts) == 2 and architecture == "arm" and variant == "v7":
        variant = ""
    if len(parts) == 3 and architecture == "arm64" and not variant:
        variant = "v8"
    return Platform(name, architecture, variant, version)


def image_platform(os: str, architecture: str, variant: str, target: Platform) -> Platform:
    """What an image says that is built for a target, on a base for another platform perhaps: BuildKit says the target.

    Where the target names no variant, that of the base stays.
    """
    is_same = (os, architecture) == (target.os, target.architecture)
    wanted = variant if is_same and not target.variant else target.variant
    return Platform(target.os, *_normalised(target.architecture, wanted))


def _of_one_word(text: str, system: str, version: str) -> Platform:
    if _KNOWN_SYSTEM.fullmatch(system):
        architecture, variant = _normalised(host.machine(), "")
        return Platform(system, architecture, "" if variant == "v7" else variant, version)
    architecture, variant = _normalised(text, "")
    if not _KNOWN_ARCHITECTURE.fullmatch(architecture):
        raise ValueError(f"unknown operating system or architecture {text!r}")
    return Platform("linux", architecture, "" if variant == "v7" else variant)


def _normalised(architecture: str, variant: str) -> tuple[str, str]:
    architecture, variant = architecture.lower(), variant.lower()
    if architecture == "i386":
        return "386", ""
    if architecture in ("x86_64", "x86-64", "amd64"):
        return "amd64", "" if variant == "v1" else variant
    if architecture in ("aarch64", "arm64"):
        return "arm64", _ARM64_VARIANTS.get(variant, variant)
    if architecture in ("armhf", "armel"):
        return "arm", "v7" if architecture == "armhf" else "v6"
    if architecture == "arm":
        return "arm", _ARM_VARIANTS.get(variant, variant)
    return architecture, variant
