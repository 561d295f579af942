// Opens HTML reports in Chromium, offline, and looks for what a reader could not use.
//
//   node check.mjs REPORT.html... [--screenshots FOLDER]

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const args = process.argv.slice(2);
const flag = args.indexOf("--screenshots");
const screenshots = flag >= 0 ? args.splice(flag, 2)[1] : undefined;
if (screenshots) mkdirSync(screenshots, { recursive: true });
assert(args.length > 0, "no report to check");

const WIDTHS = [375, 1280];
const SCHEMES = ["light", "dark"];
/** Longest time until a page of 30,000 scenarios can be read and filtered, on a small machine. */
const OPEN_MS = 15_000;
/** From this size on a page is only opened and filtered: axe visits every element. */
const LARGE = 3_000_000;

const problems = [];
const problem = (text) => {
  problems.push(text);
  console.log(`  PROBLEM ${text}`);
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});

/** A page that notes every request but the one for the file itself, and every error. */
async function open(file, options) {
  const context = await browser.newContext(options);
  await context.setOffline(true);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const url = pathToFileURL(resolve(file)).href;
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== url && request.url() !== "data:,") problem(`${file} asks for ${request.url()}`);
  });
  page.on("pageerror", (error) => problem(`${file}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") problem(`${file}: ${message.text()}`);
  });
  page.on("dialog", (dialog) => problem(`${file} opens a dialog: ${dialog.message()}`));
  const begun = performance.now();
  await page.goto(url, { waitUntil: "load" });
  // Without JavaScript a page's own frames cannot be waited for.
  if (options.javaScriptEnabled !== false) await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  return { context, page, ms: Math.round(performance.now() - begun) };
}

async function accessible(page, where) {
  // A page that cannot be scrolled to the end has parts that axe does not see.
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  await page.addStyleTag({ content: "* { content-visibility: visible !important }" }).catch(() => {});
  await page.evaluate(axe);
  const results = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ["violations", "incomplete"],
    rules: { "target-size": { enabled: true } },
  }));
  for (const { id, help, nodes } of results.violations) {
    problem(`${where}: ${id}: ${help}, ${nodes.length} times, first ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }
  for (const { id, nodes } of results.incomplete) console.log(`  to be looked at: ${id}, ${nodes.length} times, first ${nodes[0].target}`);
  assert(results.passes.length > 10, "axe has looked at too little");
}

async function fits(page, where, size) {
  if (size > LARGE) {
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) problem(`${where}: wider than the window`);
    return;
  }
  const { wide, culprit } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const over = [...document.body.querySelectorAll("*")].find((e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".quiet, .skip, thead"));
    return { wide: document.documentElement.scrollWidth > width, culprit: over && over.outerHTML.slice(0, 160) };
  });
  if (wide || culprit) problem(`${where}: wider than the window: ${culprit}`);
}

const shown = (page) => page.locator(".group:not([hidden]) [id^=s]:not([hidden]):not(section)").count();

/** The filter by text, verdict, area and rule; and what a link does to it. */
async function filters(page, where) {
  const all = await shown(page);
  if (all === 0) return;
  // Timers of the page fire in order, so this one comes after the one that the filter waits for, however slow it is.
  const settled = () => page.evaluate(() => new Promise((done) => setTimeout(done, 400)));
  const begun = performance.now();
  await page.fill("#f-text", "no scenario has this text");
  await settled();
  console.log(`  the filter took ${Math.round(performance.now() - begun)} ms for ${all} scenarios`);
  if (await shown(page) !== 0) problem(`${where}: the filter by text leaves something`);
  await page.click("#filter button[type=reset]");
  await settled();
  if (await shown(page) !== all) problem(`${where}: not all comes back`);
  for (const field of ["#f-verdict", "#f-area", "#f-rule"]) {
    const values = await page.locator(`${field} option`).evaluateAll((options) => options.map((o) => o.value).filter(Boolean));
    if (values.length === 0) continue;
    await page.selectOption(field, values[0]);
    await settled();
    const some = await shown(page);
    if (some === 0 || some > all) problem(`${where}: ${field} ${values[0]} shows ${some} of ${all}`);
    const said = await page.textContent("#f-count");
    if (said !== `${some} of ${all}`) problem(`${where}: ${said} is said, ${some} are shown`);
    await page.click("#filter button[type=reset]");
    await settled();
  }
  await page.fill("#f-text", "no scenario has this text");
  await settled();
  await page.evaluate(() => { location.hash = "s0"; });
  await settled();
  if (!(await page.locator("#s0").isVisible())) problem(`${where}: a link leads to what is hidden`);
}

async function copies(page, context, where) {
  const line = page.locator(".curl").first();
  if (await line.count() === 0) return;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".copy").first().click();
  await page.waitForFunction(() => document.querySelector(".copy").textContent === "Copied");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  if (copied !== await line.textContent()) problem(`${where}: ${copied} was copied`);
}

for (const file of args) {
  const size = readFileSync(file).length;
  const name = basename(file, ".html");
  console.log(`${name}: ${(size / 1e6).toFixed(1)} MB`);
  for (const width of size > LARGE ? [1280] : WIDTHS) {
    for (const colorScheme of size > LARGE ? ["light"] : SCHEMES) {
      const where = `${name} at ${width}, ${colorScheme}`;
      const { context, page, ms } = await open(file, { viewport: { width, height: 900 }, colorScheme });
      console.log(`  ${width} ${colorScheme}: open after ${ms} ms`);
      if (ms > OPEN_MS) problem(`${where}: opens after ${ms} ms`);
      const title = await page.title();
      if (!title || title === "taken") problem(`${where}: the title is ${title}`);
      await fits(page, where, size);
      if (screenshots && size <= LARGE) await page.screenshot({ path: `${screenshots}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      if (width === 1280 && colorScheme === "light") {
        await filters(page, where);
        await copies(page, context, where);
      }
      if (size <= LARGE) {
        await accessible(page, where);
        await fits(page, `${where}, unfolded`, size);
      }
      await context.close();
    }
  }
  const { context, page } = await open(file, { viewport: { width: 1280, height: 900 }, javaScriptEnabled: false });
  const control = await page.locator("#filter").isVisible() || await page.locator(".copy").count() > 0;
  if (control) problem(`${name}: controls without effect are shown without JavaScript`);
  if (!(await page.locator("h1").isVisible()) || !(await page.locator("#scenarios-title").isVisible())) problem(`${name}: not readable without JavaScript`);
  await context.close();
}

await browser.close();
console.log(problems.length ? `${problems.length} problems` : "no problem");
process.exit(problems.length ? 1 : 0);
