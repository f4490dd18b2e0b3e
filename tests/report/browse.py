"""Opens the pages of reports in a browser, without a network, and uses them as a person would.

    tests/report/browse.py target/debug/tokenize [FOLDER for screenshots]

Makes tables, has the program scan and mask them, and looks at the pages in headless Chromium: nothing is loaded or
logged, columns sort by click and by key, the filter filters, colours change, everything reads on a phone, in print and
without scripts, and axe-core finds nothing. Without Chromium it says so, and checks nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WIDE = "W" * 3000
HOSTILE = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"' onmouseover='document.title=1'",
    "a‮gpj.exe",
    "line\nbreak",
    "الاسم",
    WIDE,
]
POLICY = """version: 1
name: "<b>support</b>"
columns:
  email: { action: tokenize, format: email, on_invalid: redact }
  name: { action: encrypt, output: string }
  card: { action: tokenize, format: pan, keep: { first: 6 } }
  born: { action: generalize, to: year }
  notes: { action: keep }
  remark: { action: keep }
  city: { action: drop }
  amount: { action: keep }
"""


def customers(rows: int = 400) -> pa.Table:
    """Nobody: names of the example domains and cards of the test range."""
    names = ["Ada Example", "Bo Sample", "Cy Tester", "Di Placeholder"]

    def card(i: int) -> str:
        digits = f"400000{i:09d}"
        total = sum(sum(divmod(int(d) * 2, 10)) if k % 2 == 0 else int(d) for k, d in enumerate(reversed(digits)))
        return digits + str(-total % 10)

    def note(i: int) -> str:
        return f"asked to be written to at user{i}@example.org" if i % 4 == 0 else f"called about order {i}, all is well"

    return pa.table({
        "email": [None if i % 9 == 0 else "not one" if i == 40 else f"user{i}@example.org" for i in range(rows)],
        "name": [f"{names[i % 4]}" for i in range(rows)],
        "card": [card(i * 7919) for i in range(rows)],
        "born": pa.array([i * 37 % 20000 for i in range(rows)], pa.int32()).cast(pa.date32()),
        "notes": [note(i) for i in range(rows)],
        "remark": [f"the {['red', 'old', 'big'][i % 3]} chair was late again, and nobody knew why" for i in range(rows)],
        "city": [None if i % 2 else "N/A" if i % 3 else "Springfield" for i in range(rows)],
        "amount": [i * 0.25 for i in range(rows)],
    })


def make_pages(program: str, folder: Path) -> dict[str, Path]:
    """Scan and mask made-up tables; the pages by name."""
    pq.write_table(customers(), folder / "customers.parquet")
    pq.write_table(pa.table({name: [f"user{i}@example.org" for i in range(20)] for name in HOSTILE}), folder / "names.parquet")
    pq.write_table(pa.table({f"column_{i}": [f"user{k}@example.org" for k in range(20)] for i in range(100)}), folder / "wide.parquet")
    pq.write_table(pa.table({}), folder / "nothing.parquet")
    (folder / "policy.yaml").write_text(POLICY)

    def run(*args: str) -> str:
        return subprocess.run([program, *args], cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603

    pages = {}
    for name in ("customers", "names", "wide", "nothing"):
        pages[name] = folder / f"{name}.html"
        pages[name].write_text(run("scan", f"{name}.parquet", "--format", "html"))
    run("keyring", "create", "keyring.json", "--kms", "local:kek.key")
    mask = ["mask", "customers.parquet", "--policy", "policy.yaml", "--keyring", "keyring.json"]
    run(*mask, "--out", "masked.parquet", "--report", "masked.html")
    pages["masked"] = folder / "masked.html"
    return pages


class Browser:
    """Chromium without a network; whatever a page asks for or complains of is noted."""

    def __init__(self, chromium: Any, pages: dict[str, Path], shots: Path) -> None:
        self.chromium, self.pages, self.shots = chromium, pages, shots

    def open(self, name: str, *, scripts: bool = True, **options: Any) -> Any:
        context = self.chromium.new_context(java_script_enabled=scripts, **{"viewport": DESK, **options})
        context.set_offline(True)
        page = context.new_page()
        page.noted = []
        page.on("console", lambda message: page.noted.append(message.text))
        page.on("pageerror", lambda error: page.noted.append(str(error)))
        page.on("request", lambda request: page.noted.append(request.url) if request.url != url else None)
        url = self.pages[name].as_uri()
        page.goto(url)
        return page

    def close(self, page: Any, shot: str | None = None) -> None:
        if shot:
            page.screenshot(path=self.shots / f"{shot}.png", full_page=True)
        assert page.noted == [], page.noted
        page.context.close()


def shown(page: Any) -> list[str]:
    """The names of the columns that are shown, in order."""
    names: list[str] = page.locator("tbody:not([hidden]) > .line > th .name").all_inner_texts()
    return names


def check_sorting(browser: Browser) -> None:
    page = browser.open("masked")
    as_they_are = shown(page)
    head = page.get_by_role("columnheader", name="Column", exact=True)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown(page) == sorted(as_they_are)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown(page) == sorted(as_they_are, reverse=True)
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") is None
    assert shown(page) == as_they_are
    left = page.get_by_role("columnheader", name="What is left", exact=True)
    left.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert shown(page)[0] == "notes"
    browser.close(page)


def check_filter(browser: Browser) -> None:
    page = browser.open("masked")
    box = page.get_by_label("Filter")
    box.fill("keep FREE")
    assert shown(page) == ["notes", "remark"]
    assert page.get_by_role("status").inner_text() == "2 of 8 shown"
    box.fill("no such thing")
    assert page.get_by_text("No column fits the filter.").is_visible()
    box.fill("")
    page.get_by_label("Show").select_option("alarm")
    assert shown(page) == ["notes"]
    browser.close(page)


def check_keyboard(browser: Browser) -> None:
    page = browser.open("masked")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "columns"
    summary = page.locator("summary").first
    summary.focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator("details").first.evaluate("it => it.open")
    page.get_by_role("link", name="notes").click()
    assert page.locator("#c4").evaluate("it => it.getBoundingClientRect().top >= 0")
    browser.close(page)


def check_colours(browser: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = browser.open("masked", color_scheme="light")
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark colours").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(ground) == light
    browser.close(page, "light")
    page = browser.open("masked", color_scheme="dark")
    assert page.evaluate(ground) == dark
    browser.close(page, "dark")


def check_phone(browser: Browser) -> None:
    for name in browser.pages:
        page = browser.open(name, viewport=PHONE)
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], (name, width)
        browser.close(page, "phone" if name == "masked" else f"phone-{name}")


def check_print(browser: Browser) -> None:
    for scripts in (True, False):
        page = browser.open("masked", scripts=scripts, color_scheme="dark")
        page.emulate_media(media="print")
        for details in page.locator("details .grid").all():
            assert details.bounding_box()["height"] > 50
        assert not page.get_by_role("button", name="Dark colours").is_visible()
        page.pdf(path=browser.shots / "print.pdf", format="A4", print_background=True)
        browser.close(page, "print")


def check_without_scripts(browser: Browser) -> None:
    page = browser.open("masked", scripts=False)
    assert len(shown(page)) == 8
    assert page.get_by_role("button").count() == 0
    page.locator("summary").first.click()
    assert page.get_by_role("heading", name="What was done").first.is_visible()
    browser.close(page)


def check_names(browser: Browser) -> None:
    page = browser.open("names")
    assert page.title() == "Scan report: names.parquet"
    assert page.locator("img").count() == 0
    names = shown(page)
    # As policies write them: back-ticks around what a path could mean something by.
    assert names[:3] == [f"`{name}`" for name in HOSTILE[:3]]
    assert names[3:6] == ["`a⟨U+202E⟩gpj.exe`", "line⟨U+000A⟩break", "الاسم"]
    assert "more characters" in names[6]
    browser.close(page, "names")


def check_size(browser: Browser) -> None:
    size = browser.pages["wide"].stat().st_size
    print(f"a page of 100 columns has {size:,} bytes")
    assert size < 2_000_000
    page = browser.open("wide")
    assert len(shown(page)) == 100
    browser.close(page)
    browser.close(browser.open("nothing"), "nothing")


def check_access(browser: Browser) -> None:
    """What axe-core finds, of every impact. Evaluated from outside, as the page's own policy lets no script in."""
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
    for name in ("masked", "customers", "names"):
        for colours in ("light", "dark"):
            page = browser.open(name, color_scheme=colours)
            page.get_by_role("button", name="Open all details").click()
            page.evaluate(axe)
            found = page.evaluate("axe.run()")["violations"]
            told = [(it["id"], node["html"][:120]) for it in found for node in it["nodes"]]
            assert told == [], (name, colours, told)
            browser.close(page)


CHECKS = [
    check_sorting,
    check_filter,
    check_keyboard,
    check_colours,
    check_phone,
    check_print,
    check_without_scripts,
    check_names,
    check_size,
    check_access,
]


def main() -> None:
    program, shots = os.path.abspath(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "target/report")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if not found:
        print("NOT CHECKED: the pages of reports in a browser, as Chromium is not installed (apt-get install chromium)")
        return
    from playwright.sync_api import sync_playwright

    shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = make_pages(program, Path(folder))
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for check in CHECKS:
            check(Browser(chromium, pages, shots))
            print(f"{check.__name__}: passed")
        chromium.close()
    print(f"screenshots are in {shots}")


if __name__ == "__main__":
    main()
