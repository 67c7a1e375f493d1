"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const table = $("-table");
  const all = (what, where = document) => [...where.querySelectorAll(what)];

  // Where an address leads: everything around it opens, and it gets the focus.
  let current = null;
  const links = new Map(table ? all("tbody td a", table).map((a) => [a.getAttribute("href").slice(1), a]) : []);
  function go(id, move = true) {
    const target = $(id) || $(decoded(id));
    if (!target) return;
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    target.classList.remove("out");
    all(".here").forEach((old) => old.classList.remove("here"));
    if (target.matches(".result, .quiet")) target.classList.add("here");
    if (current) current.removeAttribute("aria-current");
    current = links.get(target.id) || null;
    if (current) { current.setAttribute("aria-current", "true"); rove(current); }
    for (let up = target; up; up = up.parentElement) if (up.matches && up.matches(".out")) clear();
    if (!move) return;
    target.scrollIntoView({ block: "start" });
    const focused = target.tagName === "DETAILS" ? target.firstElementChild : target;
    if (!focused.matches("summary, [tabindex]")) focused.setAttribute("tabindex", "-1");
    focused.focus({ preventScroll: true });
  }
  function decoded(text) { try { return decodeURIComponent(text); } catch { return text; } }
  const here = () => location.hash.slice(1);
  addEventListener("hashchange", () => go(here()));
  // Of the address the page has already, hashchange says nothing.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href").slice(1) === here()) go(here());
  });

  // Every line that is made to be copied gets a button once it can be seen.
  function buttons(where) {
    for (const line of all(".line:not(.ready)", where)) {
      if (line.closest("details") !== where) continue;
      line.classList.add("ready");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "copy";
      button.setAttribute("aria-label", "copy: " + line.firstElementChild.textContent);
      line.append(button);
    }
  }
  document.addEventListener("toggle", (event) => { if (event.target.open) buttons(event.target); }, true);
  all("details[open]").forEach(buttons);
  document.addEventListener("click", async (event) => {
    const button = event.target.closest && event.target.closest(".line button");
    if (!button) return;
    const code = button.previousElementSibling;
    try { await navigator.clipboard.writeText(code.textContent); button.textContent = "copied"; }
    catch { getSelection().selectAllChildren(code); button.textContent = "selected"; }
    setTimeout(() => { button.textContent = "copy"; }, 1500);
  });

  // The matrix takes one place in the order of tabs; arrows move within.
  let roving = null;
  function rove(link) {
    if (roving) roving.tabIndex = -1;
    roving = link;
    link.tabIndex = 0;
  }
  const shown = (row) => row && row.offsetParent !== null;
  function step(link, down, right) {
    const cell = link.closest("td, th");
    let row = cell.parentElement;
    const at = [...row.cells].indexOf(cell) + right;
    if (down) {
      const rows = all("tbody tr", table).filter(shown);
      row = rows[rows.indexOf(row) + down];
      while (row && !focusable(row.cells[at])) row = rows[rows.indexOf(row) + down];
    }
    return row && focusable(row.cells[at]);
  }
  const focusable = (cell) => cell && cell.querySelector("a, input");
  if (table) {
    all("tbody td a", table).forEach((link) => { link.tabIndex = -1; });
    const first = all("tr:not(.family) td a", table).find((a) => a.closest("td").matches(".wrong, .crash, .late, .ours, .fixed")) || table.querySelector("td a");
    if (first) rove(first);
    all("tbody tr:not(.family) th a", table).forEach((link) => { link.tabIndex = -1; });
    table.addEventListener("keydown", (event) => {
      const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const move = moves[event.key];
      if (!move || event.altKey || event.ctrlKey || event.metaKey || !event.target.closest("tbody")) return;
      const next = step(event.target, ...move);
      if (!next) return;
      event.preventDefault();
      if (next.closest("td")) rove(next);
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }

  // Filters: text, operation, run, verdicts. A row stays if one of its cells in question fits.
  const form = $("-filter"), text = $("-text"), op = $("-op"), run = $("-run"), count = $("-count");
  const wanted = new Set();
  const rows = table ? all("tr[data-c]", table) : [];
  const sections = new Map(all("details.clause").map((d) => [d.dataset.c, d]));
  const words = new Map();
  function said(slug) {
    if (!words.has(slug)) {
      const section = sections.get(slug);
      words.set(slug, (slug + " " + (section ? section.textContent : "")).toLowerCase());
    }
    return words.get(slug);
  }
  function apply() {
    const asked = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const column = run && run.value !== "" ? Number(run.value) : null;
    const any = asked.length || op.value || wanted.size || column !== null;
    let number = 0;
    for (const row of rows) {
      const slug = row.dataset.c;
      const cells = column === null ? [...row.cells].slice(1, 1 + Number(table.dataset.runs)) : [row.cells[column + 1]];
      const fits = (!op.value || slug.split(".")[0] === op.value)
        && (!wanted.size || cells.some((cell) => wanted.has(cell.textContent.trim().slice(1))))
        && (column === null || cells[0].querySelector("a"))
        && asked.every((word) => said(slug).includes(word));
      row.classList.toggle("out", !fits);
      if (sections.has(slug)) sections.get(slug).classList.toggle("out", !fits);
      number += fits ? 1 : 0;
    }
    for (const body of all("tbody", table)) body.classList.toggle("out", !body.querySelector("tr[data-c]:not(.out)"));
    for (const group of all("details.group")) {
      group.classList.toggle("out", !group.querySelector(".clause:not(.out)"));
      if (any) group.open = true;
    }
    if (run) for (const row of table.rows) [...row.cells].forEach((cell, at) => cell.classList.toggle("out", at > 0 && at <= Number(table.dataset.runs) && column !== null && at !== column + 1));
    table.classList.toggle("filtered", Boolean(any));
    count.textContent = any ? `${number} of ${rows.length} clauses` : `${rows.length} clauses`;
  }
  function clear() {
    text.value = ""; op.value = ""; if (run) run.value = "";
    wanted.clear();
    all("#-legend button").forEach((b) => b.setAttribute("aria-pressed", "false"));
    apply();
  }
  if (form && table) {
    for (const entry of all("#-legend li")) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = entry.title;
      button.setAttribute("aria-pressed", "false");
      button.append(...entry.childNodes);
      entry.append(button);
      button.addEventListener("click", () => {
        const verdict = entry.dataset.verdict;
        const on = !wanted.delete(verdict);
        if (on) wanted.add(verdict);
        button.setAttribute("aria-pressed", String(on));
        apply();
      });
    }
    let timer = 0;
    text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 80); });
    [op, run].forEach((select) => select && select.addEventListener("change", apply));
    form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
    form.hidden = false;
    $("-keys").hidden = false;
    apply();
  }

  // Keys that work anywhere but in a field.
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const field = event.target.matches && event.target.matches("input[type=search], select, textarea");
    if (event.key === "Escape") {
      if (event.target === text && text.value) { text.value = ""; apply(); }
      else if (field) event.target.blur();
      else if (current) { current.focus(); current.scrollIntoView({ block: "center", inline: "nearest" }); }
      else if (wanted.size || (op && op.value)) clear();
      return;
    }
    if (field) return;
    if (event.key === "/" && text) {
      event.preventDefault();
      text.focus(); text.select(); text.scrollIntoView({ block: "center" });
    } else if (event.key === "n" || event.key === "p") {
      const failing = all(".result.failing").filter((r) => !r.closest(".out"));
      if (!failing.length) return;
      const at = failing.findIndex((r) => r.classList.contains("here"));
      const next = event.key === "n" ? (at + 1) % failing.length : (at <= 0 ? failing.length : at) - 1;
      if (here() === failing[next].id) go(failing[next].id);
      else location.hash = failing[next].id;
    }
  });

  // Paper cannot be opened: what failed is printed open.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details.clause:has(.failing):not([open]), details.adapter:not([open])");
    opened.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });

  if (here()) go(here());
})();
