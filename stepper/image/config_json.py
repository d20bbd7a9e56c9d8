"""The image configuration to and from JSON: Docker's inspect and the OCI image configuration.

Both hold the same `config` object, with Docker's additions (Healthcheck, Shell, OnBuild). See
https://github.com/opencontainers/image-spec/blob/main/config.md and
https://github.com/moby/docker-image-spec/blob/main/spec.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stepper.image.config import Healthcheck, HistoryEntry, ImageConfig

_HEALTHCHECK_TIMES = (
    ("Interval", "interval"),
    ("Timeout", "timeout"),
    ("StartPeriod", "start_period"),
    ("StartInterval", "start_interval"),
    ("Retries", "retries"),
)


def from_inspect(inspect: Mapping[str, Any], history: Sequence[HistoryEntry] = ()) -> ImageConfig:
    """The configuration in Docker's image inspect."""
    return _image_config(
        inspect.get("Config") or {},
        history,
        author=inspect.get("Author") or "",
        architecture=inspect.get("Architecture") or "",
        os=inspect.get("Os") or "linux",
        variant=inspect.get("Variant") or "",
    )


def from_oci(document: Mapping[str, Any]) -> ImageConfig:
    """The configuration in an OCI image configuration, with its history."""
    history = tuple(
        HistoryEntry(
            created=entry.get("created") or "",
            created_by=entry.get("created_by") or "",
            empty_layer=bool(entry.get("empty_layer")),
            comment=entry.get("comment") or "",
        )
        for entry in document.get("history") or ()
    )
    return _image_config(
        document.get("config") or {},
        history,
        author=document.get("author") or "",
        architecture=document.get("architecture") or "",
        os=document.get("os") or "linux",
        variant=document.get("variant") or "",
    )


def to_oci(config: ImageConfig, *, diff_ids: Sequence[str], created: str) -> dict[str, Any]:
    """The OCI image configuration of an image with these layers (digests of the uncompressed archives)."""
    document: dict[str, Any] = {"architecture": config.architecture}
    if config.author:
        document["author"] = config.author
    document["config"] = docker_config(config)
    document["created"] = created
    document["history"] = [_history_json(entry) for entry in config.history]
    document["os"] = config.os
    document["rootfs"] = {"type": "layers", "diff_ids": list(diff_ids)}
    if config.variant:
        document["variant"] = config.variant
    return document


def docker_config(config: ImageConfig) -> dict[str, Any]:
    """The `config` object: what Docker's inspect shows under `Config`, and the body of a commit.

    What is empty is left out, as the engines do: an empty list and none are the same in an image.
    """
    found: dict[str, Any] = {
        "User": config.user,
        "ExposedPorts": {port: {} for port in config.exposed_ports},
        "Env": [f"{name}={value}" for name, value in config.env],
        "Healthcheck": _healthcheck_json(config.healthcheck) if config.healthcheck is not None else None,
        "Volumes": {path: {} for path in config.volumes},
        "WorkingDir": config.working_dir,
        "Labels": dict(config.labels),
        "StopSignal": config.stop_signal,
        "OnBuild": list(config.on_build),
        "Entrypoint": list(config.entrypoint or ()),
        "Cmd": list(config.cmd or ()),
        "Shell": list(config.shell or ()),
        "ArgsEscaped": config.args_escaped,
    }
    return {name: value for name, value in found.items() if value}


def _image_config(
    config: Mapping[str, Any],
    history: Sequence[HistoryEntry],
    *,
    author: str,
    architecture: str,
    os: str,
    variant: str,
) -> ImageConfig:
    env = dict(_split(pair) for pair in config.get("Env") or ())
    return ImageConfig(
        env=tuple(env.items()),
        labels=tuple(sorted((config.get("Labels") or {}).items())),
        user=config.get("User") or "",
        working_dir=config.get("WorkingDir") or "",
        entrypoint=_words(config.get("Entrypoint")),
        cmd=_words(config.get("Cmd")),
        shell=_words(config.get("Shell")),
        exposed_ports=tuple(sorted(config.get("ExposedPorts") or {})),
        volumes=tuple(sorted(config.get("Volumes") or {})),
        stop_signal=config.get("StopSignal") or "",
        healthcheck=_healthcheck(config.get("Healthcheck")),
        on_build=tuple(config.get("OnBuild") or ()),
        author=author,
        architecture=architecture,
        os=os,
        variant=variant,
        args_escaped=bool(config.get("ArgsEscaped")),
        history=tuple(history),
    )


def _split(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return name, value


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    return (value,) if isinstance(value, str) else tuple(value)


def _healthcheck(value: Mapping[str, Any] | None) -> Healthcheck | None:
    if not value or not value.get("Test"):
        return None
    return Healthcheck(tuple(value["Test"]), **{field: int(value.get(key) or 0) for key, field in _HEALTHCHECK_TIMES})


def _healthcheck_json(healthcheck: Healthcheck) -> dict[str, Any]:
    found: dict[str, Any] = {"Test": list(healthcheck.test)}
    for key, field in _HEALTHCHECK_TIMES:
        if getattr(healthcheck, field):
            found[key] = getattr(healthcheck, field)
    return found


def _history_json(entry: HistoryEntry) -> dict[str, Any]:
    found: dict[str, Any] = {"created_by": entry.created_by}
    if entry.created:
        found["created"] = entry.created
    if entry.comment:
        found["comment"] = entry.comment
    if entry.empty_layer:
        found["empty_layer"] = True
    return found
