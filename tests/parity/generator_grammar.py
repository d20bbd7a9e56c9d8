"""The instructions of generated Dockerfiles: one function for each kind, all listed in `GRAMMAR`.

A new instruction or flag is a function more there, or an entry more in one of the lists of flags.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.parity.generator_files import Files, Kind
from tests.parity.generator_script import OWNERS, ROOTS, USERS, commands
from tests.parity.generator_words import VARIABLES, arguments, as_pattern, escaped, value


@dataclass(frozen=True)
class Block:
    """An instruction: what stands before, between and behind its parts, each of which can be left out."""

    start: str
    parts: tuple[str, ...] = ()
    between: str = "; \\\n    "
    end: str = "\n"

    @property
    def text(self) -> str:
        """As it stands in the Dockerfile."""
        return self.start + self.between.join(self.parts) + self.end


@dataclass
class Stage:
    """A stage in the making. `earlier` are the stages before it, `archives` the archives in the build context."""

    random: Random
    number: int
    context: Files
    archives: tuple[str, ...]
    earlier: tuple["Stage", ...]
    files: Files = field(default_factory=Files)
    variables: list[str] = field(default_factory=list)
    triggers: list[Block] = field(default_factory=list)
    has_shell: bool = True
    plain_shell: bool = True

    @property
    def name(self) -> str:
        """What COPY --from and FROM call it."""
        return f"s{self.number}"

    def chance(self, probability: float) -> bool:
        """Whether something happens this time."""
        return self.random.random() < probability


Maker = Callable[[Stage], Block | None]
"""Makes an instruction; None where the stage is not such that it could."""


def run(stage: Stage) -> Block | None:
    """RUN in one of its forms."""
    parts = commands(stage.random, stage.files) if stage.has_shell else ()
    if not parts:
        return None
    flags = "".join(flag for flag in RUN_FLAGS if stage.chance(0.1))
    form = stage.random.random()
    if form < 0.15 and stage.plain_shell:
        mark = stage.random.choice(("EOF", "'EOF'", '"E F"', "-EOF"))
        return Block(f"RUN {flags}<<{mark}\n", parts, "\n", f"\n{mark.strip('-').strip(chr(39) + chr(34))}\n")
    if form < 0.25:
        script = "; ".join(parts)
        words = json.dumps(["/bin/sh", "-c", script], ensure_ascii=stage.chance(0.5))
        return Block(f"RUN {flags}{words}")
    return Block(f"RUN {flags}", (*parts, "true"))


def copy_from_context(stage: Stage) -> Block | None:
    """COPY from the build context."""
    sources = _sources(stage, stage.context)
    return _copy(stage, stage.context, sources, "") if sources else None


def copy_from_stage(stage: Stage) -> Block | None:
    """COPY --from an earlier stage, by name, number or in other letters."""
    if not stage.earlier:
        return None
    other = stage.random.choice(stage.earlier)
    sources = _sources(stage, other.files)
    named = stage.random.choice((other.name, other.name.upper(), str(other.number)))
    return _copy(stage, other.files, sources, f"--from={named} ") if sources else None


def copy_heredoc(stage: Stage) -> Block:
    """COPY of a file that stands in the Dockerfile."""
    place = stage.files.fresh(stage.random, ROOTS[:4])
    stage.files.put(place, Kind.FILE)
    mark = stage.random.choice(("EOF", "'EOF'"))
    folder = f"{place}.d/" if stage.chance(0.3) else place
    words = arguments(stage.random, [], folder)
    if words.startswith("["):
        return Block("LABEL heredoc=none")
    flags = _copy_flags(stage)
    return Block(f"COPY {flags}<<{mark} {words}\n", ("one $V ${UNSET:-two}", "three \\$V 'q'"), "\n", "\nEOF\n")


def add_archive(stage: Stage) -> Block | None:
    """ADD of an archive, which is unpacked."""
    if not stage.archives:
        return None
    place = _destination(stage)
    owner = f"--chown={stage.random.choice(OWNERS)} " if stage.chance(0.3) else ""
    return Block(f"ADD {owner}{arguments(stage.random, [stage.random.choice(stage.archives)], place)}")


def env(stage: Stage) -> Block:
    """ENV with one or several pairs."""
    parts = []
    for _ in range(stage.random.randint(1, 3)):
        name = stage.random.choice([*VARIABLES, "X", "Y"])
        parts.append(f"{name}={value(stage.random, stage.variables)}")
        stage.variables.append(name)
    return Block("ENV ", tuple(parts), " \\\n    ")


def arg(stage: Stage) -> Block:
    """ARG with a default or without one."""
    name = stage.random.choice(list(VARIABLES))
    default = f"={value(stage.random, stage.variables)}" if stage.chance(0.8) else ""
    stage.variables.append(name)
    return Block(f"ARG {name}{default}")


def workdir(stage: Stage) -> Block:
    """WORKDIR: absolute, relative, with variables, through links."""
    folder = stage.files.pick(stage.random, Kind.FOLDER, Kind.LINK) or "/w"
    fresh = stage.files.fresh(stage.random, ROOTS[:4])
    place = stage.random.choice((folder, fresh, f"{folder}/more", "rel", "../up", "./x/../y", "$N/z", "/"))
    if place == fresh:
        stage.files.put(place, Kind.FOLDER)
    return Block(f"WORKDIR {place if '$N' in place else escaped(place)}")


def user(stage: Stage) -> Block:
    """USER by number or name; later commands may fail, and that is part of it."""
    return Block(f"USER {stage.random.choice(('0', 'root', '12:34', 'app', '5', 'app:staff', '0:7', '${UNSET:-0}'))}")


def shell(stage: Stage) -> Block | None:
    """SHELL."""
    if not stage.has_shell:
        return None
    words = stage.random.choice((["/bin/sh", "-c"], ["/bin/sh", "-uxc"], ["/bin/busybox", "sh", "-c"]))
    return Block(f"SHELL {json.dumps(words)}")


def volume(stage: Stage) -> Block:
    """VOLUME. No file ever takes the place of one: of such an image there can be no container to look into."""
    return Block(f"VOLUME {stage.random.choice(('/vol', json.dumps(['/vol', '/no/where']), '/vol/deep-$N /data-$N'))}")


def label(stage: Stage) -> Block:
    """LABEL with one or several pairs."""
    names = stage.random.sample(("a", "b.c", "d-e", "f"), stage.random.randint(1, 3))
    return Block("LABEL ", tuple(f"{name}={value(stage.random, stage.variables)}" for name in names), " \\\n  ")


def command(stage: Stage) -> Block:
    """CMD and ENTRYPOINT, which know each other."""
    keyword = stage.random.choice(("CMD", "ENTRYPOINT"))
    words = stage.random.choice(("x $V", '["x", "$V"]', "[]", "a  b", '["ü"]'))
    return Block(f"{keyword} {words}")


def setting(stage: Stage) -> Block:
    """What only the configuration knows."""
    return Block(
        stage.random.choice(
            (
                "EXPOSE 80 81/udp 90-92",
                "EXPOSE ${UNSET:-7}",
                "STOPSIGNAL 9",
                "STOPSIGNAL ${UNSET:-SIGINT}",
                "HEALTHCHECK --interval=5s --retries=2 CMD true $V",
                'HEALTHCHECK --timeout=1m CMD ["true"]',
                "HEALTHCHECK NONE",
                "MAINTAINER somebody <a@b.c>",
            )
        )
    )


def onbuild(stage: Stage) -> Block:
    """ONBUILD: stages built on this one run it."""
    place = stage.files.fresh(stage.random)
    trigger = stage.random.choice(
        (
            Block(f"RUN touch /triggered-{stage.number}; true"),
            Block(f"ENV TRIGGER={value(stage.random, stage.variables)}"),
            Block("WORKDIR triggered"),
            Block("LABEL trigger=$V"),
            Block(f"COPY . {arguments(stage.random, [], place)}/\n") if " " not in place else Block("USER 0"),
        )
    )
    stage.triggers.append(trigger)
    return Block(f"ONBUILD {trigger.start}")


def users(stage: Stage) -> Block | None:
    """Names for USER and --chown."""
    return Block(f"RUN {USERS}") if stage.has_shell else None


EXCLUDED = ("*.txt", "**/a", "sub", "**/*.txt", "?", "deep/**", "!b", "**/e*")
COPY_FLAGS: tuple[Callable[[Random], str], ...] = (
    lambda random: f"--chown={random.choice((*OWNERS, 'app', 'app:staff', ':staff', 'nobody-known', '${UNSET:-4}'))} ",
    lambda random: f"--chmod={random.choice(('644', '0755', '4711', 'u+x,go-w', 'a=r', 'go=,u=rwX', '$UNSET'))} ",
    lambda random: f"--exclude={random.choice(EXCLUDED)} ",
    lambda random: random.choice(("--link ", "--link ", "--link=false ")),
)
"""Flags of COPY; each is there now and then."""
RUN_FLAGS: tuple[str, ...] = (
    "--network=none ",
    "--network=default ",
    "--mount=type=tmpfs,target=/mnt/tmpfs ",
    "--mount=type=cache,target=/var/mnt/cache ",
    "--mount=target=/mnt/context ",
    "--mount=from=busybox,source=etc,target=/etc/mnt,rw ",
)
GRAMMAR: tuple[tuple[int, Maker], ...] = (
    (10, run),
    (6, copy_from_context),
    (7, copy_from_stage),
    (2, copy_heredoc),
    (2, add_archive),
    (4, env),
    (2, arg),
    (3, workdir),
    (1, user),
    (1, users),
    (1, shell),
    (2, volume),
    (1, label),
    (1, command),
    (1, setting),
    (1, onbuild),
)
"""Every instruction with its weight."""


def _sources(stage: Stage, files: Files) -> list[str]:
    """Sources of a COPY: names that are there, and patterns."""
    sources = []
    for _ in range(stage.random.choice((1, 1, 1, 2, 3))):
        path = files.pick(stage.random)
        if path is None:
            continue
        folder, _, last = path.rpartition("/")
        shape = stage.random.random()
        if shape < 0.2:
            last = stage.random.choice(("*", f"{as_pattern(last[0])}*", "[a-z]*", "*.txt", "[^x]?", "?"))
            sources.append(f"{as_pattern(folder)}/{last}")
        else:
            ending = "/" if shape < 0.3 else "/." if shape < 0.35 else ""
            sources.append(as_pattern(path) + ending)
    if sources and stage.chance(0.05) and files is stage.context:
        sources = ["."]
    return [source if stage.chance(0.5) else source.lstrip("/") or "." for source in sources]


def _destination(stage: Stage) -> str:
    """A destination: what is there or not, a directory or not, relative or not, through links."""
    there = stage.files.pick(stage.random) or "/data"
    folder = stage.files.pick(stage.random, Kind.FOLDER, Kind.LINK) or "/data"
    fresh = stage.files.fresh(stage.random, ROOTS[:4])
    choices = (fresh, fresh, f"{fresh}/", f"{folder}/", f"{folder}/new/", there, "./", ".", "rel/x/", f"{folder}/../y/")
    return stage.random.choice(choices)


def _copy(stage: Stage, files: Files, sources: list[str], flags: str) -> Block:
    place = _destination(stage)
    if (len(sources) > 1 or any(c in source for source in sources for c in "*?[")) and not place.endswith("/"):
        place += "/"
    if place.startswith("/"):
        into = place.rstrip("/")
        if place.endswith("/") and into:
            stage.files.put_all(Files({into: Kind.FOLDER}), into, into)
        for source in sources:
            path = "/" + source.strip("/").removesuffix("/.").replace("\\", "")
            is_folder = path in files.paths(Kind.FOLDER)
            last = path.rpartition("/")[2]
            stage.files.put_all(files, path, into if is_folder or not place.endswith("/") else f"{into}/{last}")
    return Block(f"COPY {flags}{_copy_flags(stage)}{arguments(stage.random, sources, place)}")


def _copy_flags(stage: Stage) -> str:
    return "".join(flag(stage.random) for flag in COPY_FLAGS if stage.chance(0.15))
