"""How gunicorn serves ``api.wsgi:app``: read by ``-c python:api.gunicorn_settings``; arguments win over it."""

from pathlib import Path

from songs.settings import settings_from_env

_settings = settings_from_env()
_memory = Path("/dev/shm")  # noqa: S108 - only where heartbeats are touched, so that a slow disk kills no worker

bind = f"127.0.0.1:{_settings.port}"
workers = _settings.web_workers
worker_class = "gthread"
threads = 4
preload_app = False  # an index that is opened before a fork hangs after it
raw_env = ["OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"]  # processes times threads would oversubscribe
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
timeout = 60  # seconds without a sign of life of a process
graceful_timeout = 10  # seconds for requests that are under way when the process is asked to end
keepalive = 5  # seconds
limit_request_line = 8190  # bytes: a path may stand for an id
control_socket_disable = True  # it would lie outside of the home
errorlog = "-"
loglevel = _settings.log_level.lower()
