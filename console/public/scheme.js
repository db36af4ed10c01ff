// Before the first paint: the chosen light or dark, so that nothing flashes.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("segue-scheme");
  } catch {
    // storage is switched off: follow the system
  }
  if (chosen !== "light" && chosen !== "dark") {
    chosen = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.setAttribute("data-mantine-color-scheme", chosen);
})();
