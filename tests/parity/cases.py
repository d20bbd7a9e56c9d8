"""All parity cases. Each module of cases has a list `CASES` and is named here."""

from tests.parity import (
    add_cases,
    configuration_cases,
    copy_cases,
    failure_cases,
    ignore_cases,
    run_cases,
    stage_cases,
)
from tests.parity.case import Case

_MODULES = (
    stage_cases,
    run_cases,
    copy_cases,
    add_cases,
    ignore_cases,
    configuration_cases,
    failure_cases,
)

CASES: list[Case] = [case for module in _MODULES for case in module.CASES]
