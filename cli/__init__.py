"""OPERATORS: the command ``soundkin``."""
