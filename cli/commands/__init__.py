"""One module a command; ``cli.__main__`` loads the one that is asked for."""
