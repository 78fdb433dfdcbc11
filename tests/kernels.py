"""What tests of the sandbox share: small limits, and how to run code in a kernel."""

import textwrap
import time

import psutil

from casebook_grader.limits import MB, Limits

SMALL = Limits(
    memory=500 * MB,
    processes=40,
    open_files=256,
    file_size=60 * MB,
    disk=200 * MB,
    files=500,
    scratch=16 * MB,
)


def run(kernel, code, seconds=60):
    """Run code in a kernel; return what it prints, or its error as text."""
    shown = []

    def listen(message):
        content = message["content"]
        shown.append(content.get("text") or f"{content.get('ename', '')}: {content.get('evalue')}")

    kernel.client.execute_interactive(
        textwrap.dedent(code),
        timeout=seconds,
        allow_stdin=False,
        output_hook=lambda message: (
            listen(message) if message["msg_type"] in ("stream", "error") else None
        ),
    )
    return "".join(shown).strip()


def until(condition, seconds=30):
    """Wait until a condition holds, and return its value."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def commands():
    """The command lines of all processes on this machine."""
    found = []
    for process in psutil.process_iter():
        try:
            found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def grow(kernel, code):
    """Run a bomb until a limit ends it; return why, and the most processes and bytes seen."""
    kernel.client.execute(textwrap.dedent(code))
    most, largest, end = 0, 0, time.monotonic() + 60
    while kernel.is_alive() and time.monotonic() < end:
        try:
            family = kernel.process.children(recursive=True)
            most = max(most, len(family))
            largest = max(largest, sum(kernel.memory_info().rss for kernel in family[:1]))
        except psutil.Error:
            pass
        time.sleep(0.01)
    return kernel.why, most, largest


MEMORY_BOMBS = {
    "one process": """
        held = []
        for _ in range(60):
            held.append(b"x" * 50_000_000)
    """,
    "children": """
        import os, time
        for _ in range(10):
            if os.fork() == 0:
                held = b"x" * 200_000_000
                time.sleep(30)
    """,
}
