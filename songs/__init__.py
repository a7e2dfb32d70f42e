"""The nouns of Soundkin: songs, vectors, labels, jobs, errors, settings and ports (numpy only)."""
