"""A name that could not be resolved or a host that could not be reached: what the step's network is."""

import re
from collections.abc import Iterator

from stepper.debugger.hints.facts import Facts
from stepper.debugger.hints.hint import Hint
from stepper.engine.run_work import settings_of
from stepper.text import printable

KIND = "network"
_SIGNS = re.compile(
    r"could not resolve|temporary failure (?:in name resolution|resolving)|bad address|name or service not known"
    r"|unable to resolve host|no such host|network is unreachable|getaddrinfo|EAI_AGAIN|ENETUNREACH|ENOTFOUND"
    r"|name resolution|name does not resolve|temporary error \(try again later\)",
    re.IGNORECASE,
)


def hints(facts: Facts) -> Iterator[Hint]:
    """The network mode, else whether there is a way out of it, else who is asked for names."""
    found = _SIGNS.search(facts.text)
    if found is None or facts.run is None or facts.step is None:
        return
    if settings_of(facts.step, facts.run).network == "none":
        by = "its --network=none" if facts.run.network == "none" else "--network none of the build"
        yield Hint(KIND, f"the step has no network: {by}", facts.record.instruction.line)
        return
    evidence = facts.evidence
    if evidence.has_route is False:
        yield Hint(KIND, "the step's container has no route to the outside")
    elif evidence.name_servers:
        servers = printable(", ".join(evidence.name_servers))
        yield Hint(KIND, f"the step's container has a route to the outside; it asks {servers} for names")
