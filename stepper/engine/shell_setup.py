"""What a shell in a container is started with: which shell there is, as whom it runs, and what its history has.

All of it is found by one script in the container, which also writes the history: into `/dev`, a file system of the
container's own, so that it is in no layer.
"""

import os
import secrets
import shlex
from collections.abc import Callable, Mapping

from stepper.dockerfile.operations import RunOperation
from stepper.engine.command import Command
from stepper.engine.configuration import shell_of
from stepper.engine.shell_rc import startup_file
from stepper.engine.step import Step
from stepper.engine.step_container import StepContainer
from stepper.engine.toolbox import MOUNT_POINT
from stepper.errors import EngineError
from stepper.frozen import frozen
from stepper.image.config import ImageConfig

RunScript = Callable[[str], str]
"""Runs a script as root in the container; what it printed. `$b` is the toolbox's busybox, or nothing."""

FOLDER = "/dev/.stepper-shell"
HISTORY, BASH_HISTORY, COMMAND = f"{FOLDER}/history", f"{FOLDER}/history.bash", f"{FOLDER}/command"
RUN_COMMAND = f". {COMMAND}"
"""Runs the step's command in a shell whose history does not have it as one entry."""
STARTUP, RECORDS = f"{FOLDER}/startup", f"{FOLDER}/records"
_OWN = frozenset({"TERM", "ENV", "HISTFILE", "HISTTIMEFORMAT"})
"""Variables that a shell has and a RUN has not, or another value of them."""
_SHELLS = ("/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/sh", "/usr/bin/sh", "/bin/ash")
_DEFAULT_TERM = "xterm-256color"
_EPOCH = "#1"
"""A time of bash's history, without which it takes each line for an entry of its own."""


@frozen
class ShellSetup:
    """The command that is a shell, and what the user is to know of it, each in one line."""

    command: Command
    notes: tuple[str, ...]
    key: str = ""
    """What the marks in its prompts hold."""
    is_bash: bool = False
    why_not: str = ""
    """In what it differs from a RUN's shell, "" where in nothing that counts."""
    no_run: str = ""
    """Why no RUN of what is entered in it can be run in the image, "" where one can."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a RUN would have, too."""
        return {name: value for name, value in self.command.variables.items() if name not in _OWN}


@frozen
class _Found:
    """What the script in the container told."""

    shell: str
    program: str
    """The file that the shell really is."""
    user_is_known: bool
    has_folder: bool
    wrote_files: bool
    reads_history: bool

    @property
    def name(self) -> str:
        """The name of that file."""
        return self.program.rpartition("/")[2]

    @property
    def is_bash(self) -> bool:
        """Whether it is bash, of whatever version."""
        return self.name.startswith("bash")


def shell_setup(container: StepContainer, run: RunScript, step: Step | None, config: ImageConfig) -> ShellSetup:
    """The best shell that a container has, with a step's variables in the environment of a configuration.

    Without a shell in the image it is that of the toolbox, whose tools then stand behind the image's own on PATH. It
    runs as root where the image does not know the configuration's user: it is to open also where USER is what is wrong.
    Raises `EngineError` where the container does not tell all that is asked, as one whose RUN ends meanwhile.
    """
    command = command_text(step)
    key = secrets.token_hex(8)
    mounted = container.mounted
    variables = {**config.environment, **mounted.variables, **(step.environment if step is not None else {})}
    startup = startup_file(key, records=RECORDS, bash_history=BASH_HISTORY, own=variables.get("ENV"))
    found = _look(container, run, config, command, startup)
    variables["TERM"] = os.environ.get("TERM") or _DEFAULT_TERM
    argv = [found.shell]
    why_not = no_run = ""
    notes = [f"mounted: {', '.join(mounted.places)}"] if mounted.places else []
    if not found.shell:
        argv = [container.worker.busybox or "/bin/sh", "sh"]
        variables["PATH"] = f"{variables.get('PATH', '')}:{MOUNT_POINT}/bin".lstrip(":")
        why_not = "the image has no shell of its own"
        if shell_of(config)[0] in _SHELLS:
            no_run = "the image has no shell for a RUN"
        notes.append(f"{why_not}: this one is of Stepper's toolbox")
    if not found.user_is_known or not found.has_folder:
        why_not = "its user or its working directory is not in the image"
    if not found.user_is_known:
        notes.append(f"the image does not know the user {config.user}: you are root")
    if not found.has_folder:
        notes.append(f"the working directory {config.working_dir} does not exist: you are in /")
    if found.wrote_files:
        variables["HISTFILE"] = BASH_HISTORY if found.is_bash else HISTORY
        if found.is_bash and found.shell:
            argv += ["--rcfile", STARTUP]
        variables["ENV"] = STARTUP
    if command and found.wrote_files:
        notes.append(_with_history(variables, found, command))
    user = config.user if found.user_is_known else ""
    folder = (config.working_dir or "/") if found.has_folder else "/"
    shell = Command(argv, variables, user, folder, mounted.secrets)
    return ShellSetup(shell, tuple(notes), key, is_bash=found.is_bash, why_not=why_not, no_run=no_run)


def command_text(step: Step | None) -> str:
    """The command of a RUN as one would type it, "" for any other step."""
    if step is None or not isinstance(step.operation, RunOperation):
        return ""
    operation = step.operation
    if operation.script_file is not None:
        return operation.script_file.path
    return (shlex.join(operation.argv) if operation.argv is not None else operation.script or "").strip()


def own_commands(step: Step | None) -> tuple[str, ...]:
    """What a user enters in a shell to run the step's own command there; nothing for any step but a RUN."""
    command = command_text(step)
    return (command, RUN_COMMAND) if command else ()


def _with_history(variables: dict[str, str], found: _Found, command: str) -> str:
    """Let the shell find the command in its history; where the user finds it."""
    if not found.reads_history:
        return f"{found.name} reads no history: `{RUN_COMMAND}` runs the step's command"
    has_lines = "\n" in command
    if has_lines and not found.is_bash:
        return f"the up arrow brings `{RUN_COMMAND}`, which runs the step's command"
    if has_lines:
        variables["HISTTIMEFORMAT"] = ""
    return "the up arrow brings the step's command"


def _look(container: StepContainer, run: RunScript, config: ImageConfig, command: str, startup: str) -> _Found:
    folder = shlex.quote(config.working_dir or "/")
    busybox = container.worker.busybox or "busybox"
    lines = [
        f'f=; for s in {shlex.join(_SHELLS)}; do [ -x "$s" ] && f=$s && break; done; echo "$f"',
        f'p={busybox}; [ -z "$f" ] || p=$(${{b:+$b}} readlink -f "$f" 2>/dev/null) || p=$f; echo "$p"',
        f"{_knows_user(container, config.user)} && echo y || echo n",
        f"[ -d {folder} ] && echo y || echo n",
        f"{{ {_writing(command, startup)}; }} 2>/dev/null && echo y || echo n",
        # A program that knows the variable reads the file: dash and some builds of busybox do not.
        '${b:+$b} grep -qs HISTFILE "$p" && echo y || echo n',
    ]
    answers = run("\n".join(lines)).splitlines()
    if len(answers) != len(lines):
        # A RUN that ends takes all processes of its container with it.
        raise EngineError("what runs in the container was ended before the shell could be opened", hint="Try it again.")
    shell, program, user, has_folder, wrote, reads = answers
    return _Found(shell, program, user != "n", has_folder == "y", wrote == "y", reads == "y")


def _knows_user(container: StepContainer, user: str) -> str:
    names = zip(user.split(":"), ("/etc/passwd", "/etc/group"), strict=False)
    checks = [f"$b grep -q ^{shlex.quote(name)}: {file}" for name, file in names if name and not name.isdigit()]
    return " && ".join(checks) if container.worker.busybox is not None and checks else "true"


def _writing(command: str, startup: str) -> str:
    """The script that writes the files of a shell. Histories that are there stay: what was typed in one is known to
    the next.
    """
    entry = command if "\n" not in command else RUN_COMMAND
    in_bash = command if "\n" not in command else f"{_EPOCH}\n{command}"
    contents: Mapping[str, str] = {HISTORY: entry, BASH_HISTORY: in_bash, COMMAND: command} if command else {}
    histories = " && ".join(f"printf '%s\\n' {shlex.quote(text)} >{path}" for path, text in contents.items())
    tool = "${b:+$b}"
    # Whoever the shell runs as adds to its history.
    return (
        f"{tool} mkdir -p {FOLDER} && printf %s {shlex.quote(startup)} >{STARTUP} && : >{RECORDS} && "
        f"{{ [ -e {HISTORY} ] || {{ {histories or f': >{HISTORY} && : >{BASH_HISTORY}'}; }}; }} && "
        f"{tool} chmod 666 {FOLDER}/*"
    )
