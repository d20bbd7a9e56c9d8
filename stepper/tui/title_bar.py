"""The first line of the screen: what is built, by which engine, where the session stands, and the clock."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from stepper.debugger.state import Mode, SessionState
from stepper.text import clock
from stepper.tui.wording import status_text

_GAP = 2


class TitleBar(Widget):
    """Shows `state`; `seconds` is how long the steps ran so far. `file` is the Dockerfile's name for the user."""

    state: reactive[SessionState] = reactive(SessionState())
    seconds: reactive[int] = reactive(0)

    def __init__(self, file: str) -> None:
        super().__init__(id="title-bar")
        self._file = file

    def render(self) -> RenderResult:
        """As much as fits: the place always, then the build, then the engine."""
        right = Content.assemble((status_text(self.state), _status_style(self.state)), f"  {clock(self.seconds):>5}")
        room = self.size.width - right.cell_length - _GAP
        build = self._build_text()
        name = "stepper  "
        if len(name) + len(build) > room:
            name = ""
        if len(build) > room:
            build = "…" + build[len(build) - max(0, room - 1) :]
        left = Content.assemble((name, "bold $primary"), (build, "bold"))
        engine = self._engine_text()
        room -= left.cell_length
        if engine and len(engine) + 2 * _GAP <= room:
            before = (room - len(engine)) // 2
            left = Content.assemble(left, " " * before, (engine, "$text-muted"))
            room -= before + len(engine)
        return Content.assemble(left, " " * max(_GAP, room + _GAP), right)

    def _build_text(self) -> str:
        dockerfile = self.state.dockerfile
        if dockerfile is None:
            return self._file
        goal = dockerfile.stages[self.state.goal].label
        if self.state.goal == self.state.target:
            return f"{self._file} -> {goal}"
        return f"{self._file} -> {goal} (target {dockerfile.stages[self.state.target].label})"

    def _engine_text(self) -> str:
        engine = self.state.engine
        if engine is None or self.state.mode is Mode.OFFLINE:
            return ""
        return f"{engine.product.lower()} {engine.version} · {engine.place}"


def _status_style(state: SessionState) -> str:
    if state.mode is Mode.OFFLINE or state.failure is not None or state.error is not None:
        return "" if state.mode is Mode.CONNECTING else "bold $text-error"
    if state.mode is Mode.FINISHED:
        return "bold $text-success"
    if state.mode is Mode.RUNNING:
        return "bold $text-primary"
    return "bold $text-accent"
