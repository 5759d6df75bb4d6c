# The page for those who host it themselves; docs/hosting.md says more.
#
#     docker build --tag glassbox .
#     docker run --init --publish 7860:7860 --volume glassbox:/data glassbox

FROM python:3.11-slim

RUN pip install --no-cache-dir uv==0.13.9 \
    && useradd --create-home --uid 1000 glassbox \
    && install --directory --owner=glassbox /data

WORKDIR /glassbox
COPY requirements.txt LICENSE ./
# PyTorch without CUDA, which is most of its size: the page computes on the CPU.
RUN uv pip install --system --no-cache --torch-backend cpu --requirement requirements.txt
COPY app app
COPY models models
COPY checkpoints checkpoints

# What is to outlive the container: runs, downloaded data sets, built-in strokes once drawn.
ENV GLASSBOX_RUNS=/data/runs \
    GLASSBOX_DATA=/data/sets \
    XDG_CACHE_HOME=/data/cache \
    PYTHONUNBUFFERED=1
VOLUME /data

USER 1000
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:7860/', timeout=8)"]
CMD ["python", "-m", "app.cli", "--host", "0.0.0.0", "--port", "7860", "--no-open"]
