"""Where Stepper is known to differ from BuildKit, each with its reason. A test fails when one of them is gone."""

KNOWN_DIFFERENCES: dict[str, dict[str, str]] = {}
"""By the name of the case: a regular expression for the lines of the report, and why they are there."""
