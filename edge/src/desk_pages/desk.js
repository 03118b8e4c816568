(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const move = (step) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    all[Math.min(Math.max(at + step, 0), all.length - 1)]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target.closest("input, textarea, select");
    if (event.key === "Escape") return field?.blur();
    if (field) return;
    if (event.key === "j") return move(1);
    if (event.key === "k") return move(-1);
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("details")) {
      target.open = !target.open;
      target.querySelector("summary").focus();
    } else if (target.matches("a")) target.click();
    // A decision is never made by one key: it is brought into focus, Enter makes it.
    else target.focus();
  });
  document.addEventListener("submit", ({ target: form }) => {
    for (const { form: of, id: name, value } of document.querySelectorAll("textarea")) {
      if (of === form || !value || encodeURIComponent(value).length > 3e3) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  });
})();
