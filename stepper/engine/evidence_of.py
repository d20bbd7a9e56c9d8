"""What an engine's own records and the kernel's say about a container in which a command failed."""

from stepper.engine.api_errors import engine_errors
from stepper.engine.api_requests import get_json
from stepper.engine.client import EngineClient
from stepper.engine.evidence import Evidence
from stepper.engine.step_container import StepContainer
from stepper.errors import EngineError

_SCRIPT = """
for f in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
  [ -r $f ] && while read -r k v; do [ "$k" = oom_kill ] && echo "kills $v"; done <$f
done
for f in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
  [ -r $f ] && read -r v <$f && echo "limit $v"
done
if [ -r /proc/net/route ]; then
  r=no; while read -r i d rest; do [ "$d" = 00000000 ] && r=yes; done </proc/net/route; echo "route $r"
fi
[ -r /etc/resolv.conf ] && while read -r k v rest; do [ "$k" = nameserver ] && echo "server $v"; done </etc/resolv.conf
$b stat -f -c 'disk %S %a %b %d' / 2>/dev/null
:
"""
_NO_LIMIT = 1 << 60
"""More than this the kernel gives as the limit of a container without one."""


def evidence_of(client: EngineClient, container: StepContainer) -> Evidence:
    """The evidence that there is about a container that still runs. Raises `EngineError`."""
    facts: dict[str, list[list[str]]] = {}
    for line in container.worker.run(_SCRIPT).stdout.decode("utf-8", "replace").splitlines():
        name, *values = line.split()
        facts.setdefault(name, []).append(values)
    kills = [int(value) for (value,) in facts.get("kills", ()) if value.isdecimal()]
    if not any(kills) and _was_out_of_memory(client, container):
        kills = [1]
    limits = [int(value) for (value,) in facts.get("limit", ()) if value.isdecimal() and int(value) < _NO_LIMIT]
    routes = [value == "yes" for (value,) in facts.get("route", ())]
    free, size, inodes = _disk(facts)
    return Evidence(
        max(kills) if kills else None,
        min(limits) if limits else None,
        routes[0] if routes else None,
        tuple(values[0] for values in facts.get("server", ()) if values),
        free,
        size,
        inodes,
    )


def _disk(facts: dict[str, list[list[str]]]) -> tuple[int | None, int | None, int | None]:
    """The bytes that are free and those in all, and the inodes that are free."""
    for values in facts.get("disk", ()):
        if len(values) == 4 and all(value.isdecimal() for value in values):
            block, free, size, inodes = map(int, values)
            return block * free, block * size, inodes
    return None, None, None


def _was_out_of_memory(client: EngineClient, container: StepContainer) -> bool:
    """Whether the engine noted it; its record is also there where the kernel's files are not."""
    try:
        with engine_errors("look at the step's container"):
            found = get_json(client, f"/containers/{container.id}/json")
    except EngineError:
        return False
    return bool(found.get("State", {}).get("OOMKilled"))
