"""The head of the Output panel where something has to be said.

A failure, an error in the Dockerfile, no engine, or the finished image: what it is, and what can be done now.
"""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from stepper.debugger.breakpoint import Hit
from stepper.debugger.state import Mode, SessionState, StepRecord
from stepper.errors import DockerfileError, Excerpt, StepperError
from stepper.frozen import frozen
from stepper.text import human_seconds, human_size, printable
from stepper.tui.commands.registry import command
from stepper.tui.excerpt_text import excerpt_lines
from stepper.tui.wording import failure_text, place_text

_AROUND = 4
"""Cells of the screen's width that the panel's border and the banner's padding take."""

_MOST_HINTS = 3
"""Facts that are told here; the Step panel has all."""


@frozen
class Message:
    """What the banner says: one line with a mark, the source that it is about, details, and what helps now."""

    title: str
    details: str = ""
    excerpt: Excerpt | None = None
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
        self._draw()

    def on_resize(self) -> None:
        """The source line is cut to the room that there is now."""
        self._draw()

    def _draw(self) -> None:
        if self._message is not None:
            self.update(_content(self._message, self.content_size.width or self.app.size.width - _AROUND))


def message_for(state: SessionState, inspected: StepRecord | None, file: str, line: int = 0) -> Message | None:
    """What has to be said in this state, while this step is shown. `file` is the Dockerfile's name for the user.

    Of several errors it is the one in the cursor's `line`, else the first.
    """
    if state.error is not None:
        return _error_message(state.errors or (state.error,), file, line)
    if state.mode is Mode.OFFLINE:
        error = state.engine_error
        title, _, rest = str(error).partition("\n") if error else ("There is no engine", "", "")
        details = "\n".join(part for part in (rest, error.hint if error else "") if part)
        return Message(f"✖ {title}", details, commands=(("connect", "try again"),))
    if state.failure is not None:
        return _failure_message(state, state.failure, inspected, file)
    if state.mode is Mode.FINISHED:
        return _finished_message(state, inspected)
    if state.errors and state.mode is not Mode.RUNNING:
        return _error_message(state.errors, file, line)
    return _hit_message(state, state.hit) if state.hit is not None and state.mode is Mode.STOPPED else None


def _hit_message(state: SessionState, hit: Hit) -> Message | None:
    """What was hit, where that is more than the line that the title names."""
    from stepper.debugger.breakpoint_words import named_place  # Not before the first frame: it needs the conditions.

    record = state.record(hit.step)
    if hit.words == named_place(hit.breakpoint.place) and hit.breakpoint.line == record.instruction.line:
        return None
    when = "after" if hit.is_after else "before"
    place = f"Stopped {when} {place_text(record)}"
    return Message(
        f"{'⊗' if hit.error else '●'} {hit.words}",
        place,
        commands=(("list_breakpoints", "all breakpoints"), ("continue", "go on")),
        good=not hit.error,
    )


def line_of(error: StepperError) -> int | None:
    """The line of the Dockerfile in which an error is, of an instruction over several lines the one that is wrong."""
    if not isinstance(error, DockerfileError):
        return None
    return error.line if error.excerpt is None else error.excerpt.line


def _error_message(errors: Sequence[StepperError], file: str, line: int) -> Message:
    error = next((each for each in errors if line_of(each) == line), errors[0])
    title, excerpt = str(error), None
    if isinstance(error, DockerfileError):
        title = f"{file}{'' if error.line is None else f':{error.line}'}: {error.message}"
        excerpt = error.excerpt
    details = [error.hint] if error.hint else []
    others = [str(line_of(each)) for each in errors if each is not error and line_of(each) is not None]
    if others:
        details.append(f"More is wrong in {'line' if len(others) == 1 else 'lines'} {', '.join(others)}")
    keys = (("edit", "edit; it is read again when it is saved"),)
    return Message(f"✖ {title}", "\n".join(details), excerpt, keys)


def _failure_message(state: SessionState, record: StepRecord, inspected: StepRecord | None, file: str) -> Message:
    failure = record.failure
    details = [f"✖ {failure_text(each, file)}" for each in state.failures if each.id != record.id]
    if failure is not None:
        if failure.exit_code is not None and not failure.interrupted and "exit code" not in failure.message:
            details.append(failure.message)
        if failure.hint:
            details.append(failure.hint)
    details += [f"• {hint.text}" for hint in (record.hints or ())[:_MOST_HINTS]]
    shell = "shell in the failed container"
    if failure is None or failure.container is None:
        shell = "shell in the state before it"
    # What fails before there is a state leaves none to enter.
    nowhere = record.before is None and (failure is None or failure.container is None)
    if inspected is not None and inspected.id != record.id:
        shell, nowhere = _shell_after(inspected), False
    return Message(
        f"✖ {failure_text(record, file)}",
        "\n".join(details),
        commands=(
            *(() if nowhere else (("open_shell", shell),)),
            *(() if nowhere else (("console", "console"),)),
            *((("step_into", "into"),) if record.before is not None and record.instruction.keyword == "RUN" else ()),
            ("edit", "edit"),
            ("rerun", "again"),
            ("step_back", "back"),
        ),
    )


def _finished_message(state: SessionState, inspected: StepRecord | None) -> Message | None:
    image = state.image
    if image is None:
        return None
    name = ", ".join(image.tags) or image.id.removeprefix("sha256:")[:12]
    return Message(
        f"✔ {name} is built: {human_size(image.size)} in {human_seconds(state.built_seconds)}",
        commands=(
            ("open_shell", _shell_after(inspected) if inspected else "shell"),
            ("restart", "restart"),
            ("quit", "quit"),
        ),
        good=True,
    )


def _shell_after(record: StepRecord) -> str:
    return f"shell after {place_text(record)}"


def _content(message: Message, cells: int) -> Content:
    lines = [Content.styled(printable(message.title), "bold $text-success" if message.good else "bold $text-error")]
    lines += excerpt_lines(message.excerpt, cells) if message.excerpt is not None else []
    lines += [Content(printable(line)) for line in message.details.splitlines()]
    if message.commands:
        keys = [_key(command_id, label) for command_id, label in message.commands]
        apart = "   " if sum(len(key.plain) + 3 for key in keys) - 3 <= cells else "  "
        lines.append(Content(apart).join(keys))
    return Content("\n").join(lines)


def _key(command_id: str, label: str) -> Content:
    content = Content.assemble((command(command_id).key_names[0], "bold $text-accent"), f" {label}")
    return content.stylize(f"@click=screen.command('{command_id}')")
