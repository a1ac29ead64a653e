#!/usr/bin/env bash
# A release from a tag's name: checks that version and changelog agree, builds the source archive and the wheel into dist/,
# writes checksums and notes, and tags. Pushing the tag and uploading dist/ is left to a person.
# usage: tools/release.sh vMAJOR.MINOR.PATCH [--dry-run]     (dry run: all checks, nothing built, written or tagged)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "release: $1" >&2; exit 1; }
tag=${1:-}; dry=${2:-}
[[ -z $dry || $dry == --dry-run ]] || fail "unknown option $dry"
[[ $tag =~ ^v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ ]] ||
  fail "'$tag' is no tag of the form v1.2.3 or v1.2.3-rc.1 (SemVer)"
version=${tag#v}

# One version, in three files that different tools read.
same() { grep -qF -- "$2" "$1" || fail "$1 does not say $2"; }
same CMakeLists.txt "project(tilewright VERSION ${version%%-*} "
same pyproject.toml "version = \"$version\""
same python/tilewright/__init__.py "__version__ = \"$version\""

# The changelog's section of this version: dated, and with something in it.
heading=$(grep -m1 -E "^## ${version//./\\.} " CHANGELOG.md) || fail "CHANGELOG.md has no section '## $version (DATE)'"
[[ $heading =~ \([0-9]{4}-[0-9]{2}-[0-9]{2}\)$ ]] || fail "CHANGELOG.md: '$heading' has no date (YYYY-MM-DD)"
notes=$(awk -v head="$heading" '$0 == head {on = 1; next} /^## / {on = 0} on' CHANGELOG.md)
[[ -n ${notes//[[:space:]]/} ]] || fail "CHANGELOG.md: the section of $version is empty"

[[ -z $(git status --porcelain) ]] || fail "the working tree has changes that are not committed"
! git rev-parse -q --verify "refs/tags/$tag" >/dev/null || fail "the tag $tag exists"

if [[ $dry == --dry-run ]]; then
  echo "release: $tag would be made of $(git rev-parse --short HEAD): source archive, wheel, SHA256SUMS, NOTES.md, tag"
  exit 0
fi

rm -rf dist && mkdir dist
# Another builder can be named, which is given the folder; CI builds wheels for several Pythons that way.
if [[ -n ${RELEASE_BUILD:-} ]]; then
  bash -c "$RELEASE_BUILD" release dist
else
  .venv/bin/python -c 'import scikit_build_core.build as b; b.build_sdist("dist")'
  .venv/bin/python -m pip wheel -q --no-deps --no-build-isolation -w dist .
fi
compgen -G "dist/*.whl" >/dev/null || fail "no wheel was built"
printf '%s\n' "$notes" > dist/NOTES.md
(cd dist && sha256sum -- *.whl $(compgen -G '*.tar.gz' || true) > SHA256SUMS)
git tag -a "$tag" -m "tilewright $version" -m "$notes"
echo "release: $tag is ready in dist/; push it with: git push origin $tag"
