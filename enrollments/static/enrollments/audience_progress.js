// Keeps the progress on an audience's page fresh.
"use strict";

{
  const INTERVAL = 2000;
  const place = document.querySelector("[data-progress-url]");

  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(place.dataset.progressUrl);
        if (answer.redirected || (answer.status >= 400 && answer.status < 500)) {
          location.reload(); // signed out, or no longer to be seen: the page itself says so
          return;
        }
        if (answer.ok) {
          place.innerHTML = await answer.text();
          if (place.querySelector("[data-ended]")) {
            location.reload(); // with what was refused, and what can be done now
            return;
          }
        }
      } catch {
        // The server can't be reached: perhaps the next time.
      }
    }
    setTimeout(look, INTERVAL);
  };

  if (place) setTimeout(look, INTERVAL);
}
