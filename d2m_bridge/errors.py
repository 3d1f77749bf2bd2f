"""The error tree. A message says what happened, what was expected, what was found and what to do."""


class D2MError(Exception):
    """Root of every error that a user can cause or mend."""


class InputError(D2MError):
    """A video, option or folder from the user cannot be used; other inputs are not affected."""


class ModelError(D2MError):
    """A model file is missing, damaged, or disagrees with its manifest."""


class DeviceError(D2MError):
    """A camera, sound device or GPU failed; the text names it."""
