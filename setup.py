"""What pyproject.toml cannot say: cffi builds the native core; shipped flows and the example site go into the wheel."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = {"ivr_flows": "ivr_flows", "firmware_config/site.example": "site_example"}
"""Folder here -> its name under gateway/_shipped/ (gateway/shipped.py looks there)."""


class BuildWithShipped(build_py):
    """An editable install finds the folders where they are."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for source, name in SHIPPED.items():
            target = Path(self.build_lib) / "gateway" / "_shipped" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)


setup(cffi_modules=["native/build.py:ffibuilder"], cmdclass={"build_py": BuildWithShipped})
