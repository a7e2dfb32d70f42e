"""The port JobQueue, on every adapter and broker."""

import json
import socket
import time

import pytest
from kombu import Queue

from jobs.broker import broker_config, celery_app
from jobs.memory import ListQueue
from jobs.queue import CeleryQueue
from songs.errors import QueueUnavailable
from songs.identity import fresh


def received(app, queue):
    """Take all messages out of a real queue, as (task, arguments)."""
    found = []
    with app.connection_for_read() as connection, connection.channel() as channel:
        while (message := Queue(queue, channel=channel).get(no_ack=True)) is not None:
            assert message.content_type == "application/json"
            found.append((message.headers["task"], tuple(json.loads(message.body)[0])))
    return found


class Listed:
    """The in-memory twin with what a test wants to see of it."""

    def __init__(self):
        self.queue = ListQueue()

    def ingest(self):
        return [("ingest", (job_id,)) for job_id in self.queue.drain()]

    def index(self):
        return [("index", ())] * self.queue.drain_index()


class Sent:
    """A Celery queue and its broker."""

    def __init__(self, redis_url, folder):
        self.app = celery_app(broker_config(redis_url, folder))
        self.queue = CeleryQueue(self.app)

    def ingest(self):
        return received(self.app, "ingest")

    def index(self):
        return received(self.app, "index")


@pytest.fixture(params=["list", "filesystem", "redis"])
def place(request, tmp_path):
    if request.param == "list":
        return Listed()
    return Sent(request.getfixturevalue("redis_url") if request.param == "redis" else None, tmp_path / "broker")


@pytest.fixture
def silent_port():
    """A port where connections are accepted and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_every_job_is_one_message(place):
    ids = [fresh() for _ in range(5)]
    assert place.queue.depth() == 0
    place.queue.send(ids[:3])
    place.queue.send([])
    place.queue.send(ids[3:])
    assert place.queue.depth() == 5
    assert sorted(place.ingest()) == sorted(("ingest", (job_id,)) for job_id in ids)
    assert place.queue.depth() == 0


def test_a_job_may_be_sent_again(place):
    place.queue.send(["one"])
    place.queue.send(["one"])
    assert place.ingest() == [("ingest", ("one",))] * 2


def test_the_index_worker_is_woken_once(place):
    for _ in range(3):
        place.queue.wake_index()
    assert place.queue.depth() == 0, "not a job"
    assert place.index() == [("index", ())]
    place.queue.wake_index()
    assert place.index() == [("index", ())]


def test_another_process_sees_the_same_queue(request, tmp_path):
    for redis_url in (None, request.getfixturevalue("redis_url")):
        one, other = Sent(redis_url, tmp_path / "broker"), Sent(redis_url, tmp_path / "broker")
        one.queue.send(["a", "b"])
        assert other.queue.depth() == 2


@pytest.mark.parametrize("broker", ["nobody listens", "nobody answers", "no folder"])
def test_a_broker_that_is_away_is_a_named_error_and_soon(broker, tmp_path, silent_port):
    urls = {"nobody listens": "redis://127.0.0.1:1/0", "nobody answers": f"redis://127.0.0.1:{silent_port}/0"}
    place = Sent(urls.get(broker), tmp_path / "broker")
    if broker == "no folder":
        (tmp_path / "broker" / "messages").rmdir()
        (tmp_path / "broker" / "messages").touch()
    for ask in (place.queue.depth, place.queue.wake_index, lambda: place.queue.send(["a"])):
        began = time.monotonic()
        with pytest.raises(QueueUnavailable):
            ask()
        assert time.monotonic() - began < 15


def test_a_broker_that_goes_and_comes_back(tmp_path):
    place = Sent(None, tmp_path / "broker")
    place.queue.send(["a"])
    messages = tmp_path / "broker" / "messages"
    messages.rename(tmp_path / "elsewhere")
    with pytest.raises(QueueUnavailable):
        place.queue.send(["b"])
    (tmp_path / "elsewhere").rename(messages)
    place.queue.send(["c"])
    assert sorted(place.ingest()) == [("ingest", ("a",)), ("ingest", ("c",))]
