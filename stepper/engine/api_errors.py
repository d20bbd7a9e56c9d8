"""What the Docker SDK and its HTTP layer raise, as Stepper's own errors."""

import contextlib
from collections.abc import Iterator
from http import HTTPStatus

from stepper.errors import EngineError, EngineUnavailable, StepperError


@contextlib.contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Turn whatever the SDK raises inside into `EngineError` or `EngineUnavailable`.

    `doing` completes "could not ..." and names what was being done: `start a container for the step`.
    """
    try:
        yield
    except StepperError:
        raise
    except Exception as error:
        known = _known(error, doing)
        if known is None:
            raise
        raise known from error


def _known(error: Exception, doing: str) -> StepperError | None:
    """None for what is neither the SDK's nor of the connection. The SDK is loaded no earlier than something fails."""
    import http.client

    import docker.errors
    import requests
    import urllib3

    if isinstance(error, docker.errors.APIError):
        return EngineError(f"could not {doing}: {explanation(error)}")
    lost = (
        requests.exceptions.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        EOFError,
    )
    if isinstance(error, lost):
        return EngineUnavailable(
            f"the connection to the engine was lost while trying to {doing}: {_reason(error)}",
            hint="Check that the engine is running, then try again.",
        )
    if isinstance(error, docker.errors.DockerException):
        return EngineError(f"could not {doing}: {error}")
    return None


def is_engine_error(error: Exception) -> bool:
    """Whether this is what the SDK or its HTTP layer raises, or a lost connection."""
    return _known(error, "") is not None


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


def is_missing(error: EngineError) -> bool:
    """Whether the engine did not have what was asked for."""
    cause = error.__cause__
    return isinstance(cause, Exception) and status(cause) == HTTPStatus.NOT_FOUND


def _reason(error: Exception) -> str:
    """The innermost cause, which says more than the layers around it."""
    cause: BaseException = error
    while cause.__cause__ is not None or cause.__context__ is not None:
        cause = cause.__cause__ or cause.__context__ or cause
    return str(cause) or type(cause).__name__
