"""Every touch of something private of Gradio, a module each: what it relies on, why, what happens without it.

None of this has a setting. `check.check_patches` compares what each patch relies on with the Gradio that is
installed, at every start; `tests/server/gradio_patches` holds a contract a patch.
"""
