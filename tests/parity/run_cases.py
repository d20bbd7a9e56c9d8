"""Parity cases: RUN in all its forms."""

from tests.parity.case import Case
from tests.parity.samples import USERS
from tests.parity.trees import File

CASES = [
    Case(
        "steps-that-change-nothing",
        """\
FROM busybox
RUN true
COPY nothing-* /x/
WORKDIR /tmp
RUN echo > /f
""",
    ),
    Case(
        "run-shell-form",
        """\
FROM busybox
RUN echo one \\
  # a comment
  && echo two > /f
RUN umask > /umask
""",
    ),
    Case(
        "run-exec-form",
        """\
FROM busybox
RUN ["/bin/sh", "-c", "echo $0 $1 > /f", "a b", "c"]
RUN ["touch", "/x y"]
""",
    ),
    Case(
        "run-heredoc",
        """\
FROM busybox
RUN <<EOF
echo one > /f
X=$HOME
echo $X >> /f
EOF
""",
    ),
    Case(
        "run-heredoc-with-its-own-interpreter",
        """\
FROM busybox
RUN <<EOF
#!/bin/awk -f
BEGIN { print "awk" > "/f" }
EOF
""",
    ),
    Case(
        "run-heredoc-as-input",
        """\
FROM busybox
RUN cat <<A > /f && cat <<-"B" >> /f
one $HOME
A
\ttwo $HOME
\tB
""",
    ),
    Case(
        "shell-changes-what-runs",
        """\
FROM busybox
SHELL ["/bin/sh", "-o", "pipefail", "-c"]
RUN true | echo piped > /f
CMD echo shell
ENTRYPOINT e
""",
    ),
    Case(
        "run-sees-environment-arguments-user-and-directory",
        f"""\
FROM busybox
RUN {USERS} && mkdir -m 777 /out
ARG WHO=nobody
ENV GREETING=hello
WORKDIR /w/x
USER app
RUN echo $GREETING $WHO $(pwd) $(id -u):$(id -g) $HOME > /out/f
USER 5:6
RUN id > /out/g; env | sort > /out/env
""",
        build_args={"WHO": "somebody"},
    ),
    Case(
        "run-changes-and-deletes",
        """\
FROM busybox
RUN mkdir -p /d/e && echo 1 > /d/e/f && ln /d/e/f /d/hard && ln -s e /d/soft
RUN chmod 700 /d/e && chown 3:4 /d/e/f && rm /d/soft && echo 2 >> /d/e/f
RUN rm -r /d/e && mkdir /d/e && mkfifo /d/p && mknod /d/n c 1 3 && chmod 1777 /d && chmod u+s /bin/busybox
""",
    ),
    Case(
        "run-names-of-all-kinds",
        """\
FROM busybox
RUN mkdir /n && cd /n && touch 'a b' "q'" "$(printf 'new\\nline')" '\\back' ü ./-x '*'
""",
    ),
    Case("run-leaves-a-process", "FROM busybox\nRUN sleep 100 & echo done > /f\n"),
    Case("run-without-network", "FROM busybox\nRUN --network=none ls /sys/class/net > /f\n"),
    Case(
        "predefined-arguments", "FROM busybox\nRUN echo $HTTP_PROXY > /f\n", build_args={"HTTP_PROXY": "http://proxy:1"}
    ),
    Case(
        "run-exec-form-finds-its-command",
        """\
FROM busybox
RUN mkdir /opt && printf '#!/bin/sh\\necho "$0 $#" > /f\\n' > /opt/mine && chmod 755 /opt/mine
ENV PATH=/opt:$PATH
RUN ["mine", "a b", "", "$HOME"]
WORKDIR /opt
RUN ["./mine"]
RUN ["sh", "-c", "echo \\"$@\\" > /g", "x", "y z"]
""",
    ),
    Case(
        "run-as-users-of-all-forms",
        """\
FROM busybox
RUN echo app:x:1234:555::/home/app:/bin/sh >> /etc/passwd && echo more:x:777:app,nobody >> /etc/group && mkdir -m 777 /o
USER app
RUN id > /o/1; echo $HOME >> /o/1; touch ~ /o/owned; true
USER app:more
RUN id > /o/2
USER 1234
RUN id > /o/3; echo $HOME >> /o/3
USER 4321
RUN id > /o/4; echo $HOME >> /o/4
USER 1234:0
RUN id > /o/5
USER nobody:50
RUN id > /o/6
USER root
RUN id > /o/7
USER 0:0
RUN id > /o/8; echo $HOME >> /o/8
""",
    ),
    Case(
        "run-where-home-is-set",
        """\
FROM busybox
ENV HOME=/elsewhere
RUN echo $HOME > /f
USER 33
RUN echo $HOME > /tmp/g
""",
    ),
    Case(
        "run-in-a-directory-that-is-gone",
        """\
FROM busybox
WORKDIR /w/x
RUN rm -r /w && echo > /f
RUN pwd > /g && echo > here
""",
    ),
    Case(
        "run-in-a-directory-of-somebody-else",
        """\
FROM busybox
RUN mkdir -m 700 /secret && mkdir -m 777 /o
WORKDIR /secret
USER 5
RUN id -u > /o/f; ls > /o/g 2>&1 || echo denied >> /o/g
""",
    ),
    Case(
        "run-by-other-shells",
        """\
FROM debian:stable-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN echo "$BASH_VERSINFO" > /f; [[ -e /f ]] && echo ${BASH_SOURCE[0]-none} $- >> /f
SHELL ["/usr/bin/perl", "-e"]
RUN open(F, '>', '/g'); print F 'perl';
SHELL ["/bin/sh", "-c", "echo $0 $@ > /h", "zero"]
RUN one two
""",
    ),
    Case(
        "run-with-background-processes",
        """\
FROM busybox
RUN (sleep 300; echo late > /late) & echo $! > /dev/null; setsid sleep 300 & true
RUN ps | grep -c '[s]leep' > /count; true
""",
    ),
    Case(
        "run-sees-no-terminal-and-no-input",
        """\
FROM busybox
RUN test -t 0 && echo in > /f; test -t 1 && echo out >> /f; cat > /stdin; true
""",
    ),
    Case(
        "run-sees-the-same-machine",
        """\
FROM busybox
RUN hostname > /f; echo $HOSTNAME >> /f; umask >> /f; pwd >> /f; echo $SHLVL $TERM >> /f; env | cut -d= -f1 | sort >> /f
RUN grep -c . /etc/resolv.conf > /dev/null; cat /etc/hosts | grep -c localhost > /dev/null; \\
    stat -c '%a %u' / /dev/null /tmp > /g
RUN cat /proc/sys/kernel/domainname > /h; ls /dev | grep -v -e core -e mqueue > /dev-names; \\
    grep -E '^(Cap|Seccomp|NoNew)' /proc/self/status > /caps
""",
    ),
    Case(
        "run-writes-the-name-of-the-machine",
        """\
FROM busybox
RUN [ ! -e /etc/hostname ] && umask 027 && echo name > /etc/hostname && touch /f
RUN grep name /etc/hostname > /g && sed -i s/name/new/ /etc/hostname
RUN touch /later
RUN cat /etc/hostname > /h && chown 5:6 /etc/hostname
FROM busybox
COPY --from=0 /etc/hostname /etc/hostname
COPY --from=0 /f /g /h /copied/
RUN stat -c '%a %u %g %s' /etc/hostname > /seen; rm /etc/hostname
RUN ls /etc/hostname > /gone; true
""",
    ),
    Case(
        "run-reads-the-name-of-the-machine-of-its-image",
        """\
FROM busybox AS own
COPY --chmod=640 name /etc/hostname
RUN cat /etc/hostname > /seen; echo more >> /etc/hostname
FROM busybox
COPY --from=own /etc/hostname /seen /copied/
""",
        {"name": File("name\n")},
    ),
    Case(
        "run-reads-the-name-of-the-machine-of-a-base",
        """\
FROM debian:stable-slim
RUN stat -c '%a %u %s %Y' /etc/hostname > /seen; cat /etc/hostname >> /seen; echo more >> /etc/hostname
RUN ["cp", "-a", "/etc/hostname", "/copy"]
RUN <<END
mv /etc/hostname /moved
END
RUN [ ! -e /etc/hostname ] && touch /gone
""",
    ),
    Case(
        "run-looks-for-the-name-of-the-machine",
        "FROM busybox\nRUN cat /etc/hostname 2> /dev/null || echo none > /f\n",
    ),
    Case(
        "run-with-options-of-sh",
        """\
FROM busybox
SHELL ["/bin/sh", "-eux", "-c"]
RUN false || true; echo $- | grep -c e > /f
SHELL ["/bin/sh", "-o", "pipefail", "-c"]
RUN (false | true) || echo failed > /g
""",
    ),
    Case(
        "run-of-many-words",
        "FROM busybox\nRUN echo " + " ".join(f"word{number}" for number in range(4000)) + " > /f\n",
    ),
    Case(
        "run-with-the-environment-of-a-base",
        """\
FROM busybox AS base
ENV A="with 'quotes'" B='$literal' C="a\\
b" EMPTY=
FROM base
RUN env | grep -E '^(A|B|C|EMPTY)=' | sort > /f
ENV PATH=
RUN ["/bin/sh", "-c", "echo [$PATH] > /g"]
""",
    ),
    Case("run-as-process-1", "FROM busybox\nRUN echo $$ > /f; kill -TERM $$; echo still here >> /f\n"),
    Case(
        "run-changes-what-the-engine-mounts",
        """\
FROM busybox
RUN echo 1.2.3.4 name >> /etc/hosts && echo > /written || echo > /not-written
RUN cat /etc/hosts > /hosts
""",
    ),
]
