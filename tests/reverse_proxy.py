"""A proxy that serves a page below a path: `python -m tests.reverse_proxy PORT TARGET PATH strip|pass`.

It hands an address on without the path, as nginx and Jupyter do, or with it; and like these the name under
which it was asked, and for whom.
"""

import sys

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route


def build_proxy(target, path, strips):
    """Return an app that passes what lies below `path` on to the server at `target`."""
    # Each time anew: a connection that is kept may be closed at its other end just when it is used again.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    client = httpx.AsyncClient(base_url=target, timeout=None, limits=limits, trust_env=False)

    async def pass_on(request):
        asked = request.scope["raw_path"].decode()
        if not asked.startswith(path):
            return PlainTextResponse("Nothing of the page's lies here.", 404)
        url = httpx.URL(
            path=asked.removeprefix(path) if strips else asked, query=request.scope["query_string"]
        )
        headers = [*request.headers.raw, (b"x-forwarded-for", request.client.host.encode())]
        sent = client.build_request(request.method, url, headers=headers, content=await request.body())
        answer = await client.send(sent, stream=True)

        async def read():
            try:
                async for part in answer.aiter_raw():
                    yield part
            finally:
                await answer.aclose()

        response = StreamingResponse(read(), answer.status_code)
        response.raw_headers = [pair for pair in answer.headers.raw if pair[0].lower() != b"connection"]
        return response

    methods = ["GET", "HEAD", "POST", "OPTIONS"]
    return Starlette(routes=[Route("/{rest:path}", pass_on, methods=methods)])


if __name__ == "__main__":
    port, target, path, kind = sys.argv[1:]
    uvicorn.run(build_proxy(target, path, kind == "strip"), port=int(port), log_level="warning")
