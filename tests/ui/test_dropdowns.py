"""The page's dropdowns."""

import gradio as gr


def test_a_list_whose_choices_change_cannot_be_filtered(built_page):
    """Gradio's script fails where choices become fewer while such a list is open: it reads a lost one."""
    changing = {
        block
        for function in built_page.fns.values()
        for block in function.outputs
        if isinstance(block, gr.Dropdown) and not block.multiselect
    }
    assert len(changing) > 10
    assert [block.label for block in changing if block.filterable] == []
