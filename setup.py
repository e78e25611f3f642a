"""The one thing pyproject.toml cannot say yet: cffi builds the native core (native/build.py)."""

from setuptools import setup

setup(cffi_modules=["native/build.py:ffibuilder"])
