"""BuildKit's build checks: what a Dockerfile builds with, and is likely not meant so.

`check` finds the warnings, `check_options` reads how a Dockerfile configures its checks, `RULES` are all of them.
https://docs.docker.com/reference/build-checks/
"""

from stepper.dockerfile.build_checks.check import check
from stepper.dockerfile.build_checks.options import CheckOptions, check_options
from stepper.dockerfile.build_checks.registry import RULES
from stepper.dockerfile.build_checks.subject import BaseImage
from stepper.dockerfile.build_checks.warning import CheckWarning

__all__ = ["RULES", "BaseImage", "CheckOptions", "CheckWarning", "check", "check_options"]
