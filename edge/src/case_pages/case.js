// The case pages' own script. The link's secret leaves the address before anything else; the
// captcha is solved when a form is sent; a form is sent once.
(() => {
  const token = location.hash.slice(1);
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  const field = document.querySelector("[data-token]");
  if (token && field) {
    field.value = token;
    field.closest("section").hidden = false;
    for (const other of document.querySelectorAll("[data-without-token]")) other.hidden = true;
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
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
      const status = form.querySelector("[role=status]");
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
  }
  // Back from the next page: the browser may show this one as it was left.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  document.querySelector("[data-focus]")?.focus();
})();
