"""What the files for Kubernetes say is consistent, and enough for the sandbox; a pod is played."""

import os
import shutil
import subprocess
import sys

import pytest
import yaml
from banks import ROOT
from clusters import FILES
from distributed.cli import dask_scheduler, dask_worker

NAMESPACE, POLICY, CLUSTER = yaml.safe_load_all((FILES / "kubernetes.yaml").read_text("utf-8"))
PARTS = {part: CLUSTER["spec"][part]["spec"] for part in ("scheduler", "worker")}
SETTINGS = yaml.safe_load((FILES / "distributed.yaml").read_text("utf-8"))

# A container as the worker's: the user of its securityContext, no capability and no way to get
# one, and covered files and folders in /proc. The call filter and AppArmor are off there and here.
CONTAINER = [
    *("unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"),
    "mount --bind /dev/null /proc/keys && mount -t tmpfs -o ro none /proc/acpi && "
    "for at in bus fs irq sys; do "
    "mount --bind /proc/$at /proc/$at && mount -o remount,bind,ro /proc/$at; done && "
    'exec unshare --user --map-user=1000 --map-group=1000 setpriv --no-new-privs "$@"',
    "container",
]


@pytest.mark.parametrize("part", PARTS)
def test_pods_have_no_rights_of_their_own(part):
    pod = PARTS[part]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 1000
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap is not installed")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root plays a container")
def test_the_sandbox_takes_no_more_than_a_worker_s_pod_may():
    probe = (
        f"{sys.executable} -c 'from casebook_grader.bubblewrap import require_sandbox as probe\n"
        "probe()' && grep -E '^(CapEff|NoNewPrivs|Uid)' /proc/self/status"
    )
    done = subprocess.run(
        [*CONTAINER, "sh", "-c", probe], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    user, capabilities, no_new = (line.split()[1] for line in done.stdout.splitlines())
    assert (user, int(capabilities, 16), no_new) == ("1000", 0, "1")
    assert PARTS["worker"]["securityContext"]["seccompProfile"] == {"type": "Unconfined"}
    assert NAMESPACE["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"


@pytest.mark.parametrize(
    ("part", "command"), [("scheduler", dask_scheduler), ("worker", dask_worker)]
)
def test_dask_understands_the_commands(part, command):
    (container,) = PARTS[part]["containers"]
    program, name, *arguments = container["args"]
    assert (program, name) == ("dask", part)
    command = {"scheduler": dask_scheduler, "worker": dask_worker}[part]
    given = command.main.make_context(name, [word.replace("$(CPUS)", "4") for word in arguments])
    if part == "worker":
        assert (given.params["nthreads"], given.params["memory_limit"]) == (4, "0")


@pytest.mark.parametrize("part", PARTS)
def test_each_pod_finds_its_certificates_where_dask_s_settings_look(part):
    pod = PARTS[part]
    (container,) = pod["containers"]
    tls = SETTINGS["distributed"]["comm"]["tls"]
    folder = next(each["mountPath"] for each in container["volumeMounts"] if each["name"] == "tls")
    assert {os.path.dirname(file) for file in (tls["ca-file"], *tls[part].values())} == {folder}
    secret = next(each["secret"] for each in pod["volumes"] if each["name"] == "tls")
    page = (FILES / "README.md").read_text("utf-8")
    assert f"kubectl -n casebook create secret generic {secret['secretName']}" in page


def test_the_scheduler_is_found_under_the_name_that_the_operator_gives():
    (worker,) = PARTS["worker"]["containers"]
    address = next(each["value"] for each in worker["env"] if each["name"].startswith("DASK_"))
    name, namespace = CLUSTER["metadata"]["name"], CLUSTER["metadata"]["namespace"]
    assert address == f"tls://{name}-scheduler.{namespace}.svc.cluster.local:8786"
    selector = CLUSTER["spec"]["scheduler"]["service"]["selector"]
    assert selector == {"dask.org/cluster-name": name, "dask.org/component": "scheduler"}
    assert POLICY["spec"]["podSelector"]["matchLabels"] == {"dask.org/cluster-name": name}


def test_the_image_holds_what_workers_need_and_no_solutions():
    lines = (FILES / "Containerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    assert {"requirements.lock", "pyproject.toml", "datasets", "utils"} < set(copied)
    assert not {"solutions", "assignments", "grading", "."} & set(copied)
