"""Answers the button Validate: a line of JSON for every cell that runs, and the report last."""

import asyncio
import contextlib
import json
from pathlib import Path

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, authenticated

from casebook.validation import ADDRESS
from casebook.validation.run import CannotValidate, validate


def add_to(server) -> None:
    """Have a Jupyter server validate notebooks at `ADDRESS`.

    Args:
        server: The running `ServerApp`.
    """
    address = url_path_join(server.base_url, ADDRESS)
    server.web_app.add_handlers(".*$", [(address, _Validate)])


class _Validate(APIHandler):
    _work: asyncio.Future | None = None

    @authenticated
    async def post(self) -> None:
        """Validate the notebook that `path` names, below the server's folder."""
        root = Path(self.serverapp.root_dir).resolve()
        path = (root / self.get_json_body()["path"]).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise HTTPError(404, f"expected a notebook below {root}; found none at {path}")
        self.set_header("Content-Type", "application/x-ndjson")
        self._work = asyncio.ensure_future(self._send_all(path))
        with contextlib.suppress(asyncio.CancelledError, StreamClosedError):
            await self._work

    async def _send_all(self, path: Path) -> None:
        async with contextlib.aclosing(validate(path)) as lines:
            try:
                async for line in lines:
                    await self._send(line)
            except CannotValidate as problem:
                await self._send({"problem": str(problem)})
        await self.finish()

    async def _send(self, line: dict) -> None:
        self.write(json.dumps(line) + "\n")
        await self.flush()

    def on_connection_close(self) -> None:
        """Stop where the learner asks for no answer any more; the kernel ends with it."""
        super().on_connection_close()
        if self._work is not None:
            self._work.cancel()
