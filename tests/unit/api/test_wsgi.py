import json
import os
import subprocess
import sys

PROGRAM = """
import json, sys
from api.wsgi import app
client = app.test_client()
heavy = {"tensorflow", "keras", "librosa", "onnxruntime", "soundfile", "scipy", "embedder", "worker"}
key = {"Authorization": "Bearer " + sys.argv[1]}
print(json.dumps({
    "loaded": sorted(heavy & set(sys.modules)),
    "songs": client.get("/v1/songs").status_code,
    "ready": client.get("/readyz").json,
    "delete": [client.delete("/v1/songs/x").status_code, client.delete("/v1/songs/x", headers=key).status_code],
}))
"""
KEY = "key-of-this-test-0123456789"


def run(code, *args, **env):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SOUNDKIN_", "REDIS_URL", "DATABASE_URL"))}
    command = [sys.executable, "-c", code, *args]
    return subprocess.run(command, env=clean | env, capture_output=True, text=True, check=False, timeout=120)


def test_the_web_process_holds_no_machine_learning_and_answers(tmp_path):
    done = run(PROGRAM, KEY, SOUNDKIN_HOME=str(tmp_path / "home"), SOUNDKIN_KEY=KEY)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["loaded"] == []
    assert said["songs"] == 200
    assert said["ready"]["reasons"] == {"database": "no model is active yet"}
    assert said["delete"] == [401, 404], "the key of the environment is the first admin key"


def test_gunicorn_reads_its_settings_from_the_environment(tmp_path):
    code = """
from gunicorn.app.wsgiapp import WSGIApplication
import sys
sys.argv = ["gunicorn", "-c", "python:api.gunicorn_settings", "api.wsgi:app"]
cfg = WSGIApplication().cfg
print(cfg.bind, cfg.workers, cfg.worker_class_str, cfg.preload_app, cfg.env)
"""
    done = run(code, SOUNDKIN_HOME=str(tmp_path), SOUNDKIN_PORT="8123", SOUNDKIN_WEB_WORKERS="3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("['127.0.0.1:8123'] 3 gthread False")
    assert "'OMP_NUM_THREADS': '1'" in done.stdout
