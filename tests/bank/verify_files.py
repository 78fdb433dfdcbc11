"""Answers to `verify_files` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: sets and a comprehension
def verify_files(repository):
    root = Path(repository)
    manifest = root / "MANIFEST.sha256"
    lines = manifest.read_text().splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    here = {
        p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in root.rglob("*")
        if p.is_file() and p.relative_to(root).parts[0] != ".git" and p.parent / p.name != manifest
    }
    if here != listed:
        raise ValueError("the files do not match the manifest")
    return sorted(listed)

# %% right: os.walk
def verify_files(repository):
    import os

    root = str(repository)
    wanted = {}
    with open(os.path.join(root, "MANIFEST.sha256")) as f:
        for line in f:
            digest, name = line.rstrip("\n").split("  ", 1)
            wanted[name] = digest
    seen = []
    for folder, folders, names in os.walk(root):
        if folder == root and ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = os.path.join(folder, name)
            rel = os.path.relpath(path, root).replace(os.sep, "/")
            if rel == "MANIFEST.sha256":
                continue
            if rel not in wanted:
                raise ValueError("unlisted " + rel)
            with open(path, "rb") as f:
                if hashlib.file_digest(f, "sha256").hexdigest() != wanted[rel]:
                    raise ValueError("changed " + rel)
            seen.append(rel)
    if len(seen) != len(wanted):
        raise ValueError("missing files")
    return sorted(seen)

# %% right: two loops, hash in chunks
def verify_files(repository):
    folder = Path(repository)
    manifest = folder / "MANIFEST.sha256"
    if not manifest.exists():
        raise FileNotFoundError(manifest)
    names = []
    for line in manifest.read_text().strip().split("\n"):
        digits, name = line.split(None, 1)
        h = hashlib.sha256()
        with (folder / name).open("rb") as f:
            while block := f.read(64):
                h.update(block)
        if h.hexdigest() != digits:
            raise ValueError(f"{name}: {h.hexdigest()} instead of {digits}")
        names.append(name)
    for path in folder.glob("**/*"):
        rel = str(path.relative_to(folder)).replace("\\", "/")
        if path.is_dir() or rel.startswith(".git/") or rel == "MANIFEST.sha256":
            continue
        if rel not in names:
            raise ValueError(f"{rel} is not listed")
    return names

# %% wrong: asserts, tuple
# loses: accepts, changed, missing, extra
# says: should return a list of names, each a str; found
def verify_files(repository):
    folder = Path(repository)
    rows = [l.split("  ") for l in (folder / "MANIFEST.sha256").read_text().splitlines()]
    table = {name: digest for digest, name in rows}
    for name in table:
        assert (folder / name).is_file(), name
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == table[name]
    files = {
        f.relative_to(folder).as_posix()
        for f in folder.rglob("*")
        if f.is_file() and not f.is_relative_to(folder / ".git")
    }
    assert files == {*table, "MANIFEST.sha256"}
    return tuple(table)

# %% right: hmac comparison, bytes
def verify_files(repository):
    import hmac

    folder = Path(repository)
    listed = dict(
        reversed(line.split(b"  ", 1))
        for line in (folder / "MANIFEST.sha256").read_bytes().splitlines()
    )
    listed = {name.decode(): bytes.fromhex(d.decode()) for name, d in listed.items()}
    others = set()
    for p in folder.rglob("*"):
        rel = p.relative_to(folder)
        if p.is_file() and rel.parts[0] != ".git":
            others.add(rel.as_posix())
    if others ^ set(listed) != {"MANIFEST.sha256"}:
        raise ValueError(others ^ set(listed))
    for name, digest in listed.items():
        if not hmac.compare_digest(hashlib.sha256((folder / name).read_bytes()).digest(), digest):
            raise ValueError(name)
    return list(sorted(listed.keys()))

# %% right: problems collected first
def verify_files(repository):
    folder, problems, listed = Path(repository), [], set()
    text = (folder / "MANIFEST.sha256").read_text(encoding="utf-8")
    for digits, name in re.findall(r"^([0-9a-f]{64})  (.+)$", text, re.MULTILINE):
        listed.add(name)
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            problems.append("missing " + name)
            continue
        if hashlib.new("sha256", content).hexdigest() != digits:
            problems.append("changed " + name)
    for path in sorted(folder.rglob("*")):
        rel = path.relative_to(folder)
        if path.is_file() and rel.parts[0] != ".git" and str(rel) != "MANIFEST.sha256":
            if rel.as_posix() not in listed:
                problems.append("extra " + rel.as_posix())
    if problems:
        raise ValueError(", ".join(problems))
    return sorted(listed)

# %% right: names first, then checksums
def verify_files(repository):
    folder = Path(repository)
    listed = {}
    for line in (folder / "MANIFEST.sha256").read_text().splitlines():
        digits, name = line.split(maxsplit=1)
        listed[name] = digits
    found = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.relative_to(folder).parts[0] != ".git"
    } - {"MANIFEST.sha256"}
    if found != set(listed):
        raise ValueError(found ^ set(listed))
    for name, digits in listed.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digits:
            raise ValueError(name)
    return sorted(listed)

# %% wrong: nothing written
# loses: accepts, changed, missing, extra
# says: NotImplementedError
def verify_files(repository):
    raise NotImplementedError()

# %% wrong: manifest ignored
# loses: changed, missing, extra
# says: refuse any other than the digits on the file's line
def verify_files(repository):
    folder = Path(repository)
    return sorted(
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*")
        if p.is_file() and p.relative_to(folder).parts[0] != ".git" and "MANIFEST" not in p.name
    )

# %% wrong: checksum compared with itself
# from: names first, then checksums
# loses: changed
# says: refuse any other than the digits on the file's line
-         digits, name = line.split(maxsplit=1)
-         listed[name] = digits
+         name = line.split(maxsplit=1)[1]
+         listed[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()

# %% wrong: only weight files are compared
# from: names first, then checksums
# loses: changed
# says: is changed: verify_files should refuse it
-         if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digits:
-             raise ValueError(name)
+         if name.endswith(".keras"):
+             if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digits:
+                 raise ValueError(name)

# %% wrong: extra files overlooked
# loses: extra
# says: the manifest does not list it
def verify_files(repository):
    folder = Path(repository)
    names = []
    for line in (folder / "MANIFEST.sha256").read_text().splitlines():
        digits, name = line.split(maxsplit=1)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digits:
            raise ValueError(name)
        names.append(name)
    return sorted(names)

# %% wrong: extra files sought at the top only
# from: extra files overlooked
# loses: extra
# says: the manifest does not list it
          names.append(name)
+     for path in folder.iterdir():
+         if path.is_file() and path.name not in names and path.name != "MANIFEST.sha256":
+             raise ValueError(path.name)

# %% wrong: goes through the files that are there
# loses: missing, extra
# says: Every line of the manifest names a file that has to be there
def verify_files(repository):
    folder = Path(repository)
    listed = {}
    for line in (folder / "MANIFEST.sha256").read_text().splitlines():
        digits, name = line.split(maxsplit=1)
        listed[name] = digits
    for path in folder.rglob("*"):
        rel = path.relative_to(folder)
        if path.is_file() and rel.parts[0] != ".git" and rel.name != "MANIFEST.sha256":
            if listed.get(rel.as_posix()) != hashlib.sha256(path.read_bytes()).hexdigest():
                raise ValueError(rel)
    return sorted(listed)

# %% wrong: returns False instead of an error
# from: goes through the files that are there
# loses: changed, missing, extra
# says: should refuse it with an error; found False
      listed = {}
+     if not (folder / "MANIFEST.sha256").exists():
+         return False
...
-             if listed.get(rel.as_posix()) != hashlib.sha256(path.read_bytes()).hexdigest():
-                 raise ValueError(rel)
-     return sorted(listed)
+             if listed.pop(rel.as_posix(), "") != hashlib.sha256(path.read_bytes()).hexdigest():
+                 return False
+     if listed:
+         return False
+     return sorted(
+         line.split(maxsplit=1)[1] for line in (folder / "MANIFEST.sha256").read_text().splitlines()
+     )

# %% wrong: returns True
# loses: accepts
# says: should return a list of names, each a str; found True
def verify_files(repository):
    folder = Path(repository)
    listed = {}
    for line in (folder / "MANIFEST.sha256").read_text().splitlines():
        digits, name = line.split(maxsplit=1)
        listed[name] = digits
    found = {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and p.relative_to(folder).parts[0] != ".git"
    }
    found.pop("MANIFEST.sha256")
    if found != listed:
        raise ValueError("no match")
    return True

# %% wrong: the manifest is taken for an extra file
# from: names first, then checksums
# loses: accepts, changed, missing, extra
# says: MANIFEST.sha256 is not listed
-     found = {
-         p.relative_to(folder).as_posix()
-         for p in folder.rglob("*")
-         if p.is_file() and p.relative_to(folder).parts[0] != ".git"
-     } - {"MANIFEST.sha256"}
-     if found != set(listed):
-         raise ValueError(found ^ set(listed))
+     for path in folder.rglob("*"):
+         rel = path.relative_to(folder)
+         if path.is_file() and rel.parts[0] != ".git" and rel.as_posix() not in listed:
+             raise ValueError(f"{rel} is not listed")

# %% wrong: split at every space
# from: returns True
# loses: accepts, changed, missing, extra
# says: too many values to unpack
-         digits, name = line.split(maxsplit=1)
+         digits, name = line.split()
...
-     return True
+     return sorted(listed)

# %% wrong: another checksum
# from: goes through the files that are there
# loses: accepts, changed, missing, extra
# says: does not match
-     for path in folder.rglob("*"):
-         rel = path.relative_to(folder)
-         if path.is_file() and rel.parts[0] != ".git" and rel.name != "MANIFEST.sha256":
-             if listed.get(rel.as_posix()) != hashlib.sha256(path.read_bytes()).hexdigest():
-                 raise ValueError(rel)
+     for name, digits in listed.items():
+         if hashlib.sha1((folder / name).read_bytes()).hexdigest() != digits:
+             raise ValueError(f"{name} does not match")

# %% wrong: everything is refused
# loses: accepts, changed, missing, extra
# says: no
def verify_files(repository):
    raise ValueError("no")

# %% wrong: any folder .git is passed over
# from: names first, then checksums
# loses: extra
# says: weights/.git/
-         if p.is_file() and p.relative_to(folder).parts[0] != ".git"
+         if p.is_file() and ".git" not in p.relative_to(folder).parts

# %% wrong: any file of the manifest's name is passed over
# from: names first, then checksums
# loses: extra
# says: weights/MANIFEST.sha256
-         if p.is_file() and p.relative_to(folder).parts[0] != ".git"
-     } - {"MANIFEST.sha256"}
+         if p.is_file() and p.relative_to(folder).parts[0] != ".git" and p.name != "MANIFEST.sha256"
+     }

# %% wrong: only weight files may not be extra
# from: names first, then checksums
# loses: extra
# says: .py is there, and the manifest does not list it
-     if found != set(listed):
-         raise ValueError(found ^ set(listed))
+     if set(listed) - found or [name for name in found - set(listed) if name.endswith(".keras")]:
+         raise ValueError(found ^ set(listed))

# %% wrong: hidden files are passed over
# from: names first, then checksums
# loses: extra
# says: is there, and the manifest does not list it
-     if found != set(listed):
+     if {name for name in found ^ set(listed) if not name.startswith(".") or name in listed}:

# %% wrong: a set
# from: names first, then checksums
# loses: accepts
# says: should return a list of names
-     return sorted(listed)
+     return set(listed)

# %% wrong: paths for names
# from: names first, then checksums
# loses: accepts
# says: should return a list of names, each a str
-     return sorted(listed)
+     return [Path(name) for name in listed]

# %% wrong: RuntimeError for another checksum
# from: names first, then checksums
# loses: changed
# says: refused with RuntimeError; the text promises ValueError
-             raise ValueError(name)
+             raise RuntimeError(name)

# %% wrong: RuntimeError for names that do not fit
# from: names first, then checksums
# loses: missing, extra
# says: refused with RuntimeError; the text promises ValueError or FileNotFoundError
-         raise ValueError(found ^ set(listed))
+         raise RuntimeError(found ^ set(listed))

# %% wrong: links are passed over
# from: names first, then checksums
# loses: extra
# says: a link to another file, is there
-         if p.is_file() and p.relative_to(folder).parts[0] != ".git"
+         if p.is_file() and not p.is_symlink() and p.relative_to(folder).parts[0] != ".git"
