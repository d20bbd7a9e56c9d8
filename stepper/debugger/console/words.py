"""The words that the console knows itself, and its help."""

KEYWORDS = ("RUN", "COPY", "ADD", "ENV", "ARG", "WORKDIR", "USER", "SHELL", "LABEL", "EXPOSE", "VOLUME", "STOPSIGNAL")
"""A line that begins with one of these is an instruction."""
COMMANDS = ("p", "keep", "undo", "help")
ABOVE_FAILED = """\
it stands above the instruction that failed, on the state before that;
to have it in that instruction, undo, and write it there (e)"""
"""What is to be known of what is kept after a failure."""
HELP = """\
COMMAND          runs it as a RUN would be run here; the build never sees it.
                 Inside of a RUN it runs in a copy of that RUN's container
RUN, ENV, COPY…  the same for any instruction: what comes after sees it
p EXPRESSION     prints: p env.PATH, p arg.V, p file("/etc/os-release")
keep [N | all]   writes it above what is next, or failed, in the Dockerfile
keep shell       the same for what was entered in the last shell (K chooses)
undo             takes out again what was kept last"""
