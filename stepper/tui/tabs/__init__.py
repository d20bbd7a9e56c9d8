"""The tabs of the inspector, one module each; see `stepper.tui.inspector` for how to add one."""
