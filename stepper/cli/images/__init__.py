"""Commands about finished images: `stepper layers`, `stepper compare`, `stepper history`."""
