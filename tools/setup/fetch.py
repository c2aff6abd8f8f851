"""Fetches the archives of dependencies.lock into the user's cache, once, and tells CMake where they are.

    fetch.py [--cmake FILE] [--group GROUP]...

An unpacked archive lives in <cache>/dependencies/<name>-<version>-<hash>/ and is never changed afterwards. The registries are
reached through their ordinary clients, pip, npm and mvn, so that a machine's own settings (mirrors, certificates) apply.
"""

import argparse
import fnmatch
import hashlib
import os
import pathlib
import shutil
import sys
import tarfile
import tempfile
import tomllib
import zipfile

import environments
from environments import cache_root, lock, run

HERE = pathlib.Path(__file__).resolve().parent


def download_python(entry: dict, folder: pathlib.Path) -> None:
    environment = environments.ensure("fetch")
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{entry['name']}=={entry['version']} --hash=sha256:{entry['sha256']}\n", encoding="ascii")
    command = [
        str(environment / "bin" / "pip"),
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--dest",
        str(folder),
    ]
    if entry["kind"] == "sdist":
        command += ["--no-binary", entry["name"], "--no-build-isolation"]
    else:
        command += ["--only-binary", ":all:"]
        if "platform" in entry:
            command += [
                "--platform",
                entry["platform"],
                "--python-version",
                entry["python"],
                "--implementation",
                "cp",
            ]
    # The build is never run, so an older CMake than the source distribution asks for will do.
    variables = dict(os.environ, SKBUILD_CMAKE_VERSION=">=3.20", PATH=f"{environment / 'bin'}:{os.environ['PATH']}")
    run([*command, "-r", str(requirement)], env=variables)
    requirement.unlink()


def npm_command() -> list[str]:
    if npm := shutil.which("npm"):
        return [npm]
    return [str(environments.ensure("node") / "bin" / "python"), "-m", "nodejs.npm"]


def download_npm(entry: dict, folder: pathlib.Path) -> None:
    run([*npm_command(), "pack", "--silent", f"{entry['name']}@{entry['version']}"], cwd=folder)


POM = """<project><modelVersion>4.0.0</modelVersion><groupId>fetched</groupId><artifactId>fetched</artifactId>
<version>1</version><dependencies>{}</dependencies></project>"""
DEPENDENCY = (
    "<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>"
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
)
COPY = "org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies"


def fetch_jars(entry: dict, content: pathlib.Path, scratch: pathlib.Path) -> None:
    """The jars of the entry and no others, each the pinned one."""
    if not shutil.which("mvn"):
        sys.exit("jars are fetched with Maven: please install it (./dev setup --full does, on Debian)")
    wanted = "".join(DEPENDENCY.format(*coordinates.split(":")) for coordinates in entry["jars"])
    (scratch / "pom.xml").write_text(POM.format(wanted), encoding="utf-8")
    repository = f"-Dmaven.repo.local={cache_root() / 'maven'}"
    run(["mvn", "--quiet", "--batch-mode", COPY, f"-DoutputDirectory={content}", repository], cwd=scratch)
    pinned = {"{1}-{2}.jar".format(*coordinates.split(":")): sha256 for coordinates, sha256 in entry["jars"].items()}
    for name, sha256 in pinned.items():
        if hashlib.sha256((content / name).read_bytes()).hexdigest() != sha256:
            sys.exit(f"{name}: the jar is not the pinned one (sha256 differs)")


def members(archive: pathlib.Path):
    """Yields (path inside, opener) of every regular file of a tar or zip archive."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as source:
            for name in source.namelist():
                if not name.endswith("/"):
                    yield name, lambda name=name: source.open(name)
    else:
        with tarfile.open(archive) as source:
            for member in source:
                if member.isfile():
                    yield member.name, lambda member=member: source.extractfile(member)


def unpack(entry: dict, archive: pathlib.Path, target: pathlib.Path) -> None:
    count = 0
    for name, opener in members(archive):
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in entry["keep"]):
            continue
        parts = pathlib.PurePosixPath(name).parts[entry["strip"] :]
        if ".." in parts or not parts:
            sys.exit(f"{archive.name}: suspicious path {name}")
        path = target.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        with opener() as source, open(path, "wb") as copy:
            shutil.copyfileobj(source, copy)
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in entry.get("executable", [])):
            path.chmod(0o755)
        count += 1
    if count == 0:
        sys.exit(f"{archive.name}: nothing matches {entry['keep']}")


def rewrite(entry: dict, folder: pathlib.Path) -> None:
    for pattern, old, new in entry.get("rewrite", []):
        for path in sorted(folder.glob(pattern)):
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def fetch_archive(entry: dict, content: pathlib.Path, scratch: pathlib.Path) -> None:
    """What the entry keeps of its archive."""
    downloads = scratch / "download"
    downloads.mkdir()
    (download_npm if entry["kind"] == "npm" else download_python)(entry, downloads)
    files = list(downloads.iterdir())
    if len(files) != 1:
        sys.exit(f"{entry['name']}: expected one archive, got {[file.name for file in files]}")
    if hashlib.sha256(files[0].read_bytes()).hexdigest() != entry["sha256"]:
        sys.exit(f"{entry['name']} {entry['version']}: the archive is not the pinned one (sha256 differs)")
    unpack(entry, files[0], content)
    rewrite(entry, content)
    if entry["kind"] == "wheel":
        environments.archives().mkdir(exist_ok=True)
        files[0].replace(environments.archives() / files[0].name)


def folder_name(key: str, entry: dict) -> str:
    if entry["kind"] == "maven":
        return f"{key}-{hashlib.sha256(repr(entry['jars']).encode()).hexdigest()[:12]}"
    shape = hashlib.sha256(repr((entry["keep"], entry["strip"], entry.get("rewrite"))).encode()).hexdigest()[:4]
    return f"{key}-{entry['version']}-{entry['sha256'][:12]}-{shape}"


def fetch(key: str, entry: dict) -> pathlib.Path:
    """Returns the folder of one unpacked archive, or of an entry's jars, fetching it first when it is not there."""
    target = cache_root() / "dependencies" / folder_name(key, entry)
    if target.exists():
        return target
    print(f"fetching {entry.get('name', key)} {entry.get('version', '')}", flush=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        content = pathlib.Path(scratch, "content")
        content.mkdir()
        (fetch_jars if entry["kind"] == "maven" else fetch_archive)(entry, content, pathlib.Path(scratch))
        content.rename(target)
    return target


def fetch_groups(groups: list[str]) -> dict[str, pathlib.Path]:
    """Fetches every entry of the groups; returns entry -> folder."""
    with open(HERE / "dependencies.lock", "rb") as handle:
        entries = tomllib.load(handle)
    with lock("dependencies"):
        return {key: fetch(key, entry) for key, entry in entries.items() if entry["group"] in groups}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cmake", metavar="FILE", help="write the folders as CMake variables HEARTH_DEPENDENCY_<NAME>")
    parser.add_argument(
        "--group",
        action="append",
        choices=["build", "client", "full", "kubernetes", "spark"],
        help="what to fetch; default: build",
    )
    options = parser.parse_args()
    folders = fetch_groups(options.group or ["build"])
    if options.cmake:
        lines = [f'set(HEARTH_DEPENDENCY_{key.upper()} "{folder}")\n' for key, folder in folders.items()]
        pathlib.Path(options.cmake).write_text("".join(lines), encoding="utf-8")
    else:
        for key, folder in folders.items():
            print(f"{key}\t{folder}")


if __name__ == "__main__":
    main()
