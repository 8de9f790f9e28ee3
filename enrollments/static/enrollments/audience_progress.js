// Keeps an audience's page fresh until it has ended.
"use strict";

{
  const INTERVAL = 2000;
  const LOOKS_AT_STOPPED = 30; // by then the batch at hand is done
  let looksLeft = LOOKS_AT_STOPPED;
  const { url } = document.currentScript.dataset;
  const part = (where, name) => where.querySelector(`[data-part=${name}]`);

  const refresh = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const status = (where) => part(where, "progress").dataset.status;
    if (status(fresh) !== status(document)) {
      location.reload(); // with what can be done now
      return;
    }
    for (const name of ["progress", "refusals"]) {
      const [old, anew] = [part(document, name), part(fresh, name)];
      if (!old.isEqualNode(anew)) old.replaceWith(anew); // or what is selected in it were lost
    }
    if (status(document) === "stopped") looksLeft -= 1;
    if (looksLeft > 0) setTimeout(look, INTERVAL);
  };

  const look = async () => {
    let answer = null;
    try {
      answer = document.hidden ? null : await fetch(url);
    } catch {
      // The server can't be reached: perhaps the next time.
    }
    if (answer?.redirected || answer?.status === 403 || answer?.status === 404) {
      location.reload(); // signed out, or no longer to be seen: the page itself says so
    } else if (answer?.ok) {
      refresh(await answer.text());
    } else {
      setTimeout(look, INTERVAL);
    }
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden || looksLeft > 0) return;
    looksLeft = LOOKS_AT_STOPPED; // somebody may have gone on with it
    look();
  });
  setTimeout(look, INTERVAL);
}
