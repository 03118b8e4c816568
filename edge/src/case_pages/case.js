(() => {
  const token = location.hash.length > 40 ? location.hash.slice(1) : "";
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  const field = document.querySelector("[data-token]");
  if (token && field) {
    field.value = token;
    field.closest("section").hidden = false;
    for (const other of document.querySelectorAll("[data-without-token]")) other.hidden = true;
  }

  const receipt = document.querySelector(".receipt");
  const lines = [...(receipt?.children ?? [])];
  const status = document.querySelector("[data-copied]");
  const acts = {
    print: () => print(),
    copy: () =>
      navigator.clipboard
        .writeText(lines.map((line) => line.textContent).join("\n"))
        .then(() => (status.textContent = status.dataset.copied), () => {}),
    picture: () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 720, height: 440 });
      const pen = canvas.getContext("2d");
      let y = 24;
      const write = (text, size) => {
        pen.font = `${size}px monospace`;
        y += size * 1.5;
        pen.fillText(text, 32, y, 656);
      };
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, 720, 440);
      pen.fillStyle = "#000";
      write(document.querySelector("h1").textContent, 36);
      for (const line of lines) write(line.textContent, line.tagName === "DD" ? 48 : 28);
      write(location.host + location.pathname.replace(/\/[^/]*$/, ""), 24);
      const src = canvas.toDataURL("image/png");
      const alt = lines.map((line) => line.textContent).join(" ");
      document.querySelector(".receipt-picture")?.remove();
      const image = Object.assign(new Image(), { src, alt, className: "receipt-picture" });
      status.after(image);
      status.textContent = status.dataset.keep;
      Object.assign(document.createElement("a"), { href: src, download: "ho-so.png" }).click();
    },
  };
  for (const [act, run] of Object.entries(acts)) {
    const button = document.querySelector(`[data-${act}]`);
    if (!button || (act === "copy" && !navigator.clipboard)) continue;
    button.hidden = false;
    button.addEventListener("click", run);
  }

  const solve = (level) =>
    new Promise((done, failed) => {
      fetch(`/api/v1/captcha?form=case${level ? `&level=${level}` : ""}`)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
        .then((challenge) => {
          const worker = new Worker("/captcha.js");
          worker.onmessage = ({ data }) => {
            if (data.type === "progress") return;
            worker.terminate();
            if (data.type === "solved") done(data.payload);
            else failed(new Error(data.reason));
          };
          worker.onerror = () => failed(new Error("worker"));
          worker.postMessage({ challenge });
        })
        .catch(failed);
    });
  for (const form of document.querySelectorAll("form[data-once]")) {
    let sending = false;
    form.addEventListener("submit", (event) => {
      if (sending) return event.preventDefault();
      sending = true;
      const status = form.querySelector("form > [role=status]");
      if (status) status.textContent = form.dataset.once;
      const captcha = form.elements.namedItem("captcha");
      if (!captcha) return;
      event.preventDefault();
      solve(form.dataset.level)
        .then((payload) => {
          captcha.value = payload;
          form.submit();
        })
        .catch(() => {
          sending = false;
          if (status) status.textContent = form.dataset.failed;
        });
    });
    // Enter sends the form, wherever it is pressed, but looks for the office where one is typed.
    const send = form.querySelector("button:not([formaction])");
    form.addEventListener("keydown", (event) => {
      const { key, isComposing, target } = event;
      if (key !== "Enter" || isComposing || target.tagName !== "INPUT" || target.id === "place") return;
      event.preventDefault();
      send.click();
    });
  }

  addEventListener("click", (event) => {
    const button = event.target.closest("[formaction]");
    if (!button) return;
    event.preventDefault();
    const { form, name, value, formAction } = button;
    const { place, office } = form.elements;
    const body = new URLSearchParams({ place: place.value, office: office.value, [name || "find"]: value });
    const part = button.closest("[data-find]");
    part.ariaBusy = "true";
    fetch(formAction, { method: "POST", body })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
      .then((html) => {
        const found = new DOMParser().parseFromString(html, "text/html").querySelector("[data-find]");
        part.replaceWith(found);
        found.querySelector("[data-focus]")?.focus();
      })
      .catch(() => {
        // The page of the answer says why, with all that was typed.
        form.action = formAction;
        form.submit();
      });
  });

  // Back from the next page: the browser may show this one as it was left.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.querySelector("[data-focus]")?.focus();
})();
