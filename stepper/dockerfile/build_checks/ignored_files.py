"""The rule CopyIgnoredFile."""

import posixpath
from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject, Visit
from stepper.dockerfile.build_checks.warning import Finding, quoted
from stepper.dockerfile.expansion import ExpansionError
from stepper.dockerfile.heredocs import heredoc_mark
from stepper.dockerfile.sources import SourceKind, source_kind

_EVERYTHING = frozenset({"*", "**", "**/*"})


def ignored_sources(subject: Subject) -> Iterator[Finding]:
    """Sources of COPY and ADD in the build context that the ignore file keeps out of it.

    With a rule that takes something back in (`!`) nothing is said, as in BuildKit: what is left of a folder then cannot
    be told from its name. A wildcard in a source is an ordinary character here.
    """
    ignore_file = subject.ignore_file
    if ignore_file is None or any(rule.reincludes for rule in ignore_file.rules):
        return
    for visit in subject.visits:
        if visit.keyword not in ("ADD", "COPY") or visit.instruction.flag("from") is not None:
            continue
        for source in _sources(visit):
            path = posixpath.normpath(source)
            if path in (".", "/") and not any(rule.pattern in _EVERYTHING for rule in ignore_file.rules):
                continue
            if ignore_file.ignores(path):
                command = visit.keyword.capitalize()
                yield visit.finding(f"Attempting to {command} file {quoted(path)} that is excluded by .dockerignore")


def _sources(visit: Visit) -> Iterator[str]:
    for word in visit.instruction.words[:-1]:
        if heredoc_mark(word) is not None:
            continue
        try:
            source = visit.expand(word)
        except ExpansionError:
            continue
        if visit.is_known(source) and source_kind(source.text) is SourceKind.PATH:
            yield source.text
