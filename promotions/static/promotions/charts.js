// What is written in a chart has the colour of the page's text, in light and in dark.
"use strict";

(() => {
  const dark = () => document.documentElement.classList.contains("dark");
  const colour = () => (dark() ? "#d1d5db" : "#4b5563");

  const paint = () => {
    Chart.defaults.color = colour();
    for (const chart of Object.values(Chart.instances)) {
      chart.update();
    }
  };

  Chart.defaults.color = colour();
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["class"] });
})();
