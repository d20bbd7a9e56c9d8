"""What a step did to the image configuration, as rows for people to read. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stepper.image.config import Healthcheck, ImageConfig
from stepper.image.layer import ChangeKind

_SECOND = 10**9


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One setting of an image: `section` is the Dockerfile's word for it, `name` what tells several of them apart.

    `value` is as it is now, "" where it was taken away; `old` is as it was, None unless `kind` is MODIFIED or DELETED.
    `kind` is None for what stayed.
    """

    section: str
    name: str
    value: str
    kind: ChangeKind | None = None
    old: str | None = None


def config_changes(before: ImageConfig | None, after: ImageConfig) -> tuple[ConfigRow, ...]:
    """Every setting that an image has or had, in a fixed order, each with what happened to it.

    Without `before` nothing is marked: that is the configuration of a base image. What is not set is left out.
    """
    earlier = _settings(before if before is not None else after)
    later = _settings(after)
    rows: list[ConfigRow] = []
    for section in _SECTIONS:
        rows += _compare(section, earlier.get(section, {}), later.get(section, {}))
    return tuple(rows)


_SECTIONS = (
    "ENTRYPOINT",
    "CMD",
    "WORKDIR",
    "USER",
    "ENV",
    "EXPOSE",
    "VOLUME",
    "LABEL",
    "SHELL",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ONBUILD",
    "MAINTAINER",
    "PLATFORM",
)


def _settings(config: ImageConfig) -> dict[str, dict[str, str]]:
    """Section to name to value. Order is kept, and what is not set is not there."""
    single = {
        "ENTRYPOINT": _words(config.entrypoint),
        "CMD": _words(config.cmd),
        "WORKDIR": config.working_dir or None,
        "USER": config.user or None,
        "SHELL": _words(config.shell),
        "STOPSIGNAL": config.stop_signal or None,
        "HEALTHCHECK": _healthcheck(config.healthcheck) if config.healthcheck is not None else None,
        "MAINTAINER": config.author or None,
        "PLATFORM": "/".join(filter(None, (config.os, config.architecture, config.variant))) or None,
    }
    settings = {section: {"": value} for section, value in single.items() if value is not None}
    settings["ENV"] = dict(config.env)
    settings["LABEL"] = dict(config.labels)
    settings["EXPOSE"] = _names(config.exposed_ports)
    settings["VOLUME"] = _names(config.volumes)
    settings["ONBUILD"] = _names(config.on_build)
    return settings


def _compare(section: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[ConfigRow]:
    for name, value in after.items():
        old = before.get(name)
        if old is None:
            yield ConfigRow(section, name, value, ChangeKind.ADDED)
        elif old != value:
            yield ConfigRow(section, name, value, ChangeKind.MODIFIED, old)
        else:
            yield ConfigRow(section, name, value)
    for name, old in before.items():
        if name not in after:
            yield ConfigRow(section, name, "", ChangeKind.DELETED, old)


def _names(values: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(values, "")


def _words(words: tuple[str, ...] | None) -> str | None:
    return None if words is None else json.dumps(words, ensure_ascii=False)


def _healthcheck(healthcheck: Healthcheck) -> str:
    times = {
        "interval": healthcheck.interval,
        "timeout": healthcheck.timeout,
        "start-period": healthcheck.start_period,
        "start-interval": healthcheck.start_interval,
    }
    parts = [f"--{name}={value / _SECOND:g}s" for name, value in times.items() if value]
    if healthcheck.retries:
        parts.append(f"--retries={healthcheck.retries}")
    if healthcheck.test[:1] == ("CMD-SHELL",):
        parts.append("CMD " + " ".join(healthcheck.test[1:]))
    elif healthcheck.test[:1] == ("CMD",):
        parts.append("CMD " + json.dumps(healthcheck.test[1:], ensure_ascii=False))
    else:
        parts.extend(healthcheck.test)
    return " ".join(parts)
