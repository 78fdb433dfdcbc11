"""Lets Jupyter itself use the warm sandbox: nbval, nbclient, JupyterLab.

`kernelspec/` describes a kernel `casebook-sandbox`, which names this provisioner:

    export JUPYTER_PATH=utils/casebook_grader/kernelspec
    pytest --nbval --nbval-kernel-name casebook-sandbox solutions

One zygote serves all kernels of a process. A kernel sees an empty folder, not the notebook's.
"""

import asyncio
import shutil
import signal
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerBase

from casebook_grader.kernels import Kernel
from casebook_grader.warm import warm_sandbox

_POLL_SECONDS = 0.1


class SandboxProvisioner(KernelProvisionerBase):
    """Starts a kernel in the warm sandbox wherever Jupyter would start a process."""

    kernel: Kernel | None = None
    folder: Path | None = None
    private: Path | None = None

    @property
    def has_process(self) -> bool:
        """Say whether a kernel was started and not yet waited for."""
        return self.kernel is not None

    async def poll(self) -> int | None:
        """Return None while the kernel runs, else 0."""
        return None if self.kernel is not None and self.kernel.is_alive() else 0

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        while await self.poll() is None:
            await asyncio.sleep(_POLL_SECONDS)
        self.kernel = None
        return 0

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel on SIGINT, end it on any other signal."""
        if self.kernel is None or signum == 0:
            return
        if signum == signal.SIGINT:
            self.kernel.interrupt()
        else:
            await asyncio.to_thread(self.kernel.end)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all that it started."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel and all that it started."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's folders, unless it starts again."""
        if self.kernel is not None:
            await asyncio.to_thread(self.kernel.end)
        if not restart and self.folder is not None:
            for folder in (self.folder, self.private):
                await asyncio.to_thread(warm_sandbox().remove_folder, folder)
            self.folder = self.private = None

    async def pre_launch(self, **kwargs) -> dict:
        """Choose sockets in a folder that the kernel can see: it has no network."""
        sandbox = await asyncio.to_thread(warm_sandbox)
        if self.folder is None:
            self.folder, self.private = sandbox.new_folder(), sandbox.new_folder("kernel")
        manager = self.parent
        manager.transport, manager.ip = "ipc", str(self.private / "s")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=self.kernel_spec.argv, **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs) -> dict:
        """Fork a kernel with the manager's connection file."""
        shutil.copy(self.parent.connection_file, self.private / "connection.json")
        self.kernel = await asyncio.to_thread(warm_sandbox().launch, self.folder, self.private)
        return self.connection_info
