"""Runs the Array API standard's test suite on walle.numpy: see Scripts/array-api."""

import os
import sys

os.environ["ARRAY_API_TESTS_MODULE"] = "walle.numpy"
os.environ.setdefault("ARRAY_API_TESTS_VERSION", "2024.12")
# The folder is that of the whole process, which a task may not change; pytest would only go back to where it was.
os.chdir = lambda path: None

import pytest

sys.exit(
    pytest.main(
        [
            "-s", "-p", "no:faulthandler", "-p", "no:cacheprovider", "-q", "--tb=short", "-o", "addopts=",
            *sys.argv[1:],
        ]
    )
)  # fmt: skip
