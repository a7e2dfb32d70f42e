"""What carries messages: Redis where it is configured, else a folder; the same for senders and workers."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from celery import Celery

PATIENCE = 2.0  # seconds until a broker that does not answer is given up

_ALWAYS: Mapping[str, Any] = MappingProxyType({
    "task_serializer": "json",
    "result_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,  # what became of a job is in its row
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_default_queue": "ingest",
    "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.1, "interval_max": 0.2},
    "broker_connection_timeout": PATIENCE,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,  # a worker waits for its broker however long it is away
    "worker_hijack_root_logger": False,
    "worker_soft_shutdown_timeout": 10.0,  # seconds that a song in work may still take
    "worker_enable_soft_shutdown_on_idle": False,
    "worker_send_task_events": False,
})  # fmt: skip


def broker_config(redis_url: str | None, folder: Path) -> dict[str, Any]:
    """Return Celery's configuration for Redis, or for messages as files below ``folder``, whose folders are made."""
    return dict(_ALWAYS) | (_files(folder) if redis_url is None else _redis(redis_url))


def _redis(url: str) -> dict[str, Any]:
    return {
        "broker_url": url,
        "broker_transport_options": {
            "visibility_timeout": 3600,  # seconds; well above the longest task, else it is delivered twice
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": 5.0,  # seconds; above the one second that a worker waits for messages at a time
            "socket_keepalive": True,
            "max_retries": 1,
            "interval_start": 0.1,
            "interval_step": 0.1,
            "interval_max": 0.2,
        },
    }


def _files(folder: Path) -> dict[str, Any]:
    messages, control, processed = folder / "messages", folder / "control", folder / "processed"
    for each in (messages, control, processed):
        each.mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": str(messages),
            "data_folder_out": str(messages),
            "control_folder": str(control),
            "processed_folder": str(processed),
            "store_processed": False,
            "polling_interval": 0.1,  # seconds between two looks of a worker
        },
    }


def celery_app(config: Mapping[str, Any]) -> Celery:
    """Return a Celery application without tasks: enough to send by name; a worker adds its own."""
    app = Celery("soundkin", set_as_current=False)
    app.conf.update(dict(config))
    return app
