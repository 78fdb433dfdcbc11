"""Jupyter's own ways to a kernel, with the warm sandbox behind them."""

import asyncio
import os
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint

import nbformat
import pytest
from jupyter_client import AsyncKernelManager, KernelManager
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory

import casebook_grader
from casebook_grader import warm
from casebook_grader.course import ROOT

NAME = "casebook-sandbox"
GROUP = "jupyter_client.kernel_provisioners"
CLASS = "casebook_grader.provisioner:SandboxProvisioner"
SPECS = ROOT / "utils" / "casebook_grader" / "kernelspec"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed"),
    # jupyter_client leaves the event loop of its synchronous interface open
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def specs():
    """Kernelspecs with ours among them, and its provisioner known to Jupyter."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, CLASS, GROUP)
    yield KernelSpecManager(kernel_dirs=[str(SPECS / "kernels")])
    del factory.provisioners[NAME]
    warm.warm_sandbox().close()
    warm._sandboxes.clear()


def printed(client, code):
    shown = []
    client.execute_interactive(
        code,
        timeout=60,
        allow_stdin=False,
        output_hook=lambda message: shown.append(
            message["content"].get("text") or message["content"].get("ename", "")
        ),
    )
    return "".join(shown).strip()


def test_a_kernel_starts_restarts_and_ends(specs):
    manager = KernelManager(kernel_name=NAME, kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        assert printed(client, "import os; print(os.environ['USER'], os.getpid())") == "learner 2"
        assert printed(client, f"print(os.path.exists({str(ROOT / 'solutions')!r}))") == "False"
        client.execute("import time; print('asleep'); time.sleep(60)")
        while "asleep" not in client.get_iopub_msg(timeout=30)["content"].get("text", ""):
            pass
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=30)["content"]["ename"] == "KeyboardInterrupt"
        printed(client, "x = 1")
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        assert printed(client, "x") == "NameError"
        kernel, folder = manager.provisioner.kernel, manager.provisioner.folder
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not kernel.is_alive()
    assert not folder.exists()


def test_a_polite_shutdown_ends_it_too(specs):
    manager = KernelManager(kernel_name=NAME, kernel_spec_manager=specs)
    manager.start_kernel()
    kernel = manager.provisioner.kernel
    assert manager.is_alive()
    manager.shutdown_kernel(now=False)
    assert not kernel.is_alive()
    assert not manager.is_alive()


def test_two_kernels_start_at_once(specs):
    async def start(manager):
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        pid = manager.provisioner.kernel.process.pid
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return pid

    async def both():
        managers = [AsyncKernelManager(kernel_name=NAME, kernel_spec_manager=specs) for _ in "12"]
        return await asyncio.gather(*map(start, managers))

    first, second = asyncio.run(both())
    assert first != second


def test_a_kernel_that_ends_is_noticed(specs):
    manager = KernelManager(kernel_name=NAME, kernel_spec_manager=specs)
    manager.start_kernel()
    manager.provisioner.kernel.end()
    assert not manager.is_alive()
    manager.shutdown_kernel(now=True)


def test_nbval_runs_notebooks_in_it(tmp_path):
    package = tmp_path / "installed" / "casebook_sandbox-0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: casebook-sandbox\nVersion: 0\n")
    (package / "entry_points.txt").write_text(f"[{GROUP}]\n{NAME} = {CLASS}\n")
    cell = nbformat.v4.new_code_cell(
        "import getpass, sys\nprint(getpass.getuser(), 'tensorflow' in sys.modules)",
        execution_count=1,
    )
    cell.outputs = [nbformat.v4.new_output("stream", text="learner True\n")]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(notebook, tmp_path / "small.ipynb")
    utils = os.path.dirname(casebook_grader.__path__[0])
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-kernel-name", NAME]
    command += ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", tmp_path, tmp_path]
    result = subprocess.run(
        command,
        env={
            **os.environ,
            "JUPYTER_PATH": str(SPECS),
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "installed"), utils]),
        },
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout
