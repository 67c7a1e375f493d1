"""A page in a headless browser: opened in a frame, with a script run in it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from paged import Page

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

browser = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")

Driven = Callable[..., dict[str, object]]


@pytest.fixture
def driven(tmp_path: Path) -> Driven:
    """Opens a page in a frame of so many pixels, runs a script in it, returns what it returns."""

    def drive(page: str, script: str, width: int = 1280, address: str = "") -> dict[str, object]:
        # A copy may run one script more: the page itself allows its own alone.
        assert "script-src 'sha256-" in page
        freed = page.replace("script-src 'sha256-", "script-src 'unsafe-inline' 'none-")
        probe = (
            "<script>addEventListener('load', async () => {"
            " const pause = () => new Promise((done) => setTimeout(done, 250));"
            " const key = (name, to) => (to || document.activeElement || document.body)"
            ".dispatchEvent(new KeyboardEvent('keydown', {key: name, bubbles: true,"
            " cancelable: true}));"
            " let said; try { said = await (async () => {" + script + "})(); }"
            " catch (error) { said = {error: String(error)}; }"
            " parent.postMessage(JSON.stringify(said), '*'); });</script>"
        )
        (tmp_path / "page.html").write_text(freed.replace("</body>", f"{probe}</body>"), "utf-8")
        (tmp_path / "frame.html").write_text(
            "<!DOCTYPE html><body><script>addEventListener('message', (event) => {"
            " document.body.dataset.said = event.data; });</script>"
            f"<iframe src='page.html{address}' width={width} height=800></iframe></body>",
            "utf-8",
        )
        command = [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-background-networking", "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1400,900",
            "--virtual-time-budget=8000", "--dump-dom", (tmp_path / "frame.html").as_uri(),
        ]  # fmt: skip
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        told = [a["data-said"] for tag, a in Page(ran.stdout).elements if tag == "body"]
        answer = json.loads(str(told[0]))
        assert isinstance(answer, dict) and "error" not in answer, answer
        return answer

    return drive
