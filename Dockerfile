# Segue in a container: docker build -t segue . && docker run -p 8765:8765 -v segue:/data segue
#
# Three stages: the console's pages and the browser's client, the wheel that carries them, and what runs. The embedded PostgreSQL
# comes with the Python packages, so nothing is installed from the system.

FROM node:22-slim AS console
WORKDIR /src/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY console/ ./
RUN npm run build -- --outDir /src/built --emptyOutDir
WORKDIR /src/browser
COPY browser/ ./
RUN npm ci --no-audit --no-fund && node host.mjs /src/hosted
WORKDIR /src/sdk/web
COPY sdk/web/ ./
RUN npm ci --no-audit --no-fund && node build.mjs /src/sdk-built

FROM python:3.13-slim AS wheel
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/segue && /opt/segue/bin/pip install --no-cache-dir "hatchling>=1.27"
COPY src ./src
COPY --from=console /src/built ./src/segue/edge/console/built
COPY --from=console /src/hosted ./src/segue/edge/collecting/hosted
COPY --from=console /src/sdk-built ./src/segue/edge/collecting/sdk
RUN /opt/segue/bin/python -m hatchling build -t wheel -d /wheels

FROM python:3.13-slim AS runtime
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin segue \
    && install -d -o segue -g segue -m 0700 /data
COPY requirements.lock /tmp/requirements.lock
COPY --from=wheel /wheels /tmp/wheels
# the lock pins what is installed; hashes go, since pip wants all or none and the wheel of Segue has none
RUN sed -e 's/ *\\$//' -e '/^ *--hash=/d' /tmp/requirements.lock > /tmp/constraints.txt \
    && python -m venv /opt/segue \
    && /opt/segue/bin/pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl \
    && rm -rf /tmp/constraints.txt /tmp/wheels /tmp/requirements.lock
ENV PATH=/opt/segue/bin:$PATH SEGUE_DATA=/data SEGUE_HOST=0.0.0.0 PYTHONUNBUFFERED=1
USER segue
VOLUME /data
EXPOSE 8765
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8765/health/ready', timeout=4)"]
ENTRYPOINT ["segue"]
CMD ["serve"]
