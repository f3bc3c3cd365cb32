"""Builds the extension mylonite._core by CMake; the rest of the packaging stands in pyproject.toml.

CMAKE_ARGS in the environment goes to cmake. The build directory is kept, so the next build is quick.
"""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent


def release() -> str:
    found = re.search(r'kRelease = "([^"]+)"', (ROOT / "core/base/release.h").read_text())
    if found is None:
        sys.exit("core/base/release.h names no release")
    return found.group(1)


def refuse(what: str, packages: str) -> None:
    sys.exit(f"mylonite: {what}. On Debian 12: apt-get install {packages}")


def check_tools() -> None:
    if sys.version_info < (3, 11):
        refuse(f"Python 3.11 or later is needed, and {sys.executable} is {sys.version.split()[0]}", "python3")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        refuse(f"the headers of {sys.executable} are missing", "python3-dev, and use /usr/bin/python3")
    for module, packages in [("wheel", "python3-wheel"), ("pybind11", "pybind11-dev python3-pybind11")]:
        if importlib.util.find_spec(module) is None:
            venv = "and use /usr/bin/python3 or a venv of it with --system-site-packages"
            refuse(f"{sys.executable} has no {module}", f"{packages}, {venv}")
    if shutil.which("cmake") is None:
        refuse("there is no cmake", "cmake")
    if shutil.which("ninja") is None:
        refuse("there is no ninja", "ninja-build")
    if shutil.which(os.environ.get("CXX", "c++")) is None:
        refuse("there is no C++ compiler", "g++")


class CMakeBuild(build_ext):
    def build_extension(self, extension: Extension) -> None:
        build = ROOT / "build" / f"python-{sys.implementation.cache_tag}"
        self.run_echoed(
            ["cmake", "-G", "Ninja", "-S", str(ROOT), "-B", str(build), "-DCMAKE_BUILD_TYPE=Release"]
            + ["-DMYLONITE_PYTHON=ON", "-DMYLONITE_PROGRAMS=OFF", "-DMYLONITE_INSTALL=OFF"]
            + [f"-DPython_EXECUTABLE={sys.executable}"]
            + shlex.split(os.environ.get("CMAKE_ARGS", ""))
        )
        self.run_echoed(["cmake", "--build", str(build), "--target", "mylonite_python"])
        target = Path(self.get_ext_fullpath(extension.name)).resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        (built,) = (build / "notebooks/python").glob("_core.*.so")
        # A new file in place of the old one: another process may have the old one mapped.
        shutil.copyfile(built, target.with_suffix(".new"))
        os.replace(target.with_suffix(".new"), target)

    def run_echoed(self, command: list[str]) -> None:
        print("+", shlex.join(command), flush=True)
        done = subprocess.run(command)
        if done.returncode != 0:
            sys.exit("mylonite: the build of the extension failed; what CMake or the compiler said stands above")


if __name__ == "__main__":
    check_tools()  # before setuptools says the same in words of its own
    setup(version=release(), ext_modules=[Extension("mylonite._core", sources=[])], cmdclass={"build_ext": CMakeBuild})
