"""`python -m stepper` is the same as `stepper`."""

import sys

from stepper.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
