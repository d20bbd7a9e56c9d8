"""Facts about the container in which a command failed, for who explains the failure."""

from stepper.frozen import frozen


@frozen
class Evidence:
    """Facts about the container of a failed step; None, or empty, for what could not be found out.

    `memory_kills` counts the processes that the kernel killed in it for lack of memory, `memory_limit` and the figures
    of the disk are bytes. `has_route`: there is a way out of the container's network.
    """

    memory_kills: int | None = None
    memory_limit: int | None = None
    has_route: bool | None = None
    name_servers: tuple[str, ...] = ()
    disk_free: int | None = None
    disk_size: int | None = None
    inodes_free: int | None = None


NO_EVIDENCE = Evidence()
