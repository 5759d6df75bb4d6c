"""How the page looks: one Gradio theme and one style sheet, both without outside fonts."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_STYLE_SHEET = Path(__file__).with_name("theme.css")

_SANS_FONTS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")
_MONO_FONTS = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace")

# Teal is the accent: it stays apart from orange (positive) and blue (negative) for colour-blind eyes too.
_TEAL = gr.themes.Color(
    name="glassbox-teal",
    c50="#effcf9", c100="#d3f5ee", c200="#a9eadf", c300="#72d9ca", c400="#3cc2b2", c500="#1aa294",
    c600="#0f766e", c700="#0d635d", c800="#0e4f4b", c900="#0f423f", c950="#042725",
)  # fmt: skip
_SLATE = gr.themes.Color(
    name="glassbox-slate",
    c50="#f6f7f9", c100="#eef1f5", c200="#e0e5ec", c300="#c9d1dc", c400="#97a4b6", c500="#66738a",
    c600="#4c5869", c700="#364152", c800="#1c2636", c900="#151d2b", c950="#0e1420",
)  # fmt: skip


def build_theme() -> gr.themes.Base:
    """Build the Gradio theme of the page.

    Returns:
        A theme on Gradio's own base, with system fonts only, so that the page loads nothing from outside.
    """
    theme = gr.themes.Base(
        primary_hue=_TEAL,
        secondary_hue=_TEAL,
        neutral_hue=_SLATE,
        spacing_size=gr.themes.sizes.spacing_md,
        radius_size=gr.themes.sizes.radius_lg,
        text_size=gr.themes.sizes.text_md,
        font=_SANS_FONTS,
        font_mono=_MONO_FONTS,
    )
    return theme.set(
        body_background_fill="*neutral_50",
        body_background_fill_dark="*neutral_950",
        body_text_color="#172033",
        body_text_color_dark="#e6ebf2",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="#a3b0c2",
        background_fill_primary="white",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_800",
        border_color_primary="*neutral_200",
        border_color_primary_dark="#2a3648",
        border_color_accent="*primary_600",
        border_color_accent_dark="*primary_400",
        color_accent="*primary_600",
        color_accent_soft="*primary_50",
        color_accent_soft_dark="#123431",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        block_background_fill="white",
        block_background_fill_dark="*neutral_900",
        block_border_color="*neutral_200",
        block_border_color_dark="#2a3648",
        block_border_width="0px",
        block_label_text_color="*neutral_600",
        block_label_text_color_dark="#a3b0c2",
        block_title_text_color="#172033",
        block_title_text_color_dark="#e6ebf2",
        block_title_text_weight="600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="#a3b0c2",
        block_shadow="none",
        block_shadow_dark="none",
        input_background_fill="white",
        input_background_fill_dark="*neutral_950",
        input_border_color="*neutral_300",
        input_border_color_dark="#35445a",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        input_border_width="1px",
        input_shadow_focus="0 0 0 3px *primary_100",
        input_shadow_focus_dark="0 0 0 3px #123431",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
        checkbox_background_color_selected="*primary_600",
        checkbox_background_color_selected_dark="*primary_600",
        checkbox_border_color_selected="*primary_600",
        checkbox_border_color_selected_dark="*primary_400",
        checkbox_label_background_fill_selected="*primary_50",
        checkbox_label_background_fill_selected_dark="#123431",
        checkbox_label_text_color_selected="*primary_800",
        checkbox_label_text_color_selected_dark="*primary_200",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_hover_dark="*primary_700",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_background_fill="white",
        button_secondary_background_fill_dark="*neutral_800",
        button_secondary_background_fill_hover="*neutral_100",
        button_secondary_background_fill_hover_dark="#263246",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="#35445a",
        button_border_width="1px",
        button_border_width_dark="1px",
        button_large_text_weight="600",
        loader_color="*primary_600",
    )


def page_css() -> str:
    """Read the style sheet that `launch(css=…)` takes.

    Returns:
        The text of `theme.css`: the colours with a meaning, and the layout that all four tabs share.
    """
    return _STYLE_SHEET.read_text(encoding="utf-8")
