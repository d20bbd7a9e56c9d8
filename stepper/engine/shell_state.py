"""What the shell of a RUN that is stepped into tells of itself, each time before it waits.

It is read by a script that the shell runs in a subshell (see `stepper.dockerfile.shell.hooks`), which writes into files
that root alone can read, in `/dev`: a file system of the container's own.
"""

from stepper.engine.step import StandingRun
from stepper.engine.step_container import StepContainer

_OF_THE_PROCESS = ("_", "SHLVL")
_FILES = ("folder", "environment", "variables")


class ShellState:
    """Reads the shell's state in one container. `folder` is a folder there that root alone can write into."""

    def __init__(self, container: StepContainer, folder: str) -> None:
        self._container = container
        self._folder = folder

    @property
    def script(self) -> str:
        """The path of the script that the shell is to run."""
        return f"{self._folder}/look"

    @property
    def making(self) -> str:
        """The script for the container's worker that makes it."""
        folder, environment, variables = (f"{self._folder}/{name}" for name in _FILES)
        busybox = self._container.worker.busybox
        lines = (
            f"pwd -P >|{folder}",
            f"{busybox} cat /proc/self/environ >|{environment}",
            # Elsewhere than in the POSIX mode bash lists its functions too.
            f"case ${{BASH_VERSION-}} in ?*) set -o posix ;; esac; set >|{variables}",
        )
        texts = " ".join(f"'{line}'" for line in lines)
        files = f"{folder} {environment} {variables}"
        return f"{self.forgetting}; $b chmod 622 {files} && printf '%s\\n' {texts} >{self.script}"

    @property
    def forgetting(self) -> str:
        """The script for the worker that empties what was written: it is of the last time, if this one fails."""
        return "; ".join(f": >{self._folder}/{name}" for name in _FILES)

    def read(self) -> StandingRun:
        """What the shell told last. Raises `EngineError` when the container has ended."""
        from stepper.dockerfile.shell.variables import variables_of  # Not before a RUN is stepped into.

        folder, environment, variables = (
            self._container.worker.run(f"$b cat {self._folder}/{name}").stdout.decode("utf-8", "surrogateescape")
            for name in _FILES
        )
        exported = dict(pair.split("=", 1) for pair in environment.split("\0") if "=" in pair)
        secrets = self._container.mounted.secrets
        hidden = {*_OF_THE_PROCESS, *secrets}
        own = variables_of(variables)
        others = {name: value for name, value in own.values.items() if name not in exported}
        notes = (f"without the arrays of its shell: {', '.join(own.unread)}",) if own.unread else ()
        return StandingRun(
            self._container.id,
            folder.removesuffix("\n") or "/",
            {name: value for name, value in exported.items() if name not in hidden},
            {name: value for name, value in others.items() if name not in hidden},
            notes,
        )
