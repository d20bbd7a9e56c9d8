"""Where Stepper is known to differ from BuildKit, each with its reason. A test fails when one of them is gone."""

import re
from dataclasses import dataclass

from stepper.engine.engine_info import CONTAINERD
from stepper.engine.protocol import EngineInfo


@dataclass(frozen=True)
class Known:
    """Lines of a case's report that match `pattern`; on one `engine` alone, where one is given (see `_kinds`).

    `reference` is the same for the engine whose BuildKit is the reference, where that is what it depends on. What
    `elsewhere` is set for may be in the report of every other case as well; what `sometimes` is set for depends on
    what the engine does first, and may be missing.
    """

    case: str
    pattern: str
    reason: str
    engine: str | None = None
    reference: str | None = None
    elsewhere: bool = False
    sometimes: bool = False


_SHOWN_AND_LEFT = (
    "below the engine's mount is not the image's file: that is put there, or what is there removed, and so it is in "
    "the layer of a RUN that names it and leaves it as it is"
)
_OWN_GROUP = (
    "the exec of Podman 4 does not name the user's own group among the other groups once more, as BuildKit does"
)
_LINKED_LATER = (
    "on the containerd image store, BuildKit leaves a file that only gets another name out of the layer, so that its "
    "names are files of their own in the image; a commit keeps them one file, as both do on other image stores"
)
_MOUNT_POINTS_REMOVED = (
    "BuildKit makes and removes mount points in a RUN where the image has no /etc/hosts and /etc/resolv.conf; "
    "containerd puts no directory into a layer for its time alone"
)
_MOUNT_POINTS_LEFT = (
    "BuildKit makes mount points for a RUN on an image that has none, and leaves them; an engine makes them below what "
    "is committed"
)
KNOWN_DIFFERENCES = [
    Known(
        "mount-bind-of-a-directory-and-of-a-file-of-the-context",
        r"^/f: digest",
        "an old engine gives the links of a mounted folder the time of the mount",
        engine="Docker 20",
    ),
    Known(
        "exclude-does-not-unpack-less",
        r"^/\S+/(file|hard): mode 755, BuildKit has 644$",
        "an old engine keeps the mode of a file that another hard link's unpacking changes in BuildKit",
        engine="Docker 20",
        elsewhere=True,
    ),
    Known(
        "mount-bind-of-the-context",
        r"^/f: digest",
        "an old engine gives the links of a mounted folder the time of the mount",
        engine="Docker 20",
    ),
    Known(
        "add-archive-of-a-hard-link-to-what-is-there",
        r"^/x/(h|old): (mode 644, BuildKit has 640|mtime \d+, BuildKit has 1500000000)$",
        "an old engine gives a hard link's mode and time not to the file that was there",
        engine="Docker 20",
    ),
    Known(
        "add-archive-of-links-that-lead-out",
        r"^Stepper fails at line 2: .* invalid symlink",
        "an old engine unpacks no symlink that leads out of the destination",
        engine="Docker 20",
    ),
    Known(
        "names-of-any-bytes",
        r"^Stepper fails at line 5: the engine did not send ",
        "an old engine finds no file by a name that is not UTF-8",
        engine="Docker 20",
    ),
    Known(
        "names-of-any-bytes",
        r"^Stepper fails at line 5: could not read ",
        "Podman finds no file by a name that is not UTF-8",
        engine="Podman",
    ),
    Known(
        "a-copy-of-what-the-engine-changes-in-every-container",
        r"^((layer \d+ )?/etc-(of-debian|changed)/resolv\.conf: missing|/(etc|etc-of-\w+): mtime )",
        "an engine before 28 does not mount images: what a container has is all that is to be seen of such places",
        engine="Docker 20",
    ),
    Known(
        "a-copy-of-the-mount-points-of-a-run-that-changes-nothing",
        r'^Stepper fails at line 4: "/proc": not found in the image that is copied from$',
        "Podman puts files of its own into a layer, so a RUN that changes nothing makes none",
        engine="Podman",
    ),
    Known(
        "health-checks",
        r"^Stepper fails at line None: .* the engine made an image with another configuration: Healthcheck$",
        "an engine before Docker 25 stores no start interval; Stepper says so at the end",
        engine="Docker 20",
    ),
    Known(
        "extended-attributes-and-capabilities",
        r"^/[df]: xattrs .*, BuildKit has \(\)$",
        "Podman's layers keep the attributes in `user.`; Docker's have capabilities alone",
        engine="Podman",
        elsewhere=True,
    ),
    Known(
        "a-socket-is-left-behind",
        r"^/run: mtime \d+, BuildKit has \d+$",
        "Podman puts a file into a container's /run",
        engine="Podman",
        elsewhere=True,
    ),
    Known(
        "add-archive-of-times",
        r"^/x/old: mtime -5, BuildKit has 0$",
        "Podman's layers have times before 1970",
        engine="Podman",
    ),
    Known(
        "run-writes-the-name-of-the-machine",
        r"^Stepper fails at line 2: ",
        "an engine before 28 does not mount images: its own file stays",
        engine="Docker 20",
    ),
    Known(
        "run-reads-the-name-of-the-machine-of-its-image",
        r"^/copied/(hostname|seen): ",
        "an engine before 28 does not mount images: its own file stays",
        engine="Docker 20",
    ),
    Known(
        "run-reads-the-name-of-the-machine-of-a-base",
        r"^Stepper fails at line 4: ",
        "an engine before 28 does not mount images: its own file stays",
        engine="Docker 20",
    ),
    Known(
        "run-looks-for-the-name-of-the-machine",
        r"^(layers with changes|/f): ",
        "an engine before 28 does not mount images: its own file stays",
        engine="Docker 20",
    ),
    Known(
        "steps-that-change-nothing",
        r"^(layer \d+ )?/(etc/(hostname|hosts|mtab|resolv\.conf)|run(/\.containerenv)?): not in BuildKit",
        "Podman keeps the mount points of a container in what is committed of it",
        engine="Podman",
        elsewhere=True,
    ),
    Known(
        "a-binary-on-scratch-runs",
        r"^(layer \d+ )?/(etc(/passwd|/group)?): not in BuildKit",
        "Podman makes these files for a container on an image that has none",
        engine="Podman",
        elsewhere=True,
    ),
    Known(
        "run-sees-environment-arguments-user-and-directory",
        r"^/out/g: (size|digest)",
        _OWN_GROUP,
        engine="Podman 4",
    ),
    Known(
        "run-as-users-of-all-forms",
        r"^/o/\d: (size|digest)",
        _OWN_GROUP,
        engine="Podman 4",
    ),
    Known(
        "mount-for-another-user",
        r"^/out/f: (size|digest)",
        _OWN_GROUP,
        engine="Podman 4",
    ),
    Known(
        "triggers-of-every-kind",
        r"^/tmp/id: (size|digest)",
        _OWN_GROUP,
        engine="Podman 4",
    ),
    Known(
        "run-sees-the-same-machine",
        r"^/g: digest",
        "Podman shows the root directory of every container with mode 555",
        engine="Podman",
    ),
    Known(
        "volumes-of-odd-forms",
        r"^/list: (size|digest)",
        "Podman makes /run in every container for a file of its own",
        engine="Podman",
    ),
    Known(
        "mount-cache-under-its-target-as-id",
        r"^layers with changes: 4, BuildKit has 3$",
        "Podman keeps the mount points of a container, also in the layer of a RUN that changes nothing",
        engine="Podman",
        sometimes=True,
    ),
    Known(
        "add-archive-of-a-hard-link-to-a-link",
        r"^Stepper fails at line 2: .* error creating ./x/h.: link /x/f /x/h: no such file",
        "Podman makes a hard link to what a symlink leads to, not to the symlink itself",
        engine="Podman",
    ),
    Known(
        "limits-of-processes",
        r"^Stepper fails at line 2: could not start a container .* setting rlimit type 6: operation not permitted",
        "Podman 4 adds a limit of processes of its own to any that it gets, which a machine may not let it set",
        engine="Podman 4",
    ),
    Known(
        "add-archive-with-names-of-whiteouts",
        r"^Stepper fails at line 3: cannot write /x/\.wh\.gone",
        "a commit makes a layer in which the name stands for a removal; BuildKit's image loses the file on its way",
    ),
    Known(
        "add-git-with-submodules",
        r"^/x/mod/\.git: (size|digest)",
        "a submodule's .git file names the folder that its repository was fetched into, another one in each build",
    ),
    Known(
        "steps-that-change-nothing",
        r"^/etc: mtime \d+, BuildKit has \d+$",
        _MOUNT_POINTS_REMOVED,
        engine="Docker",
        reference="graph driver",
        elsewhere=True,
    ),
    Known(
        "link-into-a-directory-of-its-own-mode",
        r"^/etc: mtime \d+, BuildKit has \d+$",
        f"{_MOUNT_POINTS_REMOVED}; on Podman it shows where no RUN makes a layer, which would hold mount points",
        engine="Podman",
        reference="graph driver",
        elsewhere=True,
    ),
    Known(
        "a-binary-on-scratch-runs",
        r"^(layer \d+ )?/(dev|proc|sys): missing",
        _MOUNT_POINTS_LEFT,
        engine="Docker",
        elsewhere=True,
    ),
    Known(
        "link-into-a-directory-of-its-own-mode",
        r"^(layer \d+ )?/(dev|proc|sys): missing",
        f"{_MOUNT_POINTS_LEFT}; Podman does so too, and it shows only where no RUN makes a layer",
        engine="Podman",
        elsewhere=True,
    ),
    Known(
        "times-set-by-hand",
        r"^/seen: (size|digest)",
        "layers have no time before 1970, and a commit makes one where BuildKit goes on with the snapshot itself",
    ),
    Known(
        "parts-of-a-second-in-the-next-step",
        r"^/seen: digest",
        "a commit keeps times by the second; so does a saved or pushed image of BuildKit's, but not its next step",
    ),
    Known(
        "run-as-process-1",
        r"^(/f: |Stepper fails at line 2: .* ended with exit code 143)",
        "BuildKit's command is process 1, which only deadly signals end; Stepper's runs beside the worker",
    ),
    Known(
        "run-changes-what-the-engine-mounts",
        r"^(layer \d+ )?/(not-)?written: ",
        "BuildKit mounts /etc/hosts and /etc/resolv.conf read-only; an engine gives a container those to write",
    ),
    Known(
        "run-changes-what-the-engine-mounts",
        r"^/hosts: ",
        "the engine's /etc/hosts has other lines than BuildKit's",
    ),
    Known(
        "run-writes-the-name-of-the-machine",
        r"^layer \d+ /etc/\.wh\.hostname: not in BuildKit's$",
        _SHOWN_AND_LEFT,
        engine="Docker 28",
    ),
    Known(
        "run-reads-the-name-of-the-machine-of-a-base",
        r"^layer \d+ /etc/(\.wh\.)?hostname: not in BuildKit's$",
        _SHOWN_AND_LEFT,
        engine="Docker 28",
    ),
    Known(
        "run-looks-for-the-name-of-the-machine",
        r"^layer \d+ /etc/\.wh\.hostname: not in BuildKit's$",
        _SHOWN_AND_LEFT,
        engine="Docker 28",
    ),
    Known(
        "run-looks-for-the-name-of-the-machine",
        r"^/etc: mtime \d+, BuildKit has \d+$",
        f"{_SHOWN_AND_LEFT}; so is the folder's time, which containerd puts into no layer without a change in it",
        engine="Docker 28",
        reference=CONTAINERD,
    ),
    Known(
        "steps-that-change-nothing",
        r"^history \d+ empty_layer: True, BuildKit has None$",
        "a RUN, COPY or WORKDIR that changes no file makes no layer; BuildKit adds one without files",
        elsewhere=True,
    ),
    Known(
        "hard-links-across-directories-and-layers",
        r"^(layer 3 /h: not in BuildKit's|/h: link 'b/i', BuildKit has 'a/f')$",
        _LINKED_LATER,
        reference=CONTAINERD,
    ),
    Known(
        "hard-links-to-files-of-the-base",
        r"^(layer 1 /(bin/busybox|etc/passwd): not in BuildKit's|/bin/busybox: link 'bb', BuildKit has '\./bin/\S+')$",
        _LINKED_LATER,
        reference=CONTAINERD,
    ),
    Known(
        "long-names-and-deep-paths",
        r"^(layer 2 /0{255}: not in BuildKit's|/0{255}: (kind '1', BuildKit has '0'|link '0{254}1', |digest '', ))",
        _LINKED_LATER,
        reference=CONTAINERD,
    ),
]


KNOWN_IN_REPORTS = [
    Known(
        "link-an-archive-by-owner",
        r"^line \d+: /\S+/(file|hard): mode '0o644', the archive has '0o755'$",
        "an old engine keeps the mode of a file that another hard link's unpacking changes in others",
        engine="Docker 20",
        elsewhere=True,
    ),
    Known(
        "add-archive-of-a-hard-link-to-what-is-there",
        r"^line \d+: /x/(h|old): (mode|time) ",
        "an old engine gives a hard link's mode and time not to the file that was there",
        engine="Docker 20",
    ),
]
"""Where what Stepper reports of a layer is known to differ from its archive."""


def is_known_in_reports(line: str, case: str, engine: EngineInfo) -> bool:
    """Whether a difference between a report and its layer may be there."""
    return _is_among(KNOWN_IN_REPORTS, line, case, engine, engine)


def known_differences(case: str, engine: EngineInfo, reference: EngineInfo) -> list[str]:
    """The patterns of what is known of a case on an engine and has to be in its report."""
    return [
        known.pattern
        for known in KNOWN_DIFFERENCES
        if known.case == case and not known.sometimes and _applies(known, engine, reference)
    ]


def is_known(line: str, case: str, engine: EngineInfo, reference: EngineInfo) -> bool:
    """Whether a line of a case's report may be there."""
    return _is_among(KNOWN_DIFFERENCES, line, case, engine, reference)


def _is_among(differences: list[Known], line: str, case: str, engine: EngineInfo, reference: EngineInfo) -> bool:
    return any(
        re.search(known.pattern, line)
        for known in differences
        if _applies(known, engine, reference) and (known.elsewhere or known.case == case)
    )


def _applies(known: Known, engine: EngineInfo, reference: EngineInfo) -> bool:
    return known.engine in (None, *_kinds(engine)) and known.reference in (None, *_kinds(reference))


def _kinds(engine: EngineInfo) -> set[str]:
    """What an engine is called here: by its image store, its product, and `Docker 20` for such an old one.

    Every image store other than containerd's is a `graph driver` as well.
    """
    major = f"{engine.product} {engine.version.partition('.')[0]}"
    return {engine.storage, engine.product, major} | ({"graph driver"} if engine.storage != CONTAINERD else set())
