// What must work before the WebAssembly is ready. Small, external, and never in the way: it only
// sets attributes, because the page is taken over by walking its tree.
(() => {
  const chiakhoa = (window.chiakhoa = { ready: false, token: "" });

  // A link's secret leaves the address bar before anything else runs.
  const take = () => {
    if (location.hash.length > 40 && /\/(lien-ket|khong-phai-toi)\/?$/.test(location.pathname)) {
      chiakhoa.token = location.hash.slice(1);
      history.replaceState(history.state, "", location.pathname + location.search);
    }
  };
  take();

  const load = (src, type = "") =>
    new Promise((done, fail) => {
      const element = document.createElement("script");
      Object.assign(element, { src, type, onload: done, onerror: fail });
      document.head.append(element);
    });

  // The captcha's solver: a worker, or the same script on this page where there are no workers;
  // for a named form the frame of a third party, where the operator chose one.
  chiakhoa.solver = async (form) => {
    if (form) {
      if (!chiakhoa.frame) await load("/turnstile.js");
      return chiakhoa.frame(form);
    }
    const script = "/captcha.js";
    try {
      return new Worker(script);
    } catch {
      if (!window.CaptchaSolver) await load(script);
      return new window.CaptchaSolver();
    }
  };

  // A form sent too early waits, keeps what was typed, and is sent again once the page works.
  let waiting = null;
  let timer = 0;
  addEventListener(
    "submit",
    (event) => {
      if (chiakhoa.ready || event.target.dataset.app === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = event.target;
      waiting.dataset.waiting = "";
      const note = waiting.querySelector("[data-wait-note]");
      if (note) note.hidden = false;
      // Should the rest never arrive, the Worker answers the plain form with an honest page.
      timer ||= setTimeout(() => chiakhoa.ready || waiting.submit(), 30000);
    },
    true,
  );
  // So does a button to copy or to print; what is near waits for the directory's module.
  let pressed = null;
  addEventListener(
    "click",
    (event) => {
      event.target.closest("[data-near]")?.setAttribute("data-pressed", "");
      const button = chiakhoa.ready ? null : event.target.closest("[data-copy],[data-print]");
      if (!button) return;
      pressed = button;
      button.setAttribute("aria-disabled", "true");
    },
    true,
  );
  addEventListener("chiakhoa:ready", () => {
    chiakhoa.ready = true;
    clearTimeout(timer);
    if (pressed) {
      pressed.removeAttribute("aria-disabled");
      pressed.click();
    }
    // A form that is no longer part of the page is not sent.
    if (!waiting?.isConnected) return;
    delete waiting.dataset.waiting;
    const note = waiting.querySelector("[data-wait-note]");
    if (note) note.hidden = true;
    if (waiting.requestSubmit) waiting.requestSubmit();
    else waiting.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });

  const idle = window.requestIdleCallback || ((run) => run());
  addEventListener("load", () =>
    idle(
      () => {
        // The directory's own module, on the pages that ask for it; `wake_directory` is for later ones.
        const src = document.querySelector("[data-finder]")?.dataset.finder;
        if (src && !document.querySelector(`script[src="${src}"]`)) load(src, "module").catch(() => {});
      },
      { timeout: 1000 },
    ),
  );

  // The copy for days without a network, and notices of what does not work, come last of all;
  // at once where there is no network or no WebAssembly already.
  const later = () => load("/offline.js").catch(() => {});
  if (navigator.onLine === false || typeof WebAssembly !== "object") later();
  else addEventListener("load", () => setTimeout(() => idle(later, { timeout: 9000 }), 4000));
})();
