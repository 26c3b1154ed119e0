"""The errors of the library, one small tree.

    TiaowenError                 anything a person can be told in one line
    ├── ConfigError              a setting is unknown, malformed or out of bounds
    ├── InputError               a question, option or argument cannot be used
    ├── DocumentError            a file cannot be read as a policy document
    ├── ModelError               a model is missing, damaged or will not load
    │   └── FetchError           fetching a model failed; what was fetched is kept
    ├── IndexNotUsableError      the index is missing, damaged or was made by something else
    └── StorageError             the disk is full or a folder cannot be written

Every message holds what happened, with which value, what was expected and what to do next.
"""


class TiaowenError(Exception):
    """Raised for anything that one clear line can tell; the edges print it without a traceback."""


class ConfigError(TiaowenError):
    """Raised when a setting is unknown, malformed or out of bounds."""


class InputError(TiaowenError):
    """Raised when a question, an option or an argument cannot be used."""


class DocumentError(TiaowenError):
    """Raised when a file cannot be read as a policy document; the message names the file."""


class ModelError(TiaowenError):
    """Raised when a model is missing, damaged or will not load."""


class FetchError(ModelError):
    """Raised when fetching a model fails; the next fetch goes on where this one stopped."""


class IndexNotUsableError(TiaowenError):
    """Raised when the index is missing, damaged or was made with another model or schema."""


class StorageError(TiaowenError):
    """Raised when the disk is full or a folder cannot be written; what was there is unchanged."""
