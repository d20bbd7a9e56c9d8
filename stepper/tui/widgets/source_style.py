"""The styles of the Dockerfile's view: its component classes, and what they look like without an app's own CSS."""

from stepper.tui.widgets.marks import Mark, mark_styles
from stepper.tui.widgets.source_text import SpanRole

COMPONENT_CLASSES = {
    "source-view--gutter",
    "source-view--breakpoint",
    "source-view--cursor",
    "source-view--cursor-extent",
    "source-view--position",
    "source-view--failed",
    "source-view--error",
    "source-view--error-message",
    "source-view--warning-message",
    "source-view--notes",
    "source-view--dimmed",
    "source-view--match",
    "source-view--current-match",
    *(f"source-view--{role.value}" for role in SpanRole),
    *(f"source-view--{mark.style_name}" for mark in Mark),
}

CSS = f"""
SourceView {{
    & > .source-view--gutter {{ color: $text-muted; }}
    & > .source-view--breakpoint {{ color: $text-error; text-style: bold; }}
    & > .source-view--cursor {{ background: $foreground 12%; }}
    & > .source-view--cursor-extent {{ background: $foreground 6%; }}
    & > .source-view--position {{ background: $primary 25%; }}
    & > .source-view--failed {{ background: $error 25%; }}
    & > .source-view--error {{ text-style: underline; color: $text-error; }}
    & > .source-view--error-message {{ color: $text-error; text-style: bold; }}
    & > .source-view--warning-message {{ color: $text-warning; text-style: bold; }}
    & > .source-view--notes {{ color: $text-muted; }}
    & > .source-view--dimmed {{ color: $text-disabled; }}
    & > .source-view--match {{ background: $warning 40%; text-style: underline; }}
    & > .source-view--current-match {{ background: $warning; color: $background; text-style: bold underline; }}
    & > .source-view--keyword {{ color: $text-accent; text-style: bold; }}
    & > .source-view--flag {{ color: $text-warning; }}
    & > .source-view--stage {{ color: $text-primary; text-style: bold; }}
    & > .source-view--image {{ color: $text-primary; }}
    & > .source-view--heredoc {{ color: $text-primary; text-style: bold; }}
    & > .source-view--comment {{ color: $text-muted; text-style: italic; }}
    & > .source-view--directive {{ color: $text-warning; text-style: italic; }}
    & > .source-view--string {{ color: $text-success; }}
    & > .source-view--variable {{ color: $text-secondary; }}
    & > .source-view--number {{ color: $text-success; }}
    & > .source-view--builtin {{ color: $text-primary; }}
    & > .source-view--operator {{ text-style: bold; }}
    & > .source-view--escape {{ color: $text-muted; }}
    & > .source-view--next-command {{ background: $accent 40%; text-style: bold underline; }}
    & > .source-view--failed-command {{ background: $error 40%; text-style: bold underline; }}
    &:focus > .source-view--cursor {{ background: $block-cursor-background 60%; }}
    {mark_styles("source-view")}
    &:ansi {{
        & > .source-view--position {{ background: transparent; text-style: bold; }}
        & > .source-view--failed {{ background: transparent; text-style: bold; }}
        & > .source-view--cursor {{ background: transparent; text-style: bold; }}
        & > .source-view--match {{ background: transparent; }}
        & > .source-view--current-match {{ background: transparent; color: $text; text-style: reverse; }}
    }}
}}
"""
