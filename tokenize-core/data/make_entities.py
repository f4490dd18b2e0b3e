"""Writes html_entities.tsv: the named character references of HTML (WHATWG HTML, section 13.5), as Python's `html.entities` has them."""

import html.entities
from pathlib import Path

HEAD = """\
# Named character references, WHATWG HTML, section 13.5, by way of the module html.entities of Python 3.11. Made by make_entities.py.
# Columns: name, code points in hexadecimal, `bare` where the semicolon may be missing. In the order of the names' bytes.
"""


def main() -> None:
    table = html.entities.html5
    lines = []
    for name in sorted(name.removesuffix(";") for name in table if name.endswith(";")):
        points = " ".join(f"{ord(char):X}" for char in table[name + ";"])
        bare = "bare" if name in table else ""
        lines.append(f"{name}\t{points}\t{bare}".rstrip() + "\n")
    path = Path(__file__).with_name("html_entities.tsv")
    path.write_text(HEAD + "".join(lines), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
