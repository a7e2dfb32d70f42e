from jobs.broker import broker_config, celery_app


def test_files_are_put_where_they_are_looked_for(tmp_path):
    config = broker_config(None, tmp_path / "broker")
    options = config["broker_transport_options"]
    assert options["data_folder_in"] == options["data_folder_out"] == str(tmp_path / "broker" / "messages")
    assert all((tmp_path / "broker" / name).is_dir() for name in ("messages", "control", "processed"))
    assert broker_config(None, tmp_path / "broker") == config


def test_redis_leaves_the_folder_alone(tmp_path):
    config = broker_config("redis://somewhere/3", tmp_path / "broker")
    assert config["broker_url"] == "redis://somewhere/3"
    assert list(tmp_path.iterdir()) == []


def test_a_message_is_taken_for_done_only_when_it_is(tmp_path):
    for redis_url in (None, "redis://somewhere"):
        conf = celery_app(broker_config(redis_url, tmp_path)).conf
        assert conf.task_acks_late
        assert conf.task_reject_on_worker_lost
        assert conf.worker_prefetch_multiplier == 1
        assert conf.accept_content == ["json"]
        assert conf.task_ignore_result
        assert not conf.worker_hijack_root_logger


def test_two_applications_do_not_share_settings(tmp_path):
    one = celery_app(broker_config(None, tmp_path / "one"))
    other = celery_app(broker_config("redis://somewhere", tmp_path))
    assert one.conf.broker_url == "filesystem://"
    assert other.conf.broker_url == "redis://somewhere"
    assert "ingest" not in one.tasks
