"""Dockerfiles out of a seed: each of them builds, and gives the checks a lot to find."""

import random

_VARIABLES = ("NAME", "NAEM", "VERSION", "VERSIO", "PATH", "PAHT", "TARGETARCH", "TOKEN", "A", "B", "TARGETPLATFORM")
_MODIFIERS = ("", "", "", ":-x", "-y", ":+z", "#a", "%%b*", "/a/b", ":-$A", ":-${B:-c}")
_STAGES = ("base", "Build", "scratch", "linux", "context", "base", "final-1.0")
_GLOBAL_ARGS = ("ARG NAME=1", "arg VERSION", "ARG TOKEN=$NAME B", "ARG A=${TARGETOS}")
_COMMENTS = ("# NAME is a name", "# base", "#", "  # indented", "", "# VERSION of it", "#no blank")
_CHECKS = (
    "",
    "",
    "skip=UndefinedVar",
    "skip=all",
    "experimental=all",
    "skip=FromAsCasing,StageNameCasing;experimental=all",
)
_PLATFORMS = ("", "", "", "--platform=$TARGETPLATFORM ", "--platform=linux/amd64 ", "--platform=$BUILDPLATFORM ",
              "--platform=${TARGETPLATFROM:-linux/amd64} ")  # fmt: skip


class Generator:
    """One Dockerfile."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._names: list[str] = []

    def dockerfile(self) -> str:
        """Its text."""
        checks = self._random.choice(_CHECKS)
        lines = [f"# check={checks}"] if checks else []
        lines += [self._comment() + argument for argument in self._some(_GLOBAL_ARGS, 2)]
        for _ in range(self._random.randint(1, 3)):
            lines.append(self._comment() + self._from())
            lines += [self._comment() + self._instruction() for _ in range(self._random.randint(0, 7))]
        return "\n".join(lines) + "\n"

    def _from(self) -> str:
        base = self._random.choice(("scratch", "busybox", "${NAEM:-scratch}", "${NOTHING:-busybox}", *self._names))
        text = f"{self._keyword('FROM')} {self._random.choice(_PLATFORMS)}{base}"
        if self._random.random() < 0.6:
            name = self._random.choice(_STAGES)
            text += f" {self._keyword('AS')} {name}"
            if name.lower() not in ("scratch", "context"):
                self._names.append(name.lower())
        return text

    def _instruction(self) -> str:
        keyword, arguments = self._random.choice(
            (
                ("ENV", f"{self._name()}={self._value()} X={self._value()}"),
                ("ENV", f"{self._name()} {self._value()} and more"),
                ("ENV", f"{self._name()}=1 \\\n\n  Y={self._value()}"),
                ("ARG", f"{self._name()}"),
                ("ARG", f"{self._name()}={self._value()} {self._name()}={self._value()}"),
                ("LABEL", f"a={self._value()} b='{self._value()}' c=\"{self._value()}\""),
                ("LABEL", f"a {self._value()}"),
                ("WORKDIR", f"/w{self._value()}"),
                ("WORKDIR", f"w{self._value()}"),
                ("CMD", f"run {self._value()}"),
                ("CMD", f'["{self._value()}"]'),
                ("ENTRYPOINT", f"run {self._value()} \\\n# why\n  again"),
                ("HEALTHCHECK", f"CMD {self._value()}"),
                ("SHELL", '["/bin/sh", "-c"]'),
                ("EXPOSE", self._random.choice(("80/TCP 81", "127.0.0.1:80:80", "80${NAME:+/Udp}", "8080:80/UDP"))),
                ("MAINTAINER", "me"),
                ("USER", f"0${{{self._name()}:+1}}"),
                ("VOLUME", f"/v{self._value()}"),
                ("COPY", f"<<{self._random.choice(('E', 'E', '-E'))} /c{self._value()}\nsays {self._value()}\n\nE"),
                ("COPY", f"<<'E' /c{self._value()}\nsays {self._value()}\nE"),
                ("ONBUILD", f"ENV {self._name()}={self._value()}"),
                ("ONBUILD", f"CMD run {self._value()}"),
            )
        )
        return f"{self._keyword(keyword)} {arguments}"

    def _keyword(self, keyword: str) -> str:
        return self._random.choices((keyword, keyword.lower(), keyword.title()), (12, 2, 1))[0]

    def _name(self) -> str:
        return self._random.choice(_VARIABLES)

    def _value(self) -> str:
        if self._random.random() < 0.3:
            return "v"
        return f"${{{self._name()}{self._random.choice(_MODIFIERS)}}}"

    def _comment(self) -> str:
        return "".join(f"{comment}\n" for comment in self._some(_COMMENTS, 2)) if self._random.random() < 0.4 else ""

    def _some(self, choices: tuple[str, ...], most: int) -> list[str]:
        return self._random.sample(choices, self._random.randint(0, most))
