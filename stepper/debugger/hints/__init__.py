"""What is likely to help after a failure: facts that were looked up in the build, one module for each kind of fact.

See `stepper.debugger.hints.table` for how to add one.
"""
