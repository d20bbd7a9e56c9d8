"""The panels of the main screen, in the order of their keys."""

from stepper.tui.panel_order import OrderedPanel


class Panel(OrderedPanel):
    """One panel; the value is what its title says."""

    STAGES = "Stages"
    DOCKERFILE = "Dockerfile"
    OUTPUT = "Output"
    CHANGES = "Changes"
    FILES = "Files"
    COPY = "Copy"
    CONFIG = "Config"
    IMAGE = "Image"
    VARIABLES = "Variables"
    STEP = "Step"

    @property
    def shows(self) -> str:
        """What is to be seen in it, for the help."""
        return _SHOWS[self]


_SHOWS = {
    Panel.STAGES: "the stages",
    Panel.DOCKERFILE: "the Dockerfile",
    Panel.OUTPUT: "the output of the step",
    Panel.CHANGES: "what the step did to the filesystem",
    Panel.FILES: "the whole filesystem after the step, and which step wrote each file",
    Panel.COPY: "what a COPY or ADD copies, or will copy, and what is kept out of it",
    Panel.CONFIG: "the image configuration after the step",
    Panel.IMAGE: "the image after the step: every layer as a bar, and the bytes that nobody can reach",
    Panel.VARIABLES: "the variables that the instruction sees, with where each value comes from",
    Panel.STEP: "all that is known of the step: how it went, why it ran, what failed in it",
}
INSPECTOR = (Panel.CHANGES, Panel.FILES, Panel.COPY, Panel.CONFIG, Panel.IMAGE, Panel.VARIABLES, Panel.STEP)
"""The panels that share the inspector."""
