"""The `stepper` command: reads the command line and hands over to one module for each command."""


def main() -> int:
    """Run the command that the arguments ask for; the exit code."""
    raise NotImplementedError
