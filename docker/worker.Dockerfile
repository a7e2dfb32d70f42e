# The workers and the sweeper: one image, three commands.
FROM python:3.11-slim AS build
COPY . /src
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -c /src/constraints.txt '/src[worker]'

FROM python:3.11-slim
# the folders exist here so that the named volumes mounted on them belong to the user
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin soundkin \
    && install -d -o soundkin -g soundkin /data /data/index
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SOUNDKIN_HOME=/data
USER soundkin
WORKDIR /data
ENTRYPOINT ["python", "-m"]
CMD ["celery", "-A", "worker.celeryd", "worker", "-Q", "ingest", "--loglevel", "INFO"]
