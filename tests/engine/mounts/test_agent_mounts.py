"""SSH agents of RUN on a real engine on this machine, with the real programs of OpenSSH."""

import subprocess
from pathlib import Path

import pytest

from stepper.dockerfile.mounts import SshMount
from stepper.engine.access import BuildAccess, SshAccess
from stepper.engine.docker_engine import DockerEngine
from tests.engine.conftest import base, marks
from tests.engine.mounts.conftest import output, perform, run_with

pytestmark = pytest.mark.engine
DEBIAN = "debian:stable-slim"
ASK = """perl -MIO::Socket::UNIX -e '
    my $agent = IO::Socket::UNIX->new(Peer => $ENV{SSH_AUTH_SOCK}) or die "$!";
    syswrite($agent, "\\0\\0\\0\\1\\13");
    sysread($agent, my $answer, 9) == 9 or die "$!";
    print join(" ", unpack("xxxxCN", $answer)), "\\n"'"""
"""Asks for the identities; prints the type of the answer, and how many there are."""


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> BuildAccess:
    key = tmp_path_factory.mktemp("keys") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    keys = SshAccess(keys=(Path(key),))
    return BuildAccess(ssh={"default": keys, "other": keys})


def test_a_command_asks_the_agent(stepper: DockerEngine, access: BuildAccess) -> None:
    step = run_with(f"echo $SSH_AUTH_SOCK; {ASK}", SshMount(), access=access)
    assert output(stepper, base(stepper, DEBIAN), step) == "/run/buildkit/ssh_agent.0\n12 1\n"


def test_targets_modes_and_owners(stepper: DockerEngine, access: BuildAccess) -> None:
    mounts = (SshMount("other", "/a/socket", mode=0o640, uid=12, gid=34), SshMount())
    step = run_with("echo $SSH_AUTH_SOCK; stat -c '%F %a %u:%g' /a/socket /run/buildkit/*", *mounts, access=access)
    assert output(stepper, base(stepper), step) == "/a/socket\nsocket 640 12:34\nsocket 600 0:0\n"


def test_nothing_of_it_is_in_the_layer(stepper: DockerEngine, access: BuildAccess) -> None:
    outcome = perform(stepper, base(stepper), run_with("touch /f", SshMount(target="/deep/agent"), access=access))
    assert marks(outcome.layer) == {"/": "~", "/f": "+"}


def test_one_that_is_not_given_is_left_out_unless_it_is_required(stepper: DockerEngine) -> None:
    assert output(stepper, base(stepper), run_with("ls -A /run/buildkit 2>/dev/null; true", SshMount())) == ""
    outcome = perform(stepper, base(stepper), run_with("true", SshMount("deploy", required=True)))
    assert outcome.failure is not None
    assert outcome.failure.message == 'no SSH key "deploy" forwarded from the client'
    assert "--ssh deploy" in (outcome.failure.hint or "")
