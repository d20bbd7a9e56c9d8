"""The command line's grammar."""

import argparse
from collections.abc import Sequence
from typing import Any

from stepper import __version__

COMMANDS = ("run", "check", "context", "layers", "compare", "history", "save", "load", "import", "engine", "prune")

_EPILOG = """\
commands:
  stepper run       build without the screen, for scripts and logs
  stepper check     what is likely not meant in a Dockerfile: BuildKit's build checks
  stepper context   what of the build context is included, and what the ignore file leaves out
  stepper layers    explore a finished image: what each layer holds and wastes
  stepper compare   images and snapshots of a build side by side, and the files in which they differ
  stepper history   the instructions that a finished image was made by
  stepper save      write an image, or any snapshot of a build, to a file or a pipe
  stepper load      take images in from an archive
  stepper import    make an image of a root filesystem's archive
  stepper engine    say which engine was found, and how
  stepper prune     remove everything that Stepper keeps in the engine

`stepper COMMAND --help` tells more. A folder with the name of a command is ./NAME.
"""


_NAMING = """\
what is meant:
  12                   the snapshot after the instruction on line 12 of the Dockerfile
  build                the snapshot after the stage build, where CONTEXT or -f is given or ./Dockerfile has that stage;
                       else the image of that name
  docker-image://app   the image app, whatever stages there are
"""


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments as a namespace whose `command` is one of COMMANDS or `debug`.

    Prints help or a message and raises `SystemExit`, as argparse does.
    """
    host, rest = _leading_host(arguments)
    if rest and rest[0] in COMMANDS:
        command, rest = rest[0], rest[1:]
    else:
        command = "debug"
    parser = _PARSERS[command]()
    # Options may stand between the arguments, as in `stepper save app -o app.tar .`; argparse cannot do both.
    parsed = parser.parse_args(rest) if "--" in rest else parser.parse_intermixed_args(rest)
    parsed.command = command
    if host is not None and parsed.host is None:
        parsed.host = host
    return parsed


def _leading_host(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """`-H URL` may stand before the command, as with docker."""
    rest = list(arguments)
    host: str | None = None
    while rest:
        if rest[0] in ("-H", "--host") and len(rest) > 1:
            host, rest = rest[1], rest[2:]
        elif rest[0].startswith("-H") and len(rest[0]) > 2:
            host, rest = rest[0][2:], rest[1:]
        elif rest[0].startswith("--host="):
            host, rest = rest[0].removeprefix("--host="), rest[1:]
        else:
            break
    return host, rest


def _debug_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper",
        description="Step through a Dockerfile in the terminal, one instruction at a time.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepper {__version__}")
    _add_build(parser)
    return parser


def _run_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper run",
        description="Build without the screen: a line for each step, its output, and a summary by stage.",
        epilog="exit codes: 0 built, 1 a step failed, 2 the Dockerfile or the command line is wrong, 3 no engine, "
        "4 built, but an --assert does not hold, 130 stopped by Ctrl+C",
    )
    _add_build(parser)
    _add_judging(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="run nothing: tell which steps would run, why, and how long they took"
    )
    parser.add_argument(
        "--until", metavar="LINE|STAGE", help="stop before the instruction on this line, or after this stage"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    return parser


def _add_judging(parser: argparse.ArgumentParser) -> None:
    places = "stop at a line, stage:NAME, RUN, /a/path that changes, ..."
    _add_list(parser, "--break", "PLACE [if CONDITION]", places, name="breakpoints")
    _add_list(parser, "--log", "PLACE: TEXT {EXPRESSION}", "tell this at every such step, and go on", name="logs")
    held = "exit with 4 where it does not hold, after a step or for the image"
    _add_list(parser, "--assert", "CONDITION", held, name="assertions")


def _check_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper check",
        description="Print the warnings of BuildKit's build checks; needs no engine.",
        epilog="exit codes: 0 no warnings that count as errors, 1 warnings and --error or `# check=error=true`, "
        "2 the Dockerfile or the command line is wrong",
    )
    _add_sources(parser, target="look at this stage and those that it needs, by name or number (all stages)")
    parser.add_argument("--error", action="store_true", help="exit with 1 when there are warnings")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    _set_no_build(parser)
    return parser


def _context_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper context",
        description="Print what the build context includes, and what the ignore file leaves out by which rule; needs "
        "no engine.",
        epilog="exit codes: 0 told, 2 the ignore file or the command line is wrong",
    )
    _add_sources(parser, target="not used: the context is the same for all stages")
    parser.add_argument("--largest", action="store_true", help="the largest first, not by name")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    _set_no_build(parser)
    return parser


def _layers_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper layers",
        description="Take a finished image apart: what each layer adds, changes and deletes, and what nobody sees. "
        "In a terminal it opens an explorer, elsewhere, and with --text, --json or rules, it writes a report.",
        epilog="exit codes: 0 told, 1 a rule is broken or the image cannot be read, 2 the command line is wrong, "
        "3 no engine",
    )
    parser.add_argument(
        "image_source",
        metavar="IMAGE|ARCHIVE|FOLDER|-",
        help="an image of the engine, an archive of `docker save`, an OCI layout as an archive or a folder, or - for "
        "an archive on standard input; gzip, bzip2, xz and zstd are read",
    )
    parser.add_argument("--image", metavar="NAME", help="which image of an archive that holds several")
    parser.add_argument("--text", action="store_true", help="a report as text, also in a terminal")
    parser.add_argument("--json", action="store_true", help="all of it as one JSON document on standard output")
    parser.add_argument(
        "--ci", action="store_true", help="hold the image against rules, and exit with 1 if it breaks one"
    )
    parser.add_argument("--ci-config", metavar="FILE", help="the rules (.dive-ci, where there is one)")
    parser.add_argument("--lowest-efficiency", metavar="SHARE", help="a rule: dive's efficiency, 0 to 1 (0.9)")
    parser.add_argument("--highest-wasted-bytes", metavar="SIZE", help="a rule: dive's wasted bytes, as 20MB (off)")
    parser.add_argument(
        "--highest-wasted-ratio", metavar="SHARE", help="a rule: wasted bytes to those above the base, 0 to 1 (0.1)"
    )
    _add_host(parser)
    return parser


def _compare_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper compare",
        description="Images, and snapshots of a build, side by side, and how configuration and files of the first two "
        "differ.\nIn a terminal it opens a screen, elsewhere, and with --text or --json, it writes a report.",
        epilog=_NAMING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "subjects",
        nargs="+",
        metavar="IMAGE|ARCHIVE|FOLDER|LINE|STAGE",
        help="two or more: images as `stepper layers` takes them, and snapshots of a build",
    )
    parser.add_argument("--text", action="store_true", help="a report as text, also in a terminal")
    parser.add_argument("--json", action="store_true", help="all of it as one JSON document on standard output")
    _add_build(parser, context="--context")
    parser.set_defaults(context=None)
    return parser


def _history_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper history",
        description="The instructions that a finished image was made by, the oldest first, with their sizes.",
    )
    parser.add_argument("image_source", metavar="IMAGE|ARCHIVE|FOLDER|-", help="an image as `stepper layers` takes it")
    parser.add_argument("--image", metavar="NAME", help="which image of an archive that holds several")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on standard output")
    _add_host(parser)
    return parser


def _save_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper save",
        description="Write an image of the engine, or any snapshot of a build, as an archive, as docker load takes it. "
        "The build runs up to that snapshot; what ran before comes from the step cache.",
        epilog=_NAMING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("subject", metavar="IMAGE|LINE|STAGE", help="what to save, see below")
    parser.add_argument("-o", "--output", metavar="FILE", help="where it goes; - is standard output, as is none")
    parser.add_argument(
        "--compress", choices=("none", "gzip", "bzip2", "xz", "zstd"), default="none", help="with what (none)"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    _add_build(parser)
    parser.set_defaults(context=None)
    return parser


def _load_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper load", description="Take images in from an archive, plain or as gzip, bzip2, xz or zstd."
    )
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="the archive; - or none is standard input")
    _add_host(parser)
    return parser


def _import_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper import",
        description="Make an image of one layer of a root filesystem's archive, and print its id.",
    )
    parser.add_argument("file", metavar="FILE|URL|-", help="the archive, in any compression; - is standard input")
    parser.add_argument("name", nargs="?", metavar="NAME[:TAG]", help="the image's name")
    _add_list(parser, "--change", "INSTRUCTION", "a setting of the image, as 'CMD [\"sh\"]'")
    parser.add_argument("-m", "--message", metavar="TEXT", help="what its history says of it (where it came from)")
    _add_host(parser)
    return parser


def _engine_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stepper engine", description="Say which engine was found, and how.")
    _add_host(parser)
    return parser


def _prune_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepper prune",
        description="Remove everything that Stepper keeps in the engine: cached snapshots, containers, volumes.",
    )
    parser.add_argument("--force", action="store_true", help="do not ask")
    _add_host(parser)
    return parser


def _set_no_build(parser: argparse.ArgumentParser) -> None:
    """What `_add_build` adds, for a command that reads the files of a build and runs nothing."""
    parser.set_defaults(
        tag=[],
        label=[],
        secret=[],
        ssh=[],
        allow=[],
        network=None,
        add_host=[],
        shm_size=None,
        ulimit=[],
        no_cache=False,
        no_cache_filter=[],
        pull=False,
        iidfile=None,
        host=None,
    )


def _add_sources(parser: argparse.ArgumentParser, *, target: str, context: str = "context") -> None:
    """`context` is the name of the argument for the build context, or the option for it."""
    arguments: dict[str, Any] = {} if context.startswith("-") else {"nargs": "?"}
    parser.add_argument(
        context,
        default=".",
        metavar="CONTEXT",
        help="the build context: a folder (.), - for standard input, a URL or a Git repository",
        **arguments,
    )
    parser.add_argument(
        "-f", "--file", metavar="FILE", help="the Dockerfile (CONTEXT/Dockerfile), - for standard input"
    )
    parser.add_argument("--target", metavar="STAGE", help=target)
    _add_list(parser, "--build-arg", "K[=V]", "a value for ARG; without one, the environment's")
    _add_list(parser, "--build-context", "NAME=FOLDER", "a context for COPY --from and FROM, or docker-image://IMAGE")
    parser.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="OS/ARCH",
        help="what to build for, as linux/arm64 (the engine's own)",
    )


def _add_list(parser: argparse.ArgumentParser, option: str, value: str, text: str, *, name: str | None = None) -> None:
    """`name` is what the namespace calls it, where that is not the option's own name."""
    told = f"{text}; may be given several times"
    parser.add_argument(option, dest=name, action="append", default=[], metavar=value, help=told)


def _add_build(parser: argparse.ArgumentParser, *, context: str = "context") -> None:
    _add_sources(parser, target="the stage to build, by name or number (the last one)", context=context)
    parser.add_argument(
        "-t", "--tag", action="append", default=[], metavar="TAG", help="name the image; may be given several times"
    )
    _add_list(parser, "--secret", "id=NAME[,src=FILE|,env=VAR]", "a secret for RUN --mount=type=secret")
    _add_list(parser, "--ssh", "default|ID[=SOCKET|KEY[,KEY]]", "an SSH agent, or keys, for RUN --mount=type=ssh")
    _add_list(parser, "--allow", "security.insecure|network.host", "let RUN --security or --network have it")
    _add_list(parser, "--label", "K=V", "a label of the final image")
    parser.add_argument("--network", metavar="MODE", help="the network of RUN: default, none, host, ...")
    _add_list(parser, "--add-host", "NAME:IP", "a host that RUN knows; the address can be host-gateway")
    parser.add_argument("--shm-size", metavar="SIZE", help="the size of /dev/shm in RUN, as 64m")
    _add_list(parser, "--ulimit", "NAME=SOFT[:HARD]", "a limit of the processes in RUN, as nofile=1024:2048")
    parser.add_argument("--no-cache", action="store_true", help="run every step anew")
    _add_list(parser, "--no-cache-filter", "STAGE[,STAGE]", "run the steps of these stages anew")
    parser.add_argument("--pull", action="store_true", help="pull base images even if they are there")
    parser.add_argument("--iidfile", metavar="FILE", help="write the image's id into this file")
    _add_host(parser)


def _add_host(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-H", "--host", metavar="URL", help="the engine: unix://, tcp:// or ssh:// (as docker finds it)"
    )


_PARSERS = {
    "debug": _debug_parser,
    "run": _run_parser,
    "check": _check_parser,
    "context": _context_parser,
    "layers": _layers_parser,
    "compare": _compare_parser,
    "history": _history_parser,
    "save": _save_parser,
    "load": _load_parser,
    "import": _import_parser,
    "engine": _engine_parser,
    "prune": _prune_parser,
}
