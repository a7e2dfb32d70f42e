"""Making bundles, with Keras; imported by nobody who serves."""
