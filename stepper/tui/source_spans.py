"""The parts of a Dockerfile's lines in the roles by which the source view colours them. Pure."""

from stepper.dockerfile.model import Dockerfile
from stepper.dockerfile.spans import SpanKind, spans
from stepper.tui.widgets.source_text import SourceSpan, SpanRole

_ROLES = {
    SpanKind.KEYWORD: SpanRole.KEYWORD,
    SpanKind.FLAG_NAME: SpanRole.FLAG,
    SpanKind.IMAGE: SpanRole.IMAGE,
    SpanKind.STAGE_NAME: SpanRole.STAGE,
    SpanKind.STAGE_REFERENCE: SpanRole.STAGE,
    SpanKind.HEREDOC_MARK: SpanRole.HEREDOC,
    SpanKind.HEREDOC_END: SpanRole.HEREDOC,
    SpanKind.DIRECTIVE: SpanRole.DIRECTIVE,
    SpanKind.COMMENT: SpanRole.COMMENT,
    SpanKind.VARIABLE: SpanRole.VARIABLE,
}
"""A flag's value keeps the plain colour, but for the stage that it names."""


def source_spans(dockerfile: Dockerfile) -> tuple[SourceSpan, ...]:
    """The spans of a whole file."""
    return tuple(
        SourceSpan(line, start, end, _ROLES[kind]) for line, start, end, kind in spans(dockerfile) if kind in _ROLES
    )
