"""HTTP -> answers: blueprints around ports, built by one factory; only ``api.wsgi`` reads the environment."""
