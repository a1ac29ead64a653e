"""tools/release.sh in a small repository of its own: what it refuses, what a dry run leaves alone, what a release consists of."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).parents[2] / "tools" / "release.sh"
CHANGELOG = "# Changelog\n\n## 1.2.3 (2030-01-31)\n\n- A change.\n\n## 1.2.2 (2029-12-01)\n\n- An older one.\n"
BUILD = 'echo wheel > "$1/tilewright-1.2.3-py3-none-any.whl"; echo source > "$1/tilewright-1.2.3.tar.gz"'


@pytest.fixture
def repository(tmp_path):
    for name, text in {
        "CMakeLists.txt": "project(tilewright VERSION 1.2.3 LANGUAGES CXX)\n",
        "pyproject.toml": 'version = "1.2.3"\n',
        "python/tilewright/__init__.py": '__version__ = "1.2.3"\n',
        "CHANGELOG.md": CHANGELOG,
        ".gitignore": "/dist/\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "tools").mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(where, *args):
    names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *args], cwd=where, capture_output=True, text=True, check=True, env={**os.environ, **names}
    )
    return done.stdout


def commit(where):
    git(where, "add", "-A")
    git(where, "commit", "-qm", "x", "--allow-empty")


def release(where, *args):
    names = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **names, "RELEASE_BUILD": BUILD}
    return subprocess.run(["tools/release.sh", *args], cwd=where, capture_output=True, text=True, env=environment)


def test_a_dry_run_checks_and_leaves_everything_alone(repository):
    result = release(repository, "v1.2.3", "--dry-run")
    assert result.returncode == 0, result.stderr
    assert "v1.2.3 would be made of" in result.stdout
    assert not (repository / "dist").exists()
    assert git(repository, "tag") == ""


def test_a_release_is_files_checksums_notes_and_a_tag(repository):
    result = release(repository, "v1.2.3")
    assert result.returncode == 0, result.stderr
    sums = dict(reversed(line.split()) for line in (repository / "dist" / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {"tilewright-1.2.3-py3-none-any.whl", "tilewright-1.2.3.tar.gz"}
    for name, digest in sums.items():
        assert hashlib.sha256((repository / "dist" / name).read_bytes()).hexdigest() == digest
    assert (repository / "dist" / "NOTES.md").read_text().strip() == "- A change."
    assert git(repository, "tag", "-n9").split() == ["v1.2.3", "tilewright", "1.2.3", "-", "A", "change."]


@pytest.mark.parametrize("tag", ["", "1.2.3", "v1.2", "v01.2.3", "v1.2.3.4", "latest"])
def test_a_tag_is_a_semantic_version(repository, tag):
    result = release(repository, tag, "--dry-run")
    assert result.returncode == 1
    assert "SemVer" in result.stderr


@pytest.mark.parametrize("name", ["CMakeLists.txt", "pyproject.toml", "python/tilewright/__init__.py"])
def test_every_file_must_have_the_tags_version(repository, name):
    path = repository / name
    path.write_text(path.read_text().replace("1.2.3", "1.2.4"))
    commit(repository)
    result = release(repository, "v1.2.3", "--dry-run")
    assert result.returncode == 1
    assert name in result.stderr


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ("## 1.2.2 (2030-01-31)\n\n- A change.\n", "no section"),
        ("## 1.2.3 (unreleased)\n\n- A change.\n", "no date"),
        ("## 1.2.3 (2030-01-31)\n\n\n", "empty"),
        ("## 1x2.3 (2030-01-31)\n\n- A change.\n", "no section"),
    ],
)
def test_the_changelog_must_tell_of_it(repository, section, why):
    (repository / "CHANGELOG.md").write_text(f"# Changelog\n\n{section}\n## 1.0.0 (2020-01-01)\n\n- First.\n")
    commit(repository)
    result = release(repository, "v1.2.3", "--dry-run")
    assert result.returncode == 1
    assert why in result.stderr


def test_uncommitted_changes_and_old_tags_are_refused(repository):
    git(repository, "tag", "v1.2.3")
    assert "exists" in release(repository, "v1.2.3", "--dry-run").stderr
    git(repository, "tag", "-d", "v1.2.3")
    (repository / "stray").write_text("x")
    assert "not committed" in release(repository, "v1.2.3", "--dry-run").stderr
