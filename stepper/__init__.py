"""Stepper: a debugger for Dockerfiles that lives in the terminal."""

__version__ = "0.1.0"
