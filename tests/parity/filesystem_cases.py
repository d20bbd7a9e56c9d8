"""Parity cases: what RUN leaves on disk, of every kind."""

from tests.parity.case import Case
from tests.parity.samples import PLAIN

_SET_XATTRS = """\
sub set { my ($f, $n, $v) = @_; syscall(188, $f, $n, $v, length $v, 0) == 0 or die "$f $n: $!" }
set("/tool", "security.capability", pack("VVVVV", 0x02000001, 1 << 10, 0, 0, 0));
set("/d", "user.note", "of a directory");
set("/f", "user.note", "of a file");
set("/f", "user.empty", "");
"""

CASES = [
    Case(
        "a-working-directory-that-is-gone-or-something-else",
        """\
FROM busybox AS gone
WORKDIR /w/x
RUN rm -r /w
COPY top /t
FROM busybox AS file
WORKDIR /w/x
RUN rm -r /w && echo > /w
COPY top /t
FROM gone
COPY --from=file /w /t /file/
COPY --from=gone / /gone/
""",
        PLAIN,
    ),
    Case(
        "times-of-directories-alone",
        """\
FROM busybox
RUN mkdir -p /a/b /c/d /e/f /g/h
RUN touch -d @1400000000 /a /c /e/f /g && touch /f && rm /f
RUN stat -c '%n %Y' /a /c /e/f /g > /seen && echo > /a/b/new
COPY top /c/d/
WORKDIR /c/d/w
RUN mv /e/f /e/moved && touch -d @1450000000 /g
RUN stat -c '%n %Y' /a /c /e/moved /g >> /seen && chmod 700 /g/h
""",
        PLAIN,
    ),
    Case(
        "files-of-all-types",
        """\
FROM busybox
RUN mkdir /t && cd /t && mknod b b 7 0 && mknod c c 10 200 && mknod full c 1 7 && mkfifo -m 622 p && ln -s /nowhere l
RUN chown 1:2 /t/b /t/c && chown -h 3:4 /t/l && chmod 4000 /t/p
RUN rm /t/b && mkfifo /t/b && rm /t/p && mknod /t/p c 5 1
""",
    ),
    Case(
        "a-socket-is-left-behind",
        """\
FROM debian:stable-slim
RUN perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "/s", Listen => 1) or die' && ls -l /s && echo > /f
""",
    ),
    Case(
        "hard-links-across-directories-and-layers",
        """\
FROM busybox
RUN mkdir -p /a /b/c && echo one > /a/f && ln /a/f /b/c/g && ln /a/f /h
RUN echo two >> /b/c/g
RUN ln /h /b/i && rm /a/f
RUN chmod 600 /b/i
COPY --from=busybox /etc/passwd /a/f
""",
    ),
    Case(
        "hard-links-to-files-of-the-base",
        """\
FROM busybox
RUN ln /etc/passwd /one && ln -s passwd /etc/two && ln /etc/two /three && ln /bin/busybox /bb
RUN echo x:x:99:99::/:/bin/sh >> /etc/passwd
""",
    ),
    Case(
        "extended-attributes-and-capabilities",
        f"""\
FROM debian:stable-slim
RUN touch /tool /f && mkdir /d && perl <<'EOF'
{_SET_XATTRS}EOF
RUN chmod 755 /tool && cp /tool /kept && chown 3:3 /tool
""",
    ),
    Case(
        "a-copied-file-keeps-its-capabilities",
        f"""\
FROM debian:stable-slim AS made
RUN touch /tool /f && mkdir /d && perl <<'EOF'
{_SET_XATTRS}EOF
FROM scratch
COPY --from=made /tool /f /
COPY --from=made /tool /other/
COPY --from=made --chown=5 /tool /owned
""",
    ),
    Case(
        "a-directory-replaced-by-a-file-and-back",
        """\
FROM busybox
RUN mkdir -p /x/y/z && echo > /x/y/z/f && ln -s x /l
RUN rm -r /x && echo file > /x
RUN rm /x && mkdir /x && echo > /x/new
RUN rm -r /x && ln -s /etc /x && rm /l && mkdir -p /l/deep
RUN rm -r /l && mkfifo /l
""",
    ),
    Case(
        "an-opaque-directory",
        """\
FROM busybox
RUN mkdir -p /o/sub && echo 1 > /o/a && echo 1 > /o/sub/b
RUN rm -r /o && mkdir /o && echo 2 > /o/c
RUN rm -r /o && mkdir -p /o/sub && echo 3 > /o/sub/d
RUN rm -r /var /usr && mkdir -p /usr/only
""",
    ),
    Case(
        "deleted-and-made-again",
        """\
FROM busybox
RUN echo one > /f && mkdir /d && echo > /d/in
RUN rm /f && rm -r /d
RUN echo one > /f && mkdir /d
RUN rm /f /bin/vi /etc/group && touch /etc/group
""",
    ),
    Case(
        "renamed-directories-and-files",
        """\
FROM busybox
RUN mkdir -p /a/b/c && echo > /a/b/c/f && touch -d @1400000000 /a/b/c/f
RUN mv /a/b /moved && mv /bin/vi /bin/editor && mv /usr /usr2
RUN mv /moved /a && mv /a /z
""",
    ),
    Case(
        "times-set-by-hand",
        """\
FROM busybox
RUN mkdir /t && touch -d @1400000000 /t/f && touch -d @0 /t/epoch && touch -d @-86400 /t/before
RUN touch -d @4102444800 /t/later
RUN ln -s f /t/l && touch -h -d @1300000000 /t/l && touch -d @1200000000 /t
RUN touch -d @1100000000 /etc/passwd /bin
RUN stat -c %Y /t/f /t/epoch /t/before /t/later /t /etc/passwd /bin > /seen
""",
    ),
    Case(
        "parts-of-a-second",
        """\
FROM debian:stable-slim AS made
RUN touch -d @1400000000.75 /f && touch -d 2001-02-03T04:05:06.123456789Z /g
FROM busybox
COPY --from=made /f /g /
RUN stat -c %Y /f /g > /seen
""",
    ),
    Case(
        "parts-of-a-second-in-the-next-step",
        """\
FROM debian:stable-slim AS made
RUN touch -d @1400000000.75 /f
RUN stat -c %.9Y /f > /seen
FROM busybox
COPY --from=made /seen /
""",
    ),
    Case(
        "modes-of-all-kinds",
        """\
FROM busybox
RUN mkdir /m && cd /m && for m in 0 1 10 100 111 222 444 777 1755 2755 4755 6711 7777; do touch f$m; \\
    chmod $m f$m; mkdir d$m; chmod $m d$m; done
RUN chmod 700 / && chmod 1777 /root && chmod 755 /tmp
""",
    ),
    Case(
        "ownership-of-the-base-changed",
        """\
FROM busybox
RUN chown -R 1000:1001 /etc/passwd /etc/group /root /home && chown 9 /etc && chown -h 7:8 /bin/sh \\
    && chmod -R go-rwx /var
RUN chown 4294967294:65534 /home && chgrp 12345 /tmp
""",
    ),
    Case(
        "what-is-made-in-memory-is-not-kept",
        """\
FROM busybox
RUN touch /dev/device && mkdir /dev/shm/x && touch /dev/shm/y
RUN ls /dev/device /dev/shm > /f 2>&1; true
""",
    ),
    Case(
        "temporary-files-are-kept",
        """\
FROM busybox
RUN echo > /tmp/t && mkdir -p /var/tmp /run/lock && echo > /run/lock/l && echo > /var/tmp/v && mkdir /tmp/d
RUN chmod 700 /tmp
""",
    ),
    Case(
        "names-that-whiteouts-are-made-of",
        """\
FROM busybox
RUN mkdir -p /w/.wh && touch /w/wh.a /w/.wha /w/.wh/b '/w/.w h.c'
RUN rm /w/wh.a
""",
    ),
    Case(
        "names-that-are-no-text",
        """\
FROM busybox AS n
RUN mkdir /n && cd /n && touch "$(printf 'latin\\344')" "$(printf '\\001\\377')" \\
    "$(printf 'tab\\there')" "$(printf 'cr\\r')" "$(printf 'e\\314\\201')"
RUN rm "/n/$(printf 'tab\\there')" && mkdir -p "/n/$(printf 'dir\\344')/in" && ln -s "$(printf 'latin\\344')" /n/l
FROM n
COPY --from=n /n /copied
""",
    ),
    Case(
        "long-names-and-deep-paths",
        """\
FROM busybox
RUN n=$(printf '%0255d' 0) && touch /$n && mkdir /d$(printf '%0200d' 1) && cd /d* \\
    && for i in 1 2 3 4 5 6; do mkdir $(printf '%0150d' $i) && cd $(printf '%0150d' $i); done && touch $n
RUN ln -s $(printf '%0300d' 7) /long && ln /$(printf '%0255d' 0) /$(printf '%0255d' 1)
""",
    ),
    Case(
        "sparse-and-empty-files",
        """\
FROM busybox
RUN truncate -s 5M /sparse && printf end | dd of=/sparse bs=1 seek=5000000 conv=notrunc && : > /empty \\
    && truncate -s 1 /zero
RUN printf x | dd of=/sparse bs=1 seek=2000000 conv=notrunc
""",
    ),
    Case(
        "many-small-files-removed-again",
        """\
FROM busybox
RUN mkdir /m && cd /m && for i in $(seq 400); do echo $i > f$i; done
RUN cd /m && for i in $(seq 2 2 400); do rm f$i; done && for i in $(seq 1 4 400); do chmod 600 f$i; done
""",
    ),
    Case(
        "times-of-directories-that-change",
        """\
FROM busybox
RUN mkdir -p /d/e && touch -d @1400000000 /d/e /d
RUN touch /d/e/f && touch -d @1400000000 /d/e
RUN rm /d/e/f && touch -d @1400000000 /d/e && touch -d @1500000000 /d/e
COPY top /d/e/
WORKDIR /d/e/w
RUN stat -c %Y /d > /seen
""",
        PLAIN,
    ),
]
