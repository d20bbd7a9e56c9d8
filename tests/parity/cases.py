"""All parity cases. Each module of cases has a list `CASES` and is named here."""

from tests.parity import (
    add_cases,
    argument_cases,
    configuration_cases,
    copy_cases,
    copy_file_cases,
    copy_link_cases,
    copy_owner_cases,
    copy_selection_cases,
    failure_cases,
    filesystem_cases,
    heredoc_cases,
    ignore_cases,
    mount_cases,
    option_cases,
    remote_cases,
    run_cases,
    sample_cases,
    stage_cases,
    syntax_cases,
    trigger_cases,
)
from tests.parity.case import Case

_MODULES = (
    trigger_cases,
    syntax_cases,
    heredoc_cases,
    filesystem_cases,
    argument_cases,
    stage_cases,
    run_cases,
    mount_cases,
    copy_cases,
    copy_file_cases,
    copy_link_cases,
    copy_owner_cases,
    copy_selection_cases,
    add_cases,
    remote_cases,
    ignore_cases,
    option_cases,
    configuration_cases,
    failure_cases,
    sample_cases,
)

CASES: list[Case] = [case for module in _MODULES for case in module.CASES]

THOROUGH = frozenset(case.name for number, case in enumerate(CASES) if number % 5)
"""Four of five cases, left to `make parity`: all of them take longer than there is for each change."""
