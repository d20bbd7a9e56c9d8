"""What the Docker SDK and its HTTP layer raise, as Stepper's own errors."""

import contextlib
from collections.abc import Iterator

from stepper.errors import EngineError, EngineUnavailable


@contextlib.contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Turn whatever the SDK raises inside into `EngineError` or `EngineUnavailable`.

    `doing` completes "could not ..." and names what was being done: `start a container for the step`.
    """
    import docker.errors
    import requests
    import urllib3

    try:
        yield
    except docker.errors.APIError as error:
        raise EngineError(f"could not {doing}: {explanation(error)}") from error
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, EOFError) as error:
        raise EngineUnavailable(
            f"the connection to the engine was lost while trying to {doing}: {_reason(error)}",
            hint="Check that the engine is running, then try again.",
        ) from error
    except docker.errors.DockerException as error:
        raise EngineError(f"could not {doing}: {error}") from error


def explanation(error: Exception) -> str:
    """What the engine said about a refused request, without the SDK's wrapping."""
    text = getattr(error, "explanation", None) or str(error)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return str(text).strip()


def status(error: Exception) -> int | None:
    """The HTTP status of a refused request, None where there was no answer."""
    response = getattr(error, "response", None)
    code = getattr(response, "status_code", None)
    return int(code) if code is not None else None


def _reason(error: Exception) -> str:
    """The innermost cause, which says more than the layers around it."""
    cause: BaseException = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__ or cause
    return str(cause) or type(cause).__name__
