"""Which Java is taken, and with which options."""

import os
import re
import subprocess

import pytest

from workers.local.elasticsearch import java_options
from workers.local.java import find_java


@pytest.fixture
def java_at(tmp_path):
    """Makes a folder with a java that tells a version."""

    def make(place: str, version: str):
        program = tmp_path / place / "bin" / "java"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        program.chmod(0o755)
        return program.parent.parent

    return make


def test_java_home_comes_first_then_path_then_the_usual_folders(java_at, tmp_path):
    home, on_path, usual = (java_at(name, "21.0.1") for name in ("home", "path", "jvm/usual"))
    both = {"JAVA_HOME": str(home), "PATH": str(on_path / "bin")}
    folders = [str(tmp_path / "jvm")]
    assert find_java(both, folders) == home
    assert find_java({"PATH": str(on_path / "bin")}, folders) == on_path
    assert find_java({}, folders) == usual


def test_a_java_that_is_too_old_is_passed_over(java_at, tmp_path):
    old = java_at("old", "11.0.2")
    java_at("jvm/older", "1.8.0_392")
    assert find_java({"JAVA_HOME": str(old)}, [str(tmp_path / "jvm")]) is None
    new = java_at("jvm/temurin", "25")
    assert find_java({"JAVA_HOME": str(old)}, [str(tmp_path / "jvm")]) == new


def test_java_takes_the_options_of_the_embedded_elasticsearch():
    java = find_java(os.environ)
    assert java is not None
    command = [java / "bin" / "java", *java_options({}).split(), "-XX:+PrintFlagsFinal", "-version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    thresholds = dict(re.findall(r"(Tier4\w+Threshold)\s+=\s+(\d+)", told))
    assert thresholds == {
        "Tier4InvocationThreshold": "50000",
        "Tier4MinInvocationThreshold": "6000",
        "Tier4CompileThreshold": "150000",
        "Tier4BackEdgeThreshold": "400000",
    }
