"""The filesystem of a busybox image, from Debian's static busybox."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from debian import download

_FOLDERS = ("bin", "dev", "etc", "home", "root", "tmp", "usr/bin", "usr/sbin", "var/spool/mail", "var/www")
# name:uid:group:home:shell, the accounts of the official image
_USERS = """\
root:0:0:/root:/bin/sh
daemon:1:1:/usr/sbin:/bin/false
bin:2:2:/bin:/bin/false
sys:3:3:/dev:/bin/false
sync:4:100:/bin:/bin/sync
mail:8:8:/var/spool/mail:/bin/false
www-data:33:33:/var/www:/bin/false
operator:37:37:/var:/bin/false
nobody:65534:65534:/home:/bin/false
"""
_GROUPS = {
    "root": 0,
    "daemon": 1,
    "bin": 2,
    "sys": 3,
    "adm": 4,
    "tty": 5,
    "disk": 6,
    "mail": 8,
    "wheel": 10,
    "www-data": 33,
    "operator": 37,
    "staff": 50,
    "users": 100,
    "nobody": 65534,
}


def make(tree: Path) -> None:
    """Fill the empty folder `tree`: one program under the names of all its applets, and the accounts."""
    for folder in _FOLDERS:
        (tree / folder).mkdir(parents=True, exist_ok=True)
    (tree / "tmp").chmod(0o1777)
    (tree / "root").chmod(0o700)
    program = tree / "bin/busybox"
    with tempfile.TemporaryDirectory() as scratch:
        package = download("busybox-static", Path(scratch))
        subprocess.run(["dpkg-deb", "--extract", str(package), f"{scratch}/files"], check=True)
        found = next(
            path for path in Path(scratch, "files").rglob("busybox") if os.access(path, os.X_OK) and path.is_file()
        )
        shutil.copyfile(found, program)
    program.chmod(0o755)
    for applet in subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split():
        if applet != "busybox":
            os.link(program, tree / "bin" / applet)
    # Scripts begin with #!/usr/bin/env.
    (tree / "usr/bin/env").symlink_to("../../bin/env")
    users = (line.split(":") for line in _USERS.splitlines())
    passwd = [f"{name}:x:{uid}:{gid}:{name}:{home}:{shell}\n" for name, uid, gid, home, shell in users]
    (tree / "etc/passwd").write_text("".join(passwd))
    (tree / "etc/group").write_text("".join(f"{name}:x:{gid}:\n" for name, gid in _GROUPS.items()))
