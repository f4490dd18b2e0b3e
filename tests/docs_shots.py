"""Looks at the documentation site in headless Chromium: light and dark, wide and as on a phone.

    tests/docs_shots.py target/docs target/docs-shots

Fails where a page is wider than the phone, asks for anything that is not in the folder, or where the search finds nothing.
"""

from __future__ import annotations

import shutil
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

PAGES = ["index", "tutorial", "reference/policy", "packs/pci", "tasks", "actions", "keys", "reference/rust", "notebooks/mask_before_training"]
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


class Quiet(SimpleHTTPRequestHandler):
    """The site, as a web server gives it: browsers refuse the search to files."""

    def log_message(self, *_: Any) -> None:
        pass


def main() -> None:
    site, shots = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        print("NOT CHECKED: the documentation in a browser, as Chromium is not installed (apt-get install chromium)")
        return
    from playwright.sync_api import sync_playwright

    shots.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        for size, viewport in SIZES.items():
            for colours in ("light", "dark"):
                context = chromium.new_context(viewport=viewport, color_scheme=colours)
                for name in PAGES:
                    shoot(context, base, name, shots / f"{name.replace('/', '-')}-{size}-{colours}.png")
                context.close()
        search(chromium.new_page(viewport=SIZES["wide"]), base, shots / "search.png")
        chromium.close()
    server.shutdown()
    print(f"screenshots are in {shots}")


def shoot(context: Any, base: str, name: str, shot: Path) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{base}{name}.html")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=shot)
    width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= room, f"{name} is {width} wide on {room}"
    elsewhere = [url for url in asked if not url.startswith((base, "data:", "blob:"))]
    assert elsewhere == [], (name, elsewhere)
    page.close()


def search(page: Any, base: str, shot: Path) -> None:
    page.goto(f"{base}index.html")
    page.get_by_placeholder("Search").press_sequentially("pseudonymize")
    page.locator(".md-search-result__item").first.wait_for()
    page.screenshot(path=shot)


if __name__ == "__main__":
    main()
