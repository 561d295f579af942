
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const form = byId("filter");
  const [text, verdict, area, rule] = ["f-text", "f-verdict", "f-area", "f-rule"].map(byId);
  const groups = [...document.querySelectorAll(".group")].map((group) => ({
    group,
    verdict: group.dataset.verdict,
    count: group.querySelector("h3 .times"),
    all: [...group.querySelectorAll("[id^=s]")],
  }));
  const total = groups.reduce((sum, { all }) => sum + all.length, 0);
  // Reading the text of thousands of scenarios takes a while: once, and only when somebody searches.
  const texts = new Map();
  const textOf = (scenario) => {
    if (!texts.has(scenario)) texts.set(scenario, scenario.textContent.toLowerCase());
    return texts.get(scenario);
  };

  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of groups) {
      let here = 0;
      const verdictFits = !verdict.value || verdict.value === one.verdict;
      for (const scenario of one.all) {
        const fits = verdictFits
          && (!area.value || area.value === scenario.dataset.area)
          && (!rule.value || (scenario.dataset.rules || "").split(" ").includes(rule.value))
          && words.every((word) => textOf(scenario).includes(word));
        if (scenario.hidden === fits) scenario.hidden = !fits;
        here += fits;
      }
      one.group.hidden = here === 0;
      one.count.textContent = here === one.all.length ? here : `${here} of ${one.all.length}`;
      shown += here;
    }
    byId("f-count").textContent = `${shown} of ${total}`;
  };

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = total === 0;

  // A link to a scenario that the filter hides shows all again.
  addEventListener("hashchange", () => {
    const there = byId(location.hash.slice(1));
    if (there && there.closest("[hidden]")) {
      form.reset();
      setTimeout(() => there.scrollIntoView());
    }
  });

  const copied = async (line) => {
    try {
      await navigator.clipboard.writeText(line.textContent);
      return true;
    } catch {
      const range = document.createRange();
      range.selectNodeContents(line);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return document.execCommand("copy");
    }
  };
  for (const line of document.querySelectorAll(".curl")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      button.textContent = (await copied(line)) ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    line.after(button);
  }
})();
