"use strict";
// Everything on the page reads without this script: it sorts, filters, opens and closes, and changes the colours.
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("table");

  const theme = byId("theme");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const nameTheme = () => { theme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  nameTheme();
  theme.hidden = false;

  if (!table) return;
  const bodies = [...table.tBodies];
  const details = [...table.querySelectorAll("details")];

  const status = byId("status");
  const filter = byId("filter");
  const show = byId("show");
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of bodies) {
      const text = body.rows[0].textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      const isKind = !show.value || body.dataset.show.split(" ").includes(show.value);
      body.hidden = !(fits && isKind);
      shown += body.hidden ? 0 : 1;
    }
    byId("none").hidden = shown > 0;
    status.textContent = `${shown} of ${bodies.length} shown`;
  };
  filter.addEventListener("input", apply);
  show.addEventListener("change", apply);

  const heads = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator("en", { numeric: true });
  // Up, then down, then as the table has them.
  const next = { ascending: "descending", descending: null };
  const sortBy = (head, place) => {
    const current = head.getAttribute("aria-sort");
    const wanted = current ? next[current] : "ascending";
    const key = (body) => body.rows[0].cells[place].dataset.key;
    const compare = head.dataset.sort === "number"
      ? (a, b) => Number(key(a)) - Number(key(b))
      : (a, b) => collator.compare(key(a), key(b));
    const sorted = [...bodies];
    if (wanted) sorted.sort(wanted === "ascending" ? compare : (a, b) => compare(b, a));
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    if (wanted) head.setAttribute("aria-sort", wanted);
    table.append(...sorted);
  };
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sortBy(head, place));
    head.replaceChildren(button);
  });

  const open = byId("open");
  open.addEventListener("click", () => {
    const isOpen = open.getAttribute("aria-pressed") !== "true";
    open.setAttribute("aria-pressed", String(isOpen));
    details.forEach((one) => { one.open = isOpen; });
  });

  // What is printed is printed whole.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = details.filter((one) => !one.open);
    closed.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  byId("tools").hidden = false;
  apply();
})();
