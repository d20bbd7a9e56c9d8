"""An image's own /etc/hostname in the container of a RUN that names it.

An engine mounts a file of its own there in every container; BuildKit mounts none, so what a RUN writes there is in the
image. Below the engine's mount is not the image's file either, but an empty one that the engine made to mount upon: so
the image's own is put there again.
"""

from stepper.dockerfile.operations import RunOperation

HOSTNAME = "/etc/hostname"


def names_hostname(operation: RunOperation) -> bool:
    """Whether the text of a command has `/etc/hostname` in it.

    This is a plain search: what a program does with that file without being told by the RUN is not seen.
    """
    texts = [*(operation.argv or ()), operation.script or ""]
    if operation.script_file is not None:
        texts.append(operation.script_file.content)
    return any(HOSTNAME in text for text in texts)


def showing(image: str) -> str:
    """The script that takes the engine's file away and puts the image's in its place, in a container's mount namespace.

    `image` is where the image's files are mounted. It fails, and changes nothing, where the file is not the engine's.
    """
    own = f"{image}{HOSTNAME}"
    # A link would lead the unmounting elsewhere.
    return f"""[ ! -L /etc ] && [ ! -L {image}/etc ] && [ ! -L {HOSTNAME} ] && [ ! -d {own} ] || exit 1
$b umount {HOSTNAME} || exit 1
$b rm -f {HOSTNAME}
if [ -e {own} ] || [ -L {own} ]; then $b cp -a {own} {HOSTNAME}; fi"""
