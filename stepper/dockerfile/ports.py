"""The port specifications of EXPOSE, read as BuildKit does: `80`, `80/udp`, `8000-8002`, `127.0.0.1:8080:80`."""

import ipaddress

from stepper.dockerfile.malformed import MalformedError

_PROTOCOLS = ("tcp", "udp", "sctp")
_HINT = "Write a port as 80, 80/udp or 8000-8002; the protocols are tcp, udp and sctp."


def exposed_ports(specification: str) -> tuple[str, ...]:
    """The container's ports as `80/tcp`, ranges written out. Raises `MalformedError`.

    The host's address and port, which `docker run -p` has in front, are checked and left out, as BuildKit does.
    """
    *address, container = specification.split(":")
    host_port = address.pop() if address else ""
    ports, _, protocol = container.partition("/")
    protocol = protocol.lower() or "tcp"
    if not ports:
        raise MalformedError(f"invalid port {specification!r}: no port is given", hint=_HINT)
    if protocol not in _PROTOCOLS:
        raise MalformedError(f"invalid port {specification!r}: unknown protocol {protocol!r}", hint=_HINT)
    _check_address(":".join(address), specification)
    first, last = _port_range(ports, specification)
    if host_port:
        host_first, host_last = _port_range(host_port, specification)
        if last != first and last - first != host_last - host_first:
            raise MalformedError(f"invalid port {specification!r}: the two ranges are not of one length", hint=_HINT)
    return tuple(f"{port}/{protocol}" for port in range(first, last + 1))


def _check_address(address: str, specification: str) -> None:
    if not address:
        return
    try:
        ipaddress.ip_address(address[1:-1] if address.startswith("[") and address.endswith("]") else address)
    except ValueError as error:
        raise MalformedError(f"invalid port {specification!r}: invalid IP address {address!r}", hint=_HINT) from error


def _port_range(ports: str, specification: str) -> tuple[int, int]:
    first, dash, last = ports.partition("-")
    numbers = _port_number(first), _port_number(last if dash else first)
    if numbers[0] is None or numbers[1] is None or numbers[1] < numbers[0]:
        raise MalformedError(f"invalid port {specification!r}: {ports!r} is not from 0 to 65535", hint=_HINT)
    return numbers[0], numbers[1]


def _port_number(text: str) -> int | None:
    digits = text.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal():
        return None
    number = int(digits)
    return number if number <= 65535 else None
