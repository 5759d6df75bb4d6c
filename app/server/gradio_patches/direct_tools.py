"""The tools of the page's MCP server ask it without a proxy."""

from __future__ import annotations

from functools import partial

from gradio_client import Client

from app.server.gradio_patches.patch import Patch

PATCH = Patch(
    "tools without a proxy",
    "Gradio's MCP server asks its own page through the environment's proxy.",
    "Where there is one, every tool fails.",
    ("gradio.mcp.Client",),
    package="mcp",
)


def let_tools_ask_directly() -> None:
    """Let Gradio's MCP server ask its own page without a proxy."""
    from gradio import mcp

    mcp.Client = partial(Client, httpx_kwargs={"trust_env": False})  # type: ignore[attr-defined]
