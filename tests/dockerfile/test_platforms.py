"""Platform names."""

import pytest

from stepper.dockerfile.platforms import Platform, image_platform, parse_platform


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux/amd64", "linux/amd64"),
        ("Linux/X86_64", "linux/amd64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm/v7", "linux/arm/v7"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/arm", "linux/arm"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/arm64/v8", "linux/arm64/v8"),
        ("linux/i386", "linux/386"),
        ("arm64", "linux/arm64"),
        ("riscv64", "linux/riscv64"),
        ("windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"),
        ("macos/arm64", "darwin/arm64"),
    ],
)
def test_names_are_normalised(text: str, expected: str) -> None:
    assert str(parse_platform(text)) == expected


def test_a_system_alone_takes_this_machines_processor() -> None:
    platform = parse_platform("linux")
    assert platform.os == "linux"
    assert platform.architecture


def test_the_parts_are_there() -> None:
    assert parse_platform("linux/arm/v6") == Platform("linux", "arm", "v6")


@pytest.mark.parametrize("text", ["", "foo", "linux/*", "linux/amd64/v2/x", "linux//v7", "li nux/amd64"])
def test_what_is_no_platform_is_an_error_that_quotes_it(text: str) -> None:
    with pytest.raises(ValueError, match="'"):
        parse_platform(text)


@pytest.mark.parametrize(
    ("base", "target", "says"),
    [
        (("linux", "amd64", ""), "linux/amd64", Platform("linux", "amd64")),
        (("linux", "amd64", ""), "linux/arm64", Platform("linux", "arm64")),
        (("linux", "arm64", "v8"), "linux/arm64", Platform("linux", "arm64")),
        (("linux", "arm", "v6"), "linux/arm/v7", Platform("linux", "arm", "v7")),
        (("linux", "amd64", "v3"), "linux/amd64", Platform("linux", "amd64", "v3")),
        (("linux", "amd64", "v3"), "linux/arm", Platform("linux", "arm", "v7")),
    ],
)
def test_an_image_is_for_the_target_whatever_its_base_is_for(
    base: tuple[str, str, str], target: str, says: Platform
) -> None:
    assert image_platform(*base, parse_platform(target)) == says
