"""Composition root of the web process: ``gunicorn -c python:api.gunicorn_settings api.wsgi:app``.

Built in each process after the fork: a FAISS index that was searched before a fork hangs after it.
"""

import logging

from flask import Flask

from api.app import create_app
from api.settings import ApiSettings
from indexer.faiss_index import single_threaded
from indexer.follower import FollowingIndex
from jobs.broker import broker_config, celery_app
from jobs.ledger import JobLedger
from jobs.queue import CeleryQueue
from songs.settings import Settings, settings_from_env
from songs.vectors import DIMENSIONS
from store import open_store
from store.shelf import Shelf

ADMIN = frozenset({"admin"})


def build(settings: Settings) -> Flask:
    """Open what the settings name and return the application; raises InvalidSettings, StoreUnavailable."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    single_threaded()
    home = settings.place()
    home.audio.mkdir(parents=True, exist_ok=True)
    store, shelf = open_store(settings.database()), Shelf(home.audio)
    if settings.key is not None and not len(store.keys):
        store.keys.add(settings.key, ADMIN)
    queue = CeleryQueue(celery_app(broker_config(settings.redis_url, home.broker)))
    return create_app(
        catalogue=store.songs,
        library=store.songs,
        models=store.models,
        index=FollowingIndex(home.index, store.log, store.models.active, DIMENSIONS),
        jobs=store.jobs,
        ledger=JobLedger(store.jobs, queue, max_attempts=settings.max_attempts),
        keys=store.keys,
        explanations=store.explanations,
        keep=lambda stream, _: shelf.put(stream),
        drop=shelf.remove,
        settings=ApiSettings(max_upload=settings.max_upload, roots=settings.roots, spool=home.audio),
    )


app = build(settings_from_env())
