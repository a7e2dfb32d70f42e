"""JOBS -> CATALOGUE: the ingest use case, the Celery tasks around it, the decoder child, sources and the sweeper."""
