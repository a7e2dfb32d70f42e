"""What signal processing tells of a recording: loudness, tempo, beats, metre, key, sections and segments."""
