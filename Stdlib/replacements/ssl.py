"""Ask the policy of the VM before OpenSSL opens a file: it raises no audit event for certificates and keys."""

import os
import sys
from types import ModuleType


def install(ssl: ModuleType) -> None:
    """Replace the methods of ``SSLContext`` that read a file."""
    context = ssl.SSLContext
    original = context.__base__

    def ask(*paths: str | bytes | os.PathLike | None) -> None:
        for path in paths:
            if path is not None:
                sys.audit("open", os.fspath(path), "rb", os.O_RDONLY | os.O_CLOEXEC)

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        ask(certfile, keyfile)
        return original.load_cert_chain(self, certfile, keyfile, password)

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        ask(cafile, capath)
        return original.load_verify_locations(self, cafile, capath, cadata)

    for function in (load_cert_chain, load_verify_locations):
        function.__doc__ = getattr(original, function.__name__).__doc__
        function.__qualname__ = f"SSLContext.{function.__name__}"
        function.__module__ = "ssl"
        setattr(context, function.__name__, function)
