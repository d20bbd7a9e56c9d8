"""Rules about EXPOSE: ExposeProtoCasing, ExposeInvalidFormat."""

from collections.abc import Iterator

from stepper.dockerfile.build_checks.subject import Subject, Visit
from stepper.dockerfile.build_checks.warning import Finding
from stepper.dockerfile.expansion import ExpansionError
from stepper.dockerfile.malformed import MalformedError
from stepper.dockerfile.ports import exposed_ports


def protocols(subject: Subject) -> Iterator[Finding]:
    """Protocols with a capital letter."""
    for visit, port in _ports(subject):
        protocol = port.rpartition(":")[2].partition("/")[2]
        if protocol != protocol.lower():
            yield visit.finding(f"Defined protocol '{port}' in EXPOSE instruction should be lowercase")


def published(subject: Subject) -> Iterator[Finding]:
    """An address or a port of the host, which are for `docker run -p`."""
    for visit, port in _ports(subject):
        if port.rpartition(":")[0].strip(":"):
            yield visit.finding(
                f"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'"
            )


def _ports(subject: Subject) -> Iterator[tuple[Visit, str]]:
    """The port specifications as they expand; one that is wrong is an error of the build."""
    for visit in subject.visits:
        if visit.keyword != "EXPOSE":
            continue
        for word in sorted(visit.instruction.words):
            try:
                expansion = visit.expand(word)
                if not visit.is_known(expansion):
                    continue
                for port in expansion.words:
                    exposed_ports(port)
                    yield visit, port
            except (ExpansionError, MalformedError):
                continue
