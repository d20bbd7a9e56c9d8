"""Where the parts of instructions stand in the Dockerfile's text, for colours that Pygments does not know. Pure."""

import re
from collections.abc import Iterator

from stepper.dockerfile.model import Dockerfile, Instruction
from stepper.tui.widgets.source_text import SourceSpan, SpanRole

_KEYWORD = re.compile(r"\s*([A-Za-z]+)")
_FLAG = re.compile(r"\s+(--[\w.-]+)(=\S*)?")
_FROM_WORDS = re.compile(r"\s+(\S+)(?:\s+(AS)\s+(\S+))?", re.IGNORECASE)
_HEREDOC = re.compile(r"<<-?\s*[\"']?([\w.-]+)[\"']?")


def source_spans(dockerfile: Dockerfile) -> tuple[SourceSpan, ...]:
    """The spans of a whole file."""
    lines = dockerfile.lines
    whole = [(each.line, SpanRole.DIRECTIVE) for each in dockerfile.directives]
    whole += [(each.line, SpanRole.COMMENT) for each in dockerfile.comments]
    spans = [SourceSpan(line, 0, len(lines[line - 1]), role) for line, role in whole]
    for instruction in dockerfile.global_args:
        spans += _instruction_spans(instruction, lines)
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            spans += _instruction_spans(instruction, lines)
    return tuple(spans)


def _instruction_spans(instruction: Instruction, lines: tuple[str, ...]) -> Iterator[SourceSpan]:
    line, text = instruction.line, lines[instruction.line - 1]
    found = _KEYWORD.match(text)
    if found is None:
        return
    yield SourceSpan(line, found.start(1), found.end(1), SpanRole.KEYWORD)
    end = found.end()
    if instruction.keyword == "ONBUILD" and (trigger := _KEYWORD.match(text, end)) is not None:
        yield SourceSpan(line, trigger.start(1), trigger.end(1), SpanRole.KEYWORD)
        end = trigger.end()
    while (flag := _FLAG.match(text, end)) is not None:
        end = flag.end()
        yield SourceSpan(line, flag.start(1), flag.end(1), SpanRole.FLAG)
        if flag.group(1) == "--from" and flag.group(2):
            yield SourceSpan(line, flag.start(2) + 1, flag.end(2), SpanRole.STAGE)
    if instruction.keyword == "FROM" and (words := _FROM_WORDS.match(text, end)) is not None:
        yield SourceSpan(line, words.start(1), words.end(1), SpanRole.IMAGE)
        if words.group(2):
            yield SourceSpan(line, words.start(2), words.end(2), SpanRole.KEYWORD)
            yield SourceSpan(line, words.start(3), words.end(3), SpanRole.STAGE)
    if instruction.heredocs:
        yield from _heredoc_spans(instruction, lines)


def _heredoc_spans(instruction: Instruction, lines: tuple[str, ...]) -> Iterator[SourceSpan]:
    names = {heredoc.name for heredoc in instruction.heredocs}
    for line in range(instruction.line, min(instruction.end_line, len(lines)) + 1):
        text = lines[line - 1]
        if text.strip() in names:
            yield SourceSpan(line, 0, len(text), SpanRole.HEREDOC)
        for mark in _HEREDOC.finditer(text):
            if mark.group(1) in names:
                yield SourceSpan(line, mark.start(), mark.end(), SpanRole.HEREDOC)
