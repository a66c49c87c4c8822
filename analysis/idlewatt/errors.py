"""The exception of this package. Imports nothing, so that it can be caught when the scientific packages are missing."""


class RunError(Exception):
    """A file that is not the result of a finished run, or a figure that cannot be drawn. One line, names the file."""
