"""Stepper's own two themes, dark and light. Every theme of Textual works as well: nothing else names a colour."""

from textual.theme import Theme

DARK = Theme(
    name="stepper-dark",
    dark=True,
    primary="#6ea8d8",
    secondary="#8f9fb8",
    accent="#e0b46c",
    foreground="#d3d7de",
    background="#16191f",
    surface="#1b1f26",
    panel="#262b34",
    success="#86b878",
    warning="#dba35b",
    error="#e0706c",
    variables={
        "border": "#6ea8d8",
        "border-blurred": "#39414d",
        "block-cursor-background": "#2d3a49",
        "block-cursor-foreground": "#e8ebf0",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#242a33",
        "input-selection-background": "#6ea8d8 35%",
    },
)

LIGHT = Theme(
    name="stepper-light",
    dark=False,
    primary="#2a6a9e",
    secondary="#5c6b80",
    accent="#97640a",
    foreground="#2a2f37",
    background="#f6f5f2",
    surface="#fbfaf8",
    panel="#e9e7e2",
    success="#3d7d34",
    warning="#a0670f",
    error="#b93a35",
    variables={
        "border": "#2a6a9e",
        "border-blurred": "#cfcbc3",
        "block-cursor-background": "#d8e4ee",
        "block-cursor-foreground": "#1b1f26",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e9ebea",
        "input-selection-background": "#2a6a9e 30%",
    },
)

THEMES = (DARK, LIGHT)
