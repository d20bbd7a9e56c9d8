"""What conditions, logpoints and assertions can ask for, as the editor's help shows it."""

from textual.content import Content

from stepper.debugger.conditions.vocabulary import GLOB_HELP, GRAMMAR_HELP, VOCABULARY, About, When
from stepper.tui.help_modal import HelpModal, heading, row


class ConditionHelp(HelpModal):
    """The help over the editor of a breakpoint."""

    def __init__(self) -> None:
        super().__init__(condition_help())


def condition_help() -> Content:
    """The vocabulary, and how it is put together."""
    lines: list[Content] = []
    for about in About:
        lines.append(heading(f"About {about.value}"))
        for word in VOCABULARY:
            if word.about is about:
                after = "; known after the step" if word.when is When.AFTER else ""
                lines.append(row(word.written, "", f"{word.help}{after}"))
        lines.append(Content(""))
    lines += [heading("How it is written"), row("", "", GRAMMAR_HELP), row("", "", GLOB_HELP)]
    return Content("\n").join(lines)
