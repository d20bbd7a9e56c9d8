"""How the commands reach the engine: at the moment that they need it, not before."""

from collections.abc import Callable

from stepper.engine.protocol import Engine


def connect_to(host: str | None) -> Callable[[], Engine]:
    """Opens the engine of `-H`, or the one that is found, when it is called; raises `EngineUnavailable` then."""

    def connect() -> Engine:
        from stepper.engine.connect import open_engine

        return open_engine(host)

    return connect
