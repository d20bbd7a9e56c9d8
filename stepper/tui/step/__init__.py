"""The sections of the Step panel, one module each; see `stepper.tui.step.section` for how to add one."""
