"""All rules: their names, what they say about themselves, and what finds their warnings.

Names, descriptions and addresses are those of https://docs.docker.com/reference/build-checks/, in its order.
"""

from collections.abc import Callable, Iterator

from stepper.dockerfile.build_checks import (
    casing,
    commands,
    continuations,
    descriptions,
    expose,
    from_lines,
    ignored_files,
    settings,
    stage_names,
    variables,
)
from stepper.dockerfile.build_checks.subject import Subject
from stepper.dockerfile.build_checks.warning import Finding
from stepper.frozen import frozen

_PAGES = "https://docs.docker.com/go/dockerfile/rule/"


@frozen
class Rule:
    """One rule. An experimental one counts only where it is asked for by name or by `experimental=all`."""

    name: str
    description: str
    page: str
    find: Callable[[Subject], Iterator[Finding]]
    is_experimental: bool = False

    @property
    def url(self) -> str:
        """The rule's page in Docker's documentation."""
        return f"{_PAGES}{self.page}/"


RULES: tuple[Rule, ...] = (
    Rule("StageNameCasing", "Stage names should be lowercase", "stage-name-casing", casing.stage_names),
    Rule(
        "FromAsCasing",
        "The 'as' keyword should match the case of the 'from' keyword",
        "from-as-casing",
        casing.as_keywords,
    ),
    Rule(
        "NoEmptyContinuation",
        "Empty continuation lines will become errors in a future release",
        "no-empty-continuation",
        continuations.empty_lines,
    ),
    Rule(
        "ConsistentInstructionCasing",
        "All commands within the Dockerfile should use the same casing (either upper or lower)",
        "consistent-instruction-casing",
        casing.keywords,
    ),
    Rule("DuplicateStageName", "Stage names should be unique", "duplicate-stage-name", stage_names.duplicates),
    Rule(
        "ReservedStageName",
        "Reserved words should not be used as stage names",
        "reserved-stage-name",
        stage_names.reserved,
    ),
    Rule(
        "JSONArgsRecommended",
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
        "json-args-recommended",
        commands.shell_forms,
    ),
    Rule(
        "MaintainerDeprecated",
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
        "maintainer-deprecated",
        settings.maintainers,
    ),
    Rule(
        "UndefinedArgInFrom",
        "FROM command must use declared ARGs",
        "undefined-arg-in-from",
        from_lines.undefined_arguments,
    ),
    Rule(
        "WorkdirRelativePath",
        "Relative workdir without an absolute workdir declared within the build "
        "can have unexpected results if the base image changes",
        "workdir-relative-path",
        settings.relative_workdirs,
    ),
    Rule("UndefinedVar", "Variables should be defined before their use", "undefined-var", variables.undefined),
    Rule(
        "MultipleInstructionsDisallowed",
        "Multiple instructions of the same type should not be used in the same stage",
        "multiple-instructions-disallowed",
        commands.repeated,
    ),
    Rule(
        "LegacyKeyValueFormat",
        "Legacy key/value format with whitespace separator should not be used",
        "legacy-key-value-format",
        settings.legacy_pairs,
    ),
    Rule(
        "RedundantTargetPlatform",
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
        "redundant-target-platform",
        from_lines.redundant_platforms,
    ),
    Rule(
        "SecretsUsedInArgOrEnv",
        "Sensitive data should not be used in the ARG or ENV commands",
        "secrets-used-in-arg-or-env",
        settings.secrets,
    ),
    Rule(
        "InvalidDefaultArgInFrom",
        "Default value for global ARG results in an empty or invalid base image name",
        "invalid-default-arg-in-from",
        from_lines.invalid_defaults,
    ),
    Rule(
        "FromPlatformFlagConstDisallowed",
        "FROM --platform flag should not use a constant value",
        "from-platform-flag-const-disallowed",
        from_lines.constant_platforms,
    ),
    Rule(
        "CopyIgnoredFile",
        "Attempting to Copy file that is excluded by .dockerignore",
        "copy-ignored-file",
        ignored_files.ignored_sources,
    ),
    Rule(
        "InvalidDefinitionDescription",
        "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. "
        "If this is not intended to be a description comment, add an empty line or comment "
        "between the instruction and the comment.",
        "invalid-definition-description",
        descriptions.descriptions,
        is_experimental=True,
    ),
    Rule(
        "ExposeProtoCasing",
        "Protocol in EXPOSE instruction should be lowercase",
        "expose-proto-casing",
        expose.protocols,
    ),
    Rule(
        "ExposeInvalidFormat",
        "IP address and host-port mapping should not be used in EXPOSE instruction. "
        "This will become an error in a future release",
        "expose-invalid-format",
        expose.published,
    ),
)
