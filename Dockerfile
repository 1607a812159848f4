# One image for every process of workers/; compose.yaml says which of them run.

# ---- build: has pip and the sources; nothing of this stage but /opt/venv goes into the image.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH

# The packages first, from the two files that name them: this layer, the slow one, stays cached while only code changes.
# An empty package stands in for the sources, so that pip reads the dependencies of pyproject.toml and no list repeats them.
COPY pyproject.toml constraints.txt LICENSE README.md ./
RUN mkdir -p src/ingest && touch src/ingest/__init__.py \
 && pip install -c constraints.txt setuptools \
 && pip install -c constraints.txt --no-build-isolation ".[web]"

COPY src src
# The stand-in has the same version, so pip is told to replace it; its dependencies are there already.
RUN pip install --no-build-isolation --no-deps --force-reinstall .

# The word table takes 5 s to make and is mapped, one copy for all processes of a host. Made here, in the environment's own
# share/, because a container's file system is read-only (compose.yaml) and every start would pay for it again.
RUN python -c 'from ingest.background import load; load(say=print)'

# They build; nothing that runs needs them.
RUN pip uninstall -y setuptools pip

# ---- the image
FROM python:3.12-slim
# A number, not a name: Kubernetes' runAsNonRoot cannot tell that a name is not root. No shell, no home: nobody logs in.
RUN groupadd --gid 10001 storywire \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin storywire
COPY --from=build /opt/venv /opt/venv
COPY workers /app/workers
WORKDIR /app
# PYTHONUNBUFFERED: a log line is out before a kill. PYTHONDONTWRITEBYTECODE: the file system is read-only.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
# What every worker answers by finishing what is in hand, or leaving it to another. Docker's default, said because the
# promise of a quiet restart depends on it.
STOPSIGNAL SIGTERM
# Exec form: a shell in between would be the one to get the signal, and keep it.
CMD ["python", "workers/process.py"]
