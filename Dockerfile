# Clearspan and nothing of its tests; state is in /data. How to use it: docs/guides/install.md
FROM python:3.11-slim-bookworm

ENV CLEARSPAN_HOME=/data \
    CLEARSPAN_HOST=0.0.0.0 \
    PYTHONUNBUFFERED=1

RUN useradd --create-home --uid 1000 clearspan \
    && install --directory --owner=clearspan --mode=700 /data

WORKDIR /opt/clearspan
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY src ./src
# uv takes PyTorch for processors alone; pip would bring several gigabytes for graphics processors.
RUN pip install --no-cache-dir uv==0.9.7 \
    && uv pip install --system --no-cache --torch-backend cpu --constraint constraints.txt '.[mcp]' \
    && pip uninstall --yes uv

USER clearspan
VOLUME /data
EXPOSE 8710
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8710/healthz', timeout=4)"]
# `up` fetches the weights at the first start, and shows the sample library.
CMD ["clearspan", "up", "--no-open"]
