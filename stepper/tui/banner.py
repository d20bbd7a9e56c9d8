"""The head of the Output panel where something has to be said.

A failure, an error in the Dockerfile, no engine, or the finished image: what it is, and what can be done now.
"""

from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from stepper.debugger.state import Mode, SessionState, StepRecord
from stepper.errors import DockerfileError, StepperError
from stepper.text import human_seconds, human_size, printable
from stepper.tui.commands import command
from stepper.tui.wording import failure_text, place_text


@dataclass(frozen=True)
class Message:
    """What the banner says: one line with a mark, details below, and the commands that help now."""

    title: str
    details: str = ""
    commands: tuple[tuple[str, str], ...] = ()
    """Ids of commands, with what they do here."""
    good: bool = False


class Banner(Static):
    """Shows a `Message`, or nothing and takes no room."""

    def __init__(self) -> None:
        super().__init__(id="banner", markup=False)
        self._message: Message | None = None

    def show(self, message: Message | None) -> None:
        """Show another message; None for nothing."""
        if message == self._message:
            return
        self._message = message
        self.display = message is not None
        self.set_class(message is not None and message.good, "-good")
        if message is not None:
            self.update(_content(message))


def message_for(state: SessionState, inspected: StepRecord | None, file: str) -> Message | None:
    """What has to be said in this state, while this step is shown. `file` is the Dockerfile's name for the user."""
    if state.error is not None:
        return _error_message(state.error, file)
    if state.mode is Mode.OFFLINE:
        error = state.engine_error
        title, _, rest = str(error).partition("\n") if error else ("There is no engine", "", "")
        details = "\n".join(part for part in (rest, error.hint if error else "") if part)
        return Message(f"✖ {title}", details, (("connect", "try again"),))
    if state.failure is not None:
        return _failure_message(state.failure, inspected, file)
    if state.mode is Mode.FINISHED:
        return _finished_message(state, inspected)
    return None


def _error_message(error: StepperError, file: str) -> Message:
    title = str(error)
    if isinstance(error, DockerfileError):
        title = f"{file}{'' if error.line is None else f':{error.line}'}: {error.message}"
    return Message(f"✖ {title}", error.hint or "", (("edit", "edit; it is read again when it is saved"),))


def _failure_message(record: StepRecord, inspected: StepRecord | None, file: str) -> Message:
    failure = record.failure
    details = []
    if failure is not None:
        if failure.exit_code is not None and not failure.interrupted and "exit code" not in failure.message:
            details.append(failure.message)
        if failure.hint:
            details.append(failure.hint)
    shell = "shell in the failed container"
    if failure is None or failure.container is None:
        shell = "shell in the state before it"
    if inspected is not None and inspected.id != record.id:
        shell = _shell_after(inspected)
    return Message(
        f"✖ {failure_text(record, file)}",
        "\n".join(details),
        (
            ("open_shell", shell),
            ("edit", "edit"),
            ("rerun", "run it again"),
            ("step_back", "step back"),
        ),
    )


def _finished_message(state: SessionState, inspected: StepRecord | None) -> Message | None:
    image = state.image
    if image is None:
        return None
    name = ", ".join(image.tags) or image.id.removeprefix("sha256:")[:12]
    return Message(
        f"✔ {name} is built: {human_size(image.size)} in {human_seconds(state.built_seconds)}",
        "",
        (("open_shell", _shell_after(inspected) if inspected else "shell"), ("restart", "restart"), ("quit", "quit")),
        good=True,
    )


def _shell_after(record: StepRecord) -> str:
    return f"shell after {place_text(record)}"


def _content(message: Message) -> Content:
    lines = [Content.styled(printable(message.title), "bold $text-success" if message.good else "bold $text-error")]
    lines += [Content(printable(line)) for line in message.details.splitlines()]
    if message.commands:
        keys = [_key(command_id, label) for command_id, label in message.commands]
        lines.append(Content("   ").join(keys))
    return Content("\n").join(lines)


def _key(command_id: str, label: str) -> Content:
    content = Content.assemble((command(command_id).key_names[0], "bold $text-accent"), f" {label}")
    return content.stylize(f"@click=screen.command('{command_id}')")
