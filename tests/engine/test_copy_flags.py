"""`--chown`."""

import pytest

from stepper.engine.copy_flags import Owner, find_owner

FILES = {
    "/etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n\n# no user\napp:x:1234:555::/:/bin/sh\nbroken:x\n",
    "/etc/group": b"root:x:0:\nstaff:x:777:app\n",
}


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("app", Owner(1234, 555)),
        ("app:staff", Owner(1234, 777)),
        ("app:7", Owner(1234, 7)),
        ("app:", Owner(1234, 0)),
        ("12:", Owner(12, 0)),
        ("12:nor-this", Owner(12, 12)),
        ("app:nor-this", Owner(1234, 555)),
        ("12", Owner(12, 12)),
        ("12:13", Owner(12, 13)),
        ("12:staff", Owner(12, 777)),
        (":staff", Owner(0, 777)),
        ("root", Owner(0, 0)),
        ("nobody-knows", Owner(0, 0)),
        ("nobody-knows:nor-this", Owner(0, 0)),
        ("broken", Owner(0, 0)),
        ("2147483647:0", Owner(2147483647, 0)),
        ("2147483648:+5", Owner(0, 5)),
        ("-5", Owner(4294967291, 4294967291)),
        ("-1:7", Owner(0, 7)),
        ("0x10", Owner(0, 0)),
    ],
)
def test_an_owner_is_looked_up_in_the_images_own_files(text: str, owner: Owner) -> None:
    assert find_owner(text, FILES.get) == owner


def test_without_the_files_every_name_is_root() -> None:
    assert find_owner("app:staff", lambda path: None) == Owner(0, 0)


def test_numbers_need_no_files() -> None:
    def no_file(path: str) -> bytes | None:
        raise AssertionError(path)

    assert find_owner("1:2", no_file) == Owner(1, 2)
