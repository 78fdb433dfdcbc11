"""Answers to `clone_repository` in 05_transfer_learning/transfer_learning.ipynb."""

# %% right: step by step
def clone_repository(url, destination, revision):
    pattern = re.compile(r"^[0-9a-f]{7,40}\Z")
    if pattern.match(revision) is None:
        raise ValueError("not a commit id: " + revision)
    git.run("clone", "--no-checkout", "--", str(url), str(destination))
    git.run("checkout", "--detach", revision, folder=str(destination))
    head = git.run("rev-parse", "HEAD", folder=str(destination))
    if head[: len(revision)] != revision:
        raise ValueError("wrong commit " + head)
    return str(destination)

# %% right: plain subprocess with a list
def clone_repository(url, destination, revision):
    import subprocess

    def git_(*words):
        done = subprocess.run(["git", *words], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    if len(revision) < 7 or not all(c in "0123456789abcdef" for c in revision):
        raise ValueError(revision)
    git_("clone", "--quiet", "--no-checkout", "--", str(url), str(destination))
    git_("-C", str(destination), "-c", "advice.detachedHead=false", "checkout", "-q", revision)
    if not git_("-C", str(destination), "rev-parse", "HEAD").startswith(revision):
        raise ValueError("another commit")
    return str(destination)

# %% right: subprocess with check, capture
def clone_repository(url, destination, revision):
    import subprocess

    kw = dict(check=True, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    int(revision, 16)
    if not 7 <= len(revision) <= 40:
        raise ValueError("length of the revision")
    subprocess.run(["git", "clone", "-n", "--", str(url), str(destination)], **kw)
    subprocess.run(["git", "checkout", "--detach", revision], cwd=destination, **kw)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=destination, **kw).stdout
    if not head.startswith(revision):
        raise ValueError(head)
    return str(destination)

# %% right: full id first, own check of the folder, returns a Path
def clone_repository(url, destination, revision):
    destination = Path(destination)
    if destination.exists() and any(destination.iterdir()):
        raise FileExistsError(destination)
    if not re.fullmatch(r"[0-9a-fA-F]{7,40}", revision):
        raise ValueError(revision)
    git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
    full = git.run("rev-parse", "--verify", "--quiet", revision + "^{commit}", folder=destination)
    if not full.startswith(revision):
        raise ValueError("an impostor")
    git.run("checkout", "--quiet", full, folder=destination)
    return destination

# %% right: init, fetch, reset
def clone_repository(url, destination, revision):
    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError("expected a commit id")
    if Path(destination).is_dir() and list(Path(destination).iterdir()):
        raise FileExistsError("not empty")
    git.run("init", "--quiet", destination)
    git.run("remote", "add", "origin", str(url), folder=destination)
    git.run("fetch", "--quiet", "--tags", "origin", folder=destination)
    git.run("reset", "--hard", "--quiet", revision, folder=destination)
    if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
        raise ValueError("another commit")
    return str(destination)

# %% right: normal clone, then checkout
def clone_repository(url, destination, revision):
    hexadecimal = set("0123456789abcdef")
    if not (7 <= len(revision) <= 40 and set(revision) <= hexadecimal):
        raise ValueError(f"{revision} is a name, not an id")
    git.run("clone", "--quiet", "--", url, destination)
    git.run("checkout", "--quiet", revision, "--", folder=destination)
    head = git.run("log", "-1", "--format=%H", folder=destination)
    if head.find(revision) != 0:
        raise ValueError("wrong revision")
    return f"{destination}"

# %% right: a pattern, then clone and checkout in two lines
def clone_repository(url, destination, revision):
    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError(revision)
    git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
    git.run("checkout", "--quiet", "--detach", revision, folder=destination)
    if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
        raise ValueError("another commit")
    return str(destination)

# %% wrong: nothing written
# loses: revision, exact, destination, missing
# says: NotImplementedError
def clone_repository(url, destination, revision):
    raise NotImplementedError()

# %% wrong: the revision is never checked out
# loses: revision, exact, destination, missing
# says: The revision was never checked out
def clone_repository(url, destination, revision):
    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError(revision)
    git.run("clone", "--quiet", "--", url, destination)
    return str(destination)

# %% wrong: any name will do
# loses: exact
# says: revision 'main'
def clone_repository(url, destination, revision):
    git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
    git.run("checkout", "--quiet", "--detach", revision, folder=destination)
    return str(destination)

# %% wrong: branches refused, HEAD not compared
# from: a pattern, then clone and checkout in two lines
# loses: exact
# says: compare the id of HEAD with the revision
-     if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
-         raise ValueError("another commit")

# %% wrong: clone with --branch
# loses: revision, exact, destination, missing
# says: git clone
def clone_repository(url, destination, revision):
    git.run("clone", "--quiet", "--branch", revision, "--", url, destination)
    return str(destination)

# %% wrong: no return
# from: a pattern, then clone and checkout in two lines
# loses: revision
# says: is the return missing?
-     return str(destination)

# %% wrong: returns the commit
# from: a pattern, then clone and checkout in two lines
# loses: revision
# says: should return the destination
-     if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
+     head = git.run("rev-parse", "HEAD", folder=destination)
+     if not head.startswith(revision):
          raise ValueError("another commit")
-     return str(destination)
+     return head

# %% wrong: clears the destination
# from: a pattern, then clone and checkout in two lines
# loses: destination
# says: Never clear a folder that the learner named
  def clone_repository(url, destination, revision):
+     import shutil
+
      if not re.fullmatch("[0-9a-f]{7,40}", revision):
          raise ValueError(revision)
+     shutil.rmtree(destination, ignore_errors=True)

# %% wrong: full destination, old clone used again
# from: a pattern, then clone and checkout in two lines
# loses: destination
# says: the destination holds a file
          raise ValueError(revision)
+     if Path(destination).exists() and any(Path(destination).iterdir()):
+         return str(destination)

# %% wrong: init and fetch into whatever is there
# from: a pattern, then clone and checkout in two lines
# loses: destination
# says: the destination holds a file
-     git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
+     git.run("init", "--quiet", destination)
+     git.run("fetch", "--quiet", str(url), "+refs/*:refs/remotes/all/*", folder=destination)

# %% wrong: a shell and one string
# loses: destination, missing
# says: use no shell
def clone_repository(url, destination, revision):
    import subprocess

    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError(revision)

    def sh(command):
        done = subprocess.run(command, shell=True, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    sh(f"git clone --no-checkout {url} {destination}")
    sh(f"git -C {destination} checkout --detach {revision}")
    if not sh(f"git -C {destination} rev-parse HEAD").startswith(revision):
        raise ValueError("another commit")
    return str(destination)

# %% wrong: return codes ignored, HEAD not compared
# loses: exact, destination, missing
# says: compare the id of HEAD
def clone_repository(url, destination, revision):
    import subprocess

    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError(revision)
    subprocess.run(["git", "clone", "-q", "-n", "--", url, destination], capture_output=True)
    subprocess.run(["git", "checkout", "-q", revision], cwd=destination, capture_output=True) \
        if Path(destination).is_dir() else None
    return str(destination)

# %% wrong: errors swallowed
# from: the revision is never checked out
# loses: exact, destination, missing
# says: compare the id of HEAD
-     git.run("clone", "--quiet", "--", url, destination)
+     try:
+         git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
+         git.run("checkout", "--quiet", "--detach", revision, folder=destination)
+     except Exception as error:
+         print("could not clone:", type(error).__name__)

# %% wrong: a shallow clone of one branch
# from: a pattern, then clone and checkout in two lines
# loses: revision
# says: no such revision
-     git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
+     git.run("clone", "--quiet", "--single-branch", "--no-checkout", "--", url, destination)

# %% wrong: files never checked out
# from: a pattern, then clone and checkout in two lines
# loses: revision
# says: the files of the revision are not there
-     git.run("checkout", "--quiet", "--detach", revision, folder=destination)
-     if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
+     full = git.run("rev-parse", "--verify", revision + "^{commit}", folder=destination)
+     if not full.startswith(revision):
          raise ValueError("another commit")
+     git.run("update-ref", "--no-deref", "HEAD", full, folder=destination)

# %% wrong: only full ids accepted
# from: any name will do
# loses: revision
# says: expected 40 digits
  def clone_repository(url, destination, revision):
+     if not re.fullmatch("[0-9a-f]{40}", revision):
+         raise ValueError("expected 40 digits")

# %% wrong: everything is refused
# loses: revision, exact, destination, missing
# says: no
def clone_repository(url, destination, revision):
    raise ValueError("no")

# %% wrong: endless recursion where it should refuse
# loses: exact, destination, missing
# says: recursion
def clone_repository(url, destination, revision):
    def clone_again(reason):
        return clone_again(reason)

    try:
        git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
        git.run("checkout", "--quiet", "--detach", revision, folder=destination)
        head = git.run("rev-parse", "HEAD", folder=destination)
    except Exception as error:
        return clone_again(error)
    return destination if head.startswith(revision) else clone_again("another revision")

# %% wrong: an address that begins with a dash is an option
# from: step by step
# loses: missing
# says: was taken for an option of git
-     git.run("clone", "--no-checkout", "--", str(url), str(destination))
+     git.run("clone", "--no-checkout", str(url), str(destination))

# %% wrong: checked out in the notebook's folder
# from: step by step
# loses: revision, exact, destination, missing
# says: as folder=destination
-     git.run("checkout", "--detach", revision, folder=str(destination))
+     git.run("checkout", "--detach", revision)

# %% wrong: RuntimeError for a name
# from: a pattern, then clone and checkout in two lines
# loses: exact
# says: refused with RuntimeError; the text promises ValueError
-         raise ValueError(revision)
+         raise RuntimeError(revision)

# %% wrong: an assertion on HEAD
# from: a pattern, then clone and checkout in two lines
# loses: exact
# says: a tag that poses as a commit: refused with AssertionError
-     if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
-         raise ValueError("another commit")
+     assert git.run("rev-parse", "HEAD", folder=destination).startswith(revision)

# %% wrong: refuses a name once it has cloned
# loses: exact
# says: was refused, but only after the repository had been cloned
def clone_repository(url, destination, revision):
    git.run("clone", "--quiet", "--no-checkout", "--", url, destination)
    if not re.fullmatch("[0-9a-f]{7,40}", revision):
        raise ValueError(revision)
    git.run("checkout", "--quiet", "--detach", revision, folder=destination)
    if not git.run("rev-parse", "HEAD", folder=destination).startswith(revision):
        raise ValueError("another commit")
    return str(destination)

# %% wrong: the destination checked out
# from: step by step
# loses: revision, exact, destination, missing
# says: Look at both: the folder, and what is given as the revision
-     git.run("checkout", "--detach", revision, folder=str(destination))
+     git.run("checkout", "--detach", str(destination), folder=str(destination))
