"""The log of what should not have happened, in the state folder: the terminal belongs to the screen."""

import logging
from pathlib import Path


def log_to(path: Path) -> None:
    """Write Stepper's warnings and errors to this file, which is made when there is something to write."""
    handler = logging.FileHandler(path, delay=True, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("stepper")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
